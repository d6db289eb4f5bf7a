"""`tuner serve --backend mock` as tests of other people's code use it."""

import json
import os
import re
import subprocess
import sys
import time
import urllib.error
import urllib.request

import boto3
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError, ReadTimeoutError
from jobs import OVER, X_RANGE, definition, training_jobs, tuning_job, wait_until_over
from service import REGION, ROOT, wait_for

ARTICLE = ROOT / "Sources/TuningServer/Documentation.docc/MockingSageMaker.md"
CONFIGURATIONS = sorted(path.name for path in (ROOT / "Config").glob("*.yaml"))
CAPACITY_ERROR = (
    "CapacityError: Unable to provision requested ML compute capacity. "
    "Please retry using a different ML instance type."
)


@pytest.fixture
def mock(serve, tmp_path):
    """Starts mock services with settings."""

    def start(**settings):
        path = tmp_path / f"mock-{len(list(tmp_path.glob('mock-*')))}.yaml"
        path.write_text(json.dumps({"backend": "mock", "mock": settings}))
        return serve(arguments=["--config", str(path)])

    return start


def training_job(name, image="any-image", instance_type="ml.m5.large", **members):
    definitions = [{"Name": name, "Regex": f"{name}=(.*)"} for name in ("loss", "accuracy")]
    resources = {"InstanceType": instance_type, "InstanceCount": 1, "VolumeSizeInGB": 1}
    request = definition(image)
    del request["StaticHyperParameters"]
    request["AlgorithmSpecification"]["MetricDefinitions"] = definitions
    return {**request, "TrainingJobName": name, "ResourceConfig": resources, **members}


def ended(client, name, seconds=60):
    def over():
        job = client.describe_training_job(TrainingJobName=name)
        return job if job["TrainingJobStatus"] in OVER else None

    return wait_for(over, seconds)


def retrying(service, mode="standard", attempts=10, key="test", **options):
    """A client that tries again as boto3 does."""
    return boto3.client(
        "sagemaker",
        endpoint_url=service.endpoint,
        region_name=REGION,
        aws_access_key_id=key,
        aws_secret_access_key="test",
        config=Config(retries={"mode": mode, "total_max_attempts": attempts}, **options),
    )


def faults(service, plan=None, key=None):
    """Sets faults, or asks for them; gives the answer."""
    body = None if plan is None else json.dumps(plan).encode()
    method = "GET" if plan is None else "PUT"
    request = AWSRequest(method, f"{service.endpoint}/mock/faults", data=body or b"")
    if key:
        SigV4Auth(Credentials(*key), "sagemaker", REGION).add_auth(request)
    sent = urllib.request.Request(
        request.url, body, headers=dict(request.headers.items()), method=method
    )
    with urllib.request.urlopen(sent, timeout=30) as answer:
        return json.load(answer)


def seconds(job, start, end):
    return (job[end] - job[start]).total_seconds()


# What is simulated


def test_nothing_is_run(mock, tmp_path):
    trace = tmp_path / "trace"
    service = mock()
    client = service.client()
    script = {"sagemaker_program": "touch.py", "sagemaker_submit_directory": str(tmp_path)}
    (tmp_path / "touch.py").write_text(f"open({str(trace)!r}, 'w')")
    client.create_training_job(**training_job("command", f"exec:touch {trace}"))
    client.create_training_job(**training_job("script", "any", HyperParameters=script))
    tuned = tuning_job("tuned", definition(f"exec:touch {trace}"), X_RANGE, count=2)
    client.create_hyper_parameter_tuning_job(**tuned)
    for name in ("command", "script"):
        assert ended(client, name)["TrainingJobStatus"] == "Completed"
    assert wait_until_over(client, "tuned")["TrainingJobStatusCounters"]["Completed"] == 2
    assert not trace.exists()
    assert not (service.data / "training-jobs").exists()


