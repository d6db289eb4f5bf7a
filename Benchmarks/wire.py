"""Measures the wire of a running service: accepting, listing and searching.

    swift build -c release --product tuner
    python3 Benchmarks/wire.py .build/release/tuner [TRAINING_JOBS]

Needs nothing beyond Python's library.
"""

import http.client
import itertools
import json
import os
import pathlib
import sys
import tempfile
import time
from urllib.parse import urlsplit

from service import REQUEST, Service

CREATIONS, LISTINGS, SEARCHES = 1_000, 2_000, 3
TICKS = os.sysconf("SC_CLK_TCK")


class Wire:
    """One connection that stays open."""

    def __init__(self, address):
        parts = urlsplit(address)
        self.connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=600)

    def __call__(self, operation, request):
        headers = {
            "X-Amz-Target": f"SageMaker.{operation}",
            "Content-Type": "application/x-amz-json-1.1",
        }
        self.connection.request("POST", "/", json.dumps(request), headers)
        response = self.connection.getresponse()
        answer = json.loads(response.read() or "{}")
        if response.status != 200:
            sys.exit(f"{operation} was refused: {answer}")
        return answer


def processor_seconds(service):
    """Processor time of the whole service so far."""
    fields = pathlib.Path(f"/proc/{service.process.pid}/stat").read_text().rsplit(") ", 1)[1]
    return sum(int(field) for field in fields.split()[11:13]) / TICKS


def large_training_job(name):
    """A request of CreateTrainingJob of 20 kB, with everything that people put into one."""
    definition = json.loads(json.dumps(REQUEST["TrainingJobDefinition"]))
    definition["AlgorithmSpecification"]["TrainingImage"] = "mock:sphere?epochs=1&seconds=86400"
    definition["AlgorithmSpecification"]["MetricDefinitions"] = [
        {"Name": f"validation:metric-{n}", "Regex": f"validation:metric-{n}=([0-9.eE+-]+)"}
        for n in range(40)
    ]
    source = {"S3DataType": "S3Prefix", "S3Uri": "s3://benchmark/some/prefix"}
    return {
        "TrainingJobName": name,
        **definition,
        "HyperParameters": {
            f"hyperparameter-{n}": f"value {n} of some length, as people have them"
            for n in range(90)
        },
        "Environment": {f"VARIABLE_{n}": f"the value of variable {n}" for n in range(100)},
        "InputDataConfig": [
            {"ChannelName": f"channel-{n}", "DataSource": {"S3DataSource": source}}
            for n in range(20)
        ],
        "Tags": [{"Key": f"key-{n}", "Value": f"some value {n} of some length"}
                 for n in range(50)],
    }


def creations(service, wire):
    """Processor time of one CreateTrainingJob, from the socket until it is durable and started."""
    size = len(json.dumps(large_training_job("warm-up-0")))
    for number in range(100):
        wire("CreateTrainingJob", large_training_job(f"warm-up-{number}"))
    before = processor_seconds(service)
    for number in range(CREATIONS):
        wire("CreateTrainingJob", large_training_job(f"large-{number}"))
    spent = (processor_seconds(service) - before) / CREATIONS
    print(f"CreateTrainingJob of {size} bytes: {spent * 1e3:.2f} ms of processor time")


def fill(wire, count):
    """Makes finished training jobs, most of them completed."""
    for number in range(0, count, 10_000):
        request = json.loads(json.dumps(REQUEST))
        name = f"tuning-{number}"
        request["HyperParameterTuningJobName"] = name
        limit = min(10_000, count - number)
        request["HyperParameterTuningJobConfig"]["ResourceLimits"] = {
            "MaxNumberOfTrainingJobs": limit, "MaxParallelTrainingJobs": 100}
        request["TrainingJobDefinition"]["AlgorithmSpecification"]["TrainingImage"] = (
            "mock:branin?epochs=1")
        wire("CreateHyperParameterTuningJob", request)
        reference = {"HyperParameterTuningJobName": name}
        while wire("DescribeHyperParameterTuningJob", reference)[
                "HyperParameterTuningJobStatus"] == "InProgress":
            time.sleep(0.2)


def listings():
    """Every order with every filter and every length of a page, again and again."""
    orders = [{"SortBy": key, "SortOrder": order}
              for key in ("Name", "CreationTime", "Status")
              for order in ("Ascending", "Descending")]
    filters = [
        {}, {"StatusEquals": "Completed"}, {"StatusEquals": "Stopping"},
        {"NameContains": "7-0"}, {"NameContains": "nothing"}, {"CreationTimeAfter": 1e9},
        {"CreationTimeBefore": 1e9}, {"LastModifiedTimeAfter": 4e9},
        {"LastModifiedTimeBefore": 4e9, "NameContains": "99", "StatusEquals": "Completed"},
    ]
    pages = [{}, {"MaxResults": 1}, {"MaxResults": 100}]
    return itertools.cycle(
        {**order, **chosen, **page}
        for order, chosen, page in itertools.product(orders, filters, pages))


def time_listings(wire):
    """The time of a page of ListTrainingJobs, first pages and those that follow."""
    seconds, token = [], None
    for request in listings():
        for _ in range(2):
            started = time.perf_counter()
            answer = wire("ListTrainingJobs", {**request, **({"NextToken": token} if token else {})})
            seconds.append(time.perf_counter() - started)
            token = answer.get("NextToken")
            if not token:
                break
        token = None
        if len(seconds) >= LISTINGS:
            break
    seconds.sort()
    print(f"ListTrainingJobs, {len(seconds)} pages: half within {seconds[len(seconds) // 2] * 1e3:.1f}"
          f" ms, 99 % within {seconds[len(seconds) * 99 // 100] * 1e3:.1f} ms")


def time_searches(wire):
    """The time of searches that must look at every training job."""
    for filters in ([{"Name": "Metrics.loss", "Operator": "LessThan", "Value": "1"}],
                    [{"Name": "TrainingJobName", "Operator": "Contains", "Value": "99"}],
                    [{"Name": "Tags.none", "Operator": "Exists"}]):
        request = {"Resource": "TrainingJob", "SearchExpression": {"Filters": filters}}
        started = time.perf_counter()
        for _ in range(SEARCHES):
            hits = wire("Search", request)["TotalHits"]["Value"]
        spent = (time.perf_counter() - started) / SEARCHES
        print(f"Search by {filters[0]['Name']}: {hits} found in {spent:.2f} s")


def main(tuner, count):
    with tempfile.TemporaryDirectory() as directory:
        service = Service(tuner, directory)
        wire = Wire(service.address)
        creations(service, wire)
        service.kill()
    with tempfile.TemporaryDirectory() as directory:
        service = Service(tuner, directory)
        wire = Wire(service.address)
        fill(wire, count)
        print(f"{count} training jobs:")
        time_listings(wire)
        time_searches(wire)
        service.kill()


if __name__ == "__main__":
    main(
        sys.argv[1] if len(sys.argv) > 1 else ".build/release/tuner",
        int(sys.argv[2]) if len(sys.argv) > 2 else 100_000)
