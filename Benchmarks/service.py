"""Measures a running service: memory, readiness, requests a second.

    swift build -c release --product tuner
    python3 Benchmarks/service.py .build/release/tuner

Needs wrk for the requests a second, and nothing else beyond Python's library.
"""

import json
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

    def __init__(self, tuner, directory):
        started = time.perf_counter()
        self.process = subprocess.Popen(
            [tuner, "serve", "--port", "0", "--data", directory, "--log-level", "error"],
            stdout=subprocess.PIPE, text=True)
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


def requests_a_second(service, directory):
    script = pathlib.Path(directory, "describe.lua")
    script.write_text(
        'wrk.method = "POST"\n'
        'wrk.headers["X-Amz-Target"] = "SageMaker.DescribeHyperParameterTuningJob"\n'
        'wrk.headers["Content-Type"] = "application/x-amz-json-1.1"\n'
        'wrk.body = \'{"HyperParameterTuningJobName": "finished"}\'\n')
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
                  f"{requests_a_second(service, directory)}")
        else:
            print("wrk is not installed: requests a second were not measured")
        service.kill()


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else ".build/release/tuner")