def test_images_and_environments_differ(mock):
    client = mock(
        time="virtual",
        image="mock:sphere?epochs=2&seconds=10",
        images={"registry/slow": "mock:sphere?epochs=2&seconds=200"},
    ).client()
    failing = "mock:sphere?epochs=4&failures=1&failureEpoch=2&reason=AlgorithmError%3A%20disk"
    for name, image, environment, time_taken in [
        ("standard", "registry/other", {}, 20),
        ("slow", "registry/slow:1", {}, 400),
        ("own", "registry/slow:1", {"TUNER_MOCK": "mock:sphere?seconds=5"}, 5),
    ]:
        client.create_training_job(**training_job(name, image, Environment=environment))
        job = ended(client, name)
        assert job["TrainingTimeInSeconds"] == time_taken
        assert job["Environment"] == environment
        found = {metric["MetricName"]: metric["Value"] for metric in job["FinalMetricDataList"]}
        assert set(found) == {"loss", "accuracy"} and 0 < found["accuracy"] < 1
    client.create_training_job(**training_job("fails", Environment={"TUNER_MOCK": failing}))
    job = ended(client, "fails")
    assert (job["TrainingJobStatus"], job["FailureReason"]) == ("Failed", "AlgorithmError: disk")
    with pytest.raises(ClientError, match="TUNER_MOCK.*must begin with 'mock:'"):
        client.create_training_job(**training_job("wrong", Environment={"TUNER_MOCK": "sphere"}))


def test_the_same_seed_gives_the_same_metrics(mock):
    def run(seed):
        client = mock(time="virtual", seed=seed, image="mock:sphere?epochs=3&noise=1").client()
        request = tuning_job("same", definition("any"), X_RANGE, count=8, parallel=4)
        client.create_hyper_parameter_tuning_job(**request)
        wait_until_over(client, "same")
        names = sorted(job["TrainingJobName"] for job in training_jobs(client, "same"))
        jobs = [client.describe_training_job(TrainingJobName=name) for name in names]
        return [(job["HyperParameters"], job["FinalMetricDataList"][0]["Value"]) for job in jobs]

    first = run(1)
    assert len(first) == 8
    assert run(1) == first
    assert run(2) != first


def test_quotas_and_capacity(mock):
    client = mock(
        image="mock:sphere?seconds=600",
        capacityErrors=0,
        instances={"ml.p3.2xlarge": {"limit": 2}, "ml.g5.xlarge": {"capacityErrors": 1}},
    ).client()
    for name in ("one", "two"):
        client.create_training_job(**training_job(name, instance_type="ml.p3.2xlarge"))
    third = training_job("three", instance_type="ml.p3.2xlarge")
    with pytest.raises(client.exceptions.ResourceLimitExceeded) as error:
        client.create_training_job(**third)
    assert error.value.response["Error"]["Message"] == (
        "The account-level service limit 'ml.p3.2xlarge for training job usage' is 2 Instances, "
        "with current utilization of 2 Instances and a request delta of 1 Instances. "
        "Please contact AWS support to request an increase for this limit."
    )
    with pytest.raises(client.exceptions.ResourceInUse):
        client.create_training_job(**{**third, "TrainingJobName": "one"})
    client.stop_training_job(TrainingJobName="one")
    assert ended(client, "one")["TrainingJobStatus"] == "Stopped"
    client.create_training_job(**third)
    client.create_training_job(**training_job("scarce", instance_type="ml.g5.xlarge"))
    job = ended(client, "scarce")
    assert (job["TrainingJobStatus"], job["FailureReason"]) == ("Failed", CAPACITY_ERROR)
    assert "TrainingStartTime" not in job
    for name in ("two", "three"):
        client.stop_training_job(TrainingJobName=name)
        ended(client, name)


def test_a_limit_outlives_the_service(serve, tmp_path):
    settings = {"image": "mock:sphere?seconds=600", "instances": {"ml.m5.large": {"limit": 1}}}
    (tmp_path / "mock.yaml").write_text(json.dumps({"backend": "mock", "mock": settings}))
    service = serve(arguments=["--config", str(tmp_path / "mock.yaml")])
    service.client().create_training_job(**training_job("one"))
    service.kill()
    client = service.start().client()
    with pytest.raises(client.exceptions.ResourceLimitExceeded):
        client.create_training_job(**training_job("two"))
    client.stop_training_job(TrainingJobName="one")
    ended(client, "one")


# Time


