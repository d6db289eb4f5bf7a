"""Measures a running service: memory, readiness, requests a second.

    swift build -c release --product tuner
    python3 Benchmarks/service.py .build/release/tuner

Needs wrk for the requests a second, and nothing else beyond Python's library.
"""

import datetime
import hashlib
import hmac
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request

FINISHED, RUNNING, CONNECTIONS, SECONDS = 10_000, 100, 64, 8
REQUEST = {
    "HyperParameterTuningJobConfig": {
        "Strategy": "Random",
        "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "loss"},
        "ParameterRanges": {
            "ContinuousParameterRanges": [
                {"Name": "x1", "MinValue": "-5", "MaxValue": "10"},
                {"Name": "x2", "MinValue": "0", "MaxValue": "15"},
            ]
        },
    },
    "TrainingJobDefinition": {
        "AlgorithmSpecification": {
            "TrainingInputMode": "File",
            "MetricDefinitions": [{"Name": "loss", "Regex": "loss=(.*)"}],
        },
        "RoleArn": "arn:aws:iam::123456789012:role/benchmark",
        "OutputDataConfig": {"S3OutputPath": "s3://benchmark/output"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        "StoppingCondition": {"MaxRuntimeInSeconds": 86400},
    },
}


class Service:
    """A `tuner serve` of its own, and how long it took to be ready."""

    def __init__(self, tuner, directory, arguments=(), environment=None):
        started = time.perf_counter()
        self.process = subprocess.Popen(
            [tuner, "serve", "--port", "0", "--data", directory, "--log-level", "error",
             *arguments],
            stdout=subprocess.PIPE, text=True, env=environment)
        line = self.process.stdout.readline()
        self.ready_seconds = time.perf_counter() - started
        if "listening on " not in line:
            sys.exit(f"the service did not start: {line!r}")
        self.address = line.split("listening on ")[1].strip()

    def call(self, operation, request):
        message = urllib.request.Request(
            self.address, json.dumps(request).encode(),
            {"X-Amz-Target": f"SageMaker.{operation}",
             "Content-Type": "application/x-amz-json-1.1"})
        with urllib.request.urlopen(message, timeout=60) as answer:
            return json.loads(answer.read() or "{}")

    def resident_megabytes(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        line = next(line for line in status.splitlines() if line.startswith("VmRSS"))
        return int(line.split()[1]) / 1024

    def processor_seconds(self):
        fields = pathlib.Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1]
        return sum(map(int, fields.split()[11:13])) / os.sysconf("SC_CLK_TCK")

    def create(self, name, image, count, parallel):
        request = json.loads(json.dumps(REQUEST))
        request["HyperParameterTuningJobName"] = name
        request["HyperParameterTuningJobConfig"]["ResourceLimits"] = {
            "MaxNumberOfTrainingJobs": count, "MaxParallelTrainingJobs": parallel}
        request["TrainingJobDefinition"]["AlgorithmSpecification"]["TrainingImage"] = image
        self.call("CreateHyperParameterTuningJob", request)

    def counters(self, name):
        description = self.call(
            "DescribeHyperParameterTuningJob", {"HyperParameterTuningJobName": name})
        return description["TrainingJobStatusCounters"]

    def kill(self):
        self.process.kill()
        self.process.wait()


TARGET = "SageMaker.DescribeHyperParameterTuningJob"
BODY = '{"HyperParameterTuningJobName": "finished"}'


def signed_headers(address, key):
    """The headers of a signed request; good for five minutes."""
    moment = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
    signed = {"host": address.split("//")[1], "x-amz-date": moment, "x-amz-target": TARGET}
    names, lines = ";".join(signed), "".join(f"{n}:{v}\n" for n, v in signed.items())
    body = hashlib.sha256(BODY.encode()).hexdigest()
    request = hashlib.sha256(f"POST\n/\n\n{lines}\n{names}\n{body}".encode()).hexdigest()
    scope = [moment[:8], "us-east-1", "sagemaker", "aws4_request"]
    secret = b"AWS4" + key["SecretAccessKey"].encode()
    for part in [*scope, f"AWS4-HMAC-SHA256\n{moment}\n{'/'.join(scope)}\n{request}"]:
        secret = hmac.digest(secret, part.encode(), "sha256")
    credential = "/".join([key["AccessKeyId"], *scope])
    return {
        "X-Amz-Date": moment,
        "Authorization": f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, "
                         f"Signature={secret.hex()}"}


def requests_a_second(service, directory, headers):
    script = pathlib.Path(directory, "describe.lua")
    headers = {"X-Amz-Target": TARGET, "Content-Type": "application/x-amz-json-1.1", **headers}
    lines = [f'wrk.headers["{name}"] = "{value}"' for name, value in headers.items()]
    script.write_text("\n".join(['wrk.method = "POST"', f"wrk.body = '{BODY}'", *lines, ""]))
    output = subprocess.run(
        ["wrk", "-t", "1", "-c", str(CONNECTIONS), "-d", f"{SECONDS}s", "--latency", "-s",
         str(script), service.address],
        capture_output=True, text=True, check=True).stdout
    if "Non-2xx" in output:
        sys.exit(f"requests failed:\n{output}")
    rows = [line.split() for line in output.splitlines()]
    rate = next(row[1] for row in rows if row and row[0] == "Requests/sec:")
    slowest = next(row[1] for row in rows if row and row[0] == "99%")
    return f"{float(rate):.0f} requests/s, 99 % within {slowest}"


def main(tuner):
    with tempfile.TemporaryDirectory() as directory:
        data = str(pathlib.Path(directory, "data"))
        service = Service(tuner, data)
        time.sleep(2)
        print(f"empty: ready after {service.ready_seconds:.3f} s, "
              f"idle with {service.resident_megabytes():.0f} MB resident")
        service.create("finished", "mock:branin?epochs=1", FINISHED, RUNNING)
        while service.counters("finished")["Completed"] < FINISHED:
            time.sleep(0.2)
        service.create("running", "mock:branin?epochs=1&seconds=86400", RUNNING, RUNNING)
        while service.counters("running")["InProgress"] < RUNNING:
            time.sleep(0.2)
        service.kill()
        service = Service(tuner, data)
        print(f"{FINISHED} finished and {RUNNING} running: ready after "
              f"{service.ready_seconds:.3f} s, {service.resident_megabytes():.0f} MB resident")
        if shutil.which("wrk"):
            print(f"DescribeHyperParameterTuningJob at {CONNECTIONS} connections: "
                  f"{requests_a_second(service, directory, {})}")
            # From here on every request must be signed.
            key = json.loads(subprocess.run(
                [tuner, "keys", "create", "--json", "--data", data],
                capture_output=True, text=True, check=True).stdout)
            headers = signed_headers(service.address, key)
            print(f"the same, signed: {requests_a_second(service, directory, headers)}")
        else:
            print("wrk is not installed: requests a second were not measured")
        service.kill()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else ".build/release/tuner")