def test_at_a_hundredfold_speed_a_minute_is_short(mock):
    service = mock(speed=100, image="mock:sphere?epochs=6&seconds=10&startup=20")
    client = service.client()
    start = time.monotonic()
    client.create_training_job(**training_job("minute"))
    job = ended(client, "minute")
    assert 0.8 <= time.monotonic() - start < 2
    assert seconds(job, "CreationTime", "TrainingStartTime") >= 20
    # Simulated time stands still while the machine works, but for the very end.
    assert 60 <= seconds(job, "TrainingStartTime", "TrainingEndTime") < 65
    assert 60 <= job["TrainingTimeInSeconds"] < 65
    assert [entry["Status"] for entry in job["SecondaryStatusTransitions"]] == [
        "Starting",
        "Training",
        "Completed",
    ]


def test_at_a_speed_a_job_can_be_stopped_in_the_middle(mock):
    client = mock(speed=100, image="mock:sphere?epochs=1000&seconds=10").client()
    client.create_training_job(**training_job("long"))
    wait_for(lambda: "FinalMetricDataList" in client.describe_training_job(TrainingJobName="long"))
    client.stop_training_job(TrainingJobName="long")
    job = ended(client, "long")
    assert job["TrainingJobStatus"] == "Stopped" and 10 <= job["TrainingTimeInSeconds"] < 9000


def test_virtual_time_is_exact_and_quick(mock):
    client = mock(time="virtual", image="mock:sphere?epochs=24&seconds=3600&startup=120").client()
    start = time.monotonic()
    limits = {"MaxRuntimeInSeconds": 100_000}
    client.create_training_job(**training_job("day", StoppingCondition=limits))
    job = ended(client, "day")
    assert job["TrainingTimeInSeconds"] == job["BillableTimeInSeconds"] == 24 * 3600
    assert seconds(job, "CreationTime", "TrainingStartTime") == pytest.approx(120, abs=0.01)
    last = job["FinalMetricDataList"][0]["Timestamp"]
    assert (last - job["TrainingStartTime"]).total_seconds() == pytest.approx(24 * 3600, abs=1)
    request = tuning_job("days", definition("any"), X_RANGE, count=6, parallel=3)
    request["TrainingJobDefinition"]["StoppingCondition"] = limits
    client.create_hyper_parameter_tuning_job(**request)
    tuned = wait_until_over(client, "days")
    assert time.monotonic() - start < 30
    assert tuned["TrainingJobStatusCounters"]["Completed"] == 6
    assert tuned["CreationTime"] >= job["TrainingEndTime"]
    for training in training_jobs(client, "days"):
        assert tuned["CreationTime"] <= training["CreationTime"] < training["TrainingStartTime"]
        # Time may go on by an event of another job before an end is taken note of.
        trained = seconds(training, "TrainingStartTime", "TrainingEndTime")
        assert 24 * 3600 <= trained <= 26 * 3600
        assert training["TrainingEndTime"] <= tuned["HyperParameterTuningEndTime"]
    # Two rounds of three at the same time, not six after each other.
    whole = seconds(tuned, "CreationTime", "HyperParameterTuningEndTime")
    assert 2 * (24 * 3600 + 120) <= whole < 3 * 24 * 3600


def test_simulated_time_goes_on_after_a_restart(serve, tmp_path):
    settings = {"time": "virtual", "image": "mock:sphere?epochs=10&seconds=60"}
    (tmp_path / "mock.yaml").write_text(json.dumps({"backend": "mock", "mock": settings}))
    service = serve(arguments=["--config", str(tmp_path / "mock.yaml")])
    service.client().create_training_job(**training_job("before"))
    before = ended(service.client(), "before")
    service.kill()
    client = service.start().client()
    client.create_training_job(**training_job("after"))
    assert ended(client, "after")["CreationTime"] >= before["TrainingEndTime"]


# Faults


def test_boto3_gets_through_throttling(mock):
    plan = {"seed": 1, "all": {"throttled": 0.5}}
    service = mock(faults=plan)
    client = retrying(service)
    for number in range(6):
        client.create_training_job(**training_job(f"job-{number}"))
    assert len(client.list_training_jobs()["TrainingJobSummaries"]) == 6
    report = faults(service)
    assert report["faults"] == plan
    throttled = report["injected"]["CreateTrainingJob"]["throttled"]
    assert throttled == report["requests"]["CreateTrainingJob"] - 6 > 0
    log = service.log.read_text()
    assert "Requests go wrong" in log and "throttled" in log


@pytest.mark.parametrize("mode", ["legacy", "standard"])
def test_a_lost_answer_is_asked_for_again(mock, mode):
    # With this seed the first answer is lost and the second is not.
    service = mock(faults={"seed": 2, "CreateTrainingJob": {"lost": 0.5}})
    client = retrying(service, mode)
    with pytest.raises(client.exceptions.ResourceInUse):
        client.create_training_job(**training_job("once"))
    assert faults(service)["injected"] == {"CreateTrainingJob": {"lost": 1}}
    assert faults(service)["requests"]["CreateTrainingJob"] == 2
    assert ended(client, "once")["TrainingJobStatus"] == "Completed"
    assert len(client.list_training_jobs()["TrainingJobSummaries"]) == 1


def test_a_late_answer_meets_the_time_out(mock):
    service = mock()
    faults(service, {"CreateTrainingJob": {"delay": 30}})
    client = retrying(service, attempts=1, read_timeout=1)
    start = time.monotonic()
    with pytest.raises(ReadTimeoutError):
        client.create_training_job(**training_job("late"))
    assert time.monotonic() - start < 10
    assert client.describe_training_job(TrainingJobName="late")
    # The service does not wait for the 30 seconds when it is asked to end.
    assert service.terminate(9) == 0


def test_a_repeated_request_and_refusals(mock):
    service = mock()
    client = service.client()
    faults(service, {"CreateTrainingJob": {"duplicated": 1}})
    with pytest.raises(client.exceptions.ResourceInUse):
        client.create_training_job(**training_job("twice"))
    for fault, code, status in [
        ("unavailable", "ServiceUnavailable", 503),
        ("failed", "InternalFailure", 500),
        ("throttled", "ThrottlingException", 400),
    ]:
        faults(service, {"all": {fault: 1}})
        with pytest.raises(ClientError) as error:
            client.list_training_jobs()
        assert error.value.response["Error"]["Code"] == code
        assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert faults(service, {})["faults"] == {}
    assert len(client.list_training_jobs()["TrainingJobSummaries"]) == 1


def test_credentials_expire(mock):
    service = mock(faults={"expiredCredentials": 2})
    old, new = (retrying(service, attempts=1, key=key) for key in ("old", "new"))
    for _ in range(2):
        old.list_training_jobs()
    for _ in range(2):
        with pytest.raises(ClientError, match="ExpiredTokenException"):
            old.list_training_jobs()
    new.list_training_jobs()


def test_faults_are_signed_for_once_there_are_keys(mock, tuner_binary):
    service = mock()

    def create(*options):
        command = [tuner_binary, "keys", "create", "--data", service.data, "--json", *options]
        made = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        return made["AccessKeyId"], made["SecretAccessKey"]

    full, reading = create(), create("--read-only")
    plan = {"all": {"throttled": 1}}
    for key, allowed in [(None, False), (("x", "y"), False), (reading, False), (full, True)]:
        if allowed:
            assert faults(service, plan, key)["faults"] == plan
        else:
            with pytest.raises(urllib.error.HTTPError):
                faults(service, plan, key)
    assert faults(service, key=reading)["faults"] == plan


def test_faults_are_for_mock_services_alone(serve):
    service = serve()
    for plan in (None, {}):
        with pytest.raises(urllib.error.HTTPError, match="404"):
            faults(service, plan)


# What is written


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_every_settings_file_is_good(serve, name):
    service = serve(arguments=["--config", f"Config/{name}"])
    assert retrying(service).list_training_jobs()["TrainingJobSummaries"] == []


def test_the_article_is_right(tuner_binary, tmp_path):
    (program,) = re.findall(r"^```python\n(.*?)^```$", ARTICLE.read_text(), re.M | re.S)
    (tmp_path / "test_article.py").write_text(program)
    path = f"{tuner_binary.parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", tmp_path],
        cwd=tmp_path,
        env={**os.environ, "PATH": path},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout
