"""Algorithms, updates of training jobs and searches through boto3 against a running service."""

import sys

import pytest
import test_wire_boto3
from jobs import OBJECTIVE, ROLE, steps_job, training_jobs, wait_until_over
from service import ROOT, wait_for
from test_wire_boto3 import ARN, client, described, refusal, training_job  # noqa: F401

RESOURCES = {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1}
OUTPUT = {"S3OutputPath": "s3://unused/output"}


@pytest.fixture(autouse=True)
def local_addresses(monkeypatch):
    """Lets answers show `file://` addresses, which the service takes beyond its model."""
    strict = test_wire_boto3.mismatches

    def lenient(*arguments):
        return [mismatch for mismatch in strict(*arguments) if "'file://" not in mismatch]

    monkeypatch.setattr(test_wire_boto3, "mismatches", lenient)


@pytest.fixture
def image(tmp_path):
    """A training image whose name has no spaces, as the model demands of algorithms."""
    script = tmp_path / "train"
    steps = ROOT / "Tests/EndToEnd/programs/steps.py"
    script.write_text(f'#!/bin/sh\nTRACE={tmp_path}/trace exec {sys.executable} {steps} "$@"\n')
    script.chmod(0o755)
    return f"exec:{script}"


def hyperparameter(name, kind, low, high, **members):
    bounds = {"MinValue": low, "MaxValue": high}
    return {
        "Name": name,
        "Type": kind,
        "Range": {f"{kind}ParameterRangeSpecification": bounds},
        **members,
    }


@pytest.fixture
def channel(tmp_path):
    """Input for the channel that the algorithm requires."""
    (tmp_path / "input").mkdir()
    (tmp_path / "input/data").write_text("1,2\n")
    source = {"S3DataType": "S3Prefix", "S3Uri": f"file://{tmp_path}/input"}
    return {"ChannelName": "train", "DataSource": {"S3DataSource": source}}


def algorithm(name, image, **members):
    """A request of CreateAlgorithm."""
    return {
        "AlgorithmName": name,
        "AlgorithmDescription": "Takes steps",
        "TrainingSpecification": {
            "TrainingImage": image,
            "SupportedHyperParameters": [
                hyperparameter("x", "Continuous", "0", "10", IsTunable=True, IsRequired=True),
                hyperparameter("steps", "Integer", "1", "100", DefaultValue="2"),
                hyperparameter("seconds", "Continuous", "0", "60", DefaultValue="0.05"),
                hyperparameter("fail", "Integer", "0", "9", DefaultValue="0"),
            ],
            "SupportedTrainingInstanceTypes": ["ml.m5.large"],
            "SupportsDistributedTraining": False,
            "MetricDefinitions": [OBJECTIVE],
            "TrainingChannels": [
                {
                    "Name": "train",
                    "IsRequired": True,
                    "SupportedContentTypes": ["text/csv"],
                    "SupportedInputModes": ["File"],
                }
            ],
            "SupportedTuningJobObjectiveMetrics": [
                {"Type": "Minimize", "MetricName": "objective"}
            ],
        },
        **members,
    }


def validation(channel, transform=None, **values):
    """A ValidationSpecification with one profile."""
    profile = {
        "ProfileName": "small",
        "TrainingJobDefinition": {
            "TrainingInputMode": "File",
            "HyperParameters": {"x": "1", **values},
            "InputDataConfig": [channel],
            "OutputDataConfig": OUTPUT,
            "ResourceConfig": RESOURCES,
            "StoppingCondition": {"MaxRuntimeInSeconds": 60},
        },
    }
    if transform:
        profile["TransformJobDefinition"] = transform
    return {"ValidationRole": ROLE, "ValidationProfiles": [profile]}


def settled(client, name):
    """The description of an algorithm whose validation is over."""

    def over():
        answer = client.describe_algorithm(AlgorithmName=name)
        return answer if answer["AlgorithmStatus"] in ("Completed", "Failed") else None

    return wait_for(over)


def test_an_algorithm_from_creation_to_deletion(client, image):
    request = algorithm("Steps", image, Tags=[{"Key": "team", "Value": "vision"}])
    arn = client.create_algorithm(**request)["AlgorithmArn"]
    assert arn == f"{ARN}:algorithm/steps"
    by_name = client.describe_algorithm(AlgorithmName="Steps")
    by_arn = client.describe_algorithm(AlgorithmName=arn)
    del by_name["ResponseMetadata"], by_arn["ResponseMetadata"]
    assert by_name == by_arn
    assert by_name["AlgorithmStatus"] == "Completed"
    assert by_name["TrainingSpecification"] == request["TrainingSpecification"]
    assert refusal(client.create_algorithm, **request)[0] == "ValidationException"

    client.add_tags(ResourceArn=arn, Tags=[{"Key": "cost", "Value": "1"}])
    client.delete_tags(ResourceArn=arn, TagKeys=["team"])
    assert client.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "cost", "Value": "1"}]

    for name in ("b", "a"):
        client.create_algorithm(**algorithm(name, image))
    pages = client.get_paginator("list_algorithms").paginate(PaginationConfig={"PageSize": 1})
    names = [s["AlgorithmName"] for page in pages for s in page["AlgorithmSummaryList"]]
    assert names == ["Steps", "b", "a"]
    [summary] = client.list_algorithms(NameContains="step")["AlgorithmSummaryList"]
    assert summary["AlgorithmDescription"] == "Takes steps"

    client.delete_algorithm(AlgorithmName="Steps")
    message = f"Algorithm {arn} does not exist."
    for call in (client.describe_algorithm, client.delete_algorithm):
        assert refusal(call, AlgorithmName="Steps") == ("ValidationException", message)


def test_jobs_of_an_algorithm(client, image, channel):
    arn = client.create_algorithm(**algorithm("steps", image))["AlgorithmArn"]
    common = {
        "AlgorithmSpecification": {"AlgorithmName": arn, "TrainingInputMode": "File"},
        "RoleArn": ROLE,
        "InputDataConfig": [channel],
        "OutputDataConfig": OUTPUT,
        "ResourceConfig": RESOURCES,
        "StoppingCondition": {"MaxRuntimeInSeconds": 60},
    }
    one = {"TrainingJobName": "one", **common, "HyperParameters": {"x": "1", "steps": "0"}}
    code, message = refusal(client.create_training_job, **one)
    assert code == "ValidationException" and "'steps'" in message
    one["HyperParameters"] = {"x": "1", "seconds": "20"}
    client.create_training_job(**one)
    assert refusal(client.delete_algorithm, AlgorithmName="steps")[0] == "ConflictException"
    job = described(client, "one")
    assert job["HyperParameters"] == {"x": "1", "seconds": "20", "steps": "2", "fail": "0"}
    assert job["AlgorithmSpecification"]["AlgorithmName"] == arn
    assert "TrainingImage" not in job["AlgorithmSpecification"]
    client.stop_training_job(TrainingJobName="one")

    request = {
        "HyperParameterTuningJobName": "search",
        "HyperParameterTuningJobConfig": {
            "Strategy": "Random",
            "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "objective"},
            "ResourceLimits": {"MaxNumberOfTrainingJobs": 2, "MaxParallelTrainingJobs": 2},
        },
        "TrainingJobDefinition": common,
    }
    client.create_hyper_parameter_tuning_job(**request)
    job = wait_until_over(client, "search")
    assert job["HyperParameterTuningJobStatus"] == "Completed"
    for summary in training_jobs(client, "search"):
        assert list(summary["TunedHyperParameters"]) == ["x"]
        assert 0 <= float(summary["TunedHyperParameters"]["x"]) <= 10
    wait_for(lambda: described(client, "one")["TrainingJobStatus"] == "Stopped")
    client.delete_algorithm(AlgorithmName="steps")
    message = f"Algorithm {arn} does not exist."
    request["HyperParameterTuningJobName"] = "again"
    assert refusal(client.create_hyper_parameter_tuning_job, **request) == (
        "ValidationException",
        message,
    )


@pytest.mark.parametrize(("fail", "status"), [("0", "Completed"), ("3", "Failed")])
def test_a_validation_runs(client, image, channel, fail, status):
    transform = {
        "TransformInput": {
            "DataSource": {
                "S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://unused/input"}
            }
        },
        "TransformOutput": OUTPUT,
        "TransformResources": {"InstanceType": "ml.m5.large", "InstanceCount": 1},
    }
    specification = validation(channel, transform, fail=fail)
    client.create_algorithm(**algorithm("valid", image, ValidationSpecification=specification))
    answer = settled(client, "valid")
    assert answer["AlgorithmStatus"] == status
    trained, transformed = answer["AlgorithmStatusDetails"]["ValidationStatuses"]
    assert (trained["Name"], trained["Status"]) == ("small", status)
    assert ("FailureReason" in trained) == (status == "Failed")
    assert transformed["Status"] == "NotStarted" and "cannot run" in transformed["FailureReason"]

    [job] = client.list_training_jobs(NameContains="valid-small")["TrainingJobSummaries"]
    client.delete_training_job(TrainingJobName=job["TrainingJobName"])
    again = client.describe_algorithm(AlgorithmName="valid")
    assert again["AlgorithmStatus"] == status
    assert again["AlgorithmStatusDetails"] == answer["AlgorithmStatusDetails"]


def test_a_validation_survives_a_crash(serve, image, channel):
    service = serve()
    specification = validation(channel, seconds="1", steps="3")
    service.client().create_algorithm(
        **algorithm("valid", image, ValidationSpecification=specification)
    )
    service.kill()
    service.start()
    assert settled(service.client(), "valid")["AlgorithmStatus"] == "Completed"


def test_a_profile_must_fit_its_algorithm(client, image, channel):
    request = algorithm("bad", image, ValidationSpecification=validation(channel, steps="999"))
    code, message = refusal(client.create_algorithm, **request)
    assert code == "ValidationException" and "'steps'" in message
    assert client.list_algorithms()["AlgorithmSummaryList"] == []


def test_updating_a_training_job(client, tmp_path):
    client.create_training_job(**training_job("long", tmp_path / "trace", seconds=60))
    arn = client.update_training_job(
        TrainingJobName="long", ResourceConfig={"KeepAlivePeriodInSeconds": 120}
    )["TrainingJobArn"]
    assert arn == f"{ARN}:training-job/long"
    wait_for(lambda: described(client, "long")["SecondaryStatus"] == "Training", 30)
    client.update_training_job(
        TrainingJobName="long",
        ProfilerConfig={"DisableProfiler": True},
        RemoteDebugConfig={"EnableRemoteDebug": True},
    )
    job = described(client, "long")
    assert job["ResourceConfig"] == {**RESOURCES, "KeepAlivePeriodInSeconds": 120}
    assert job["ProfilerConfig"] == {"DisableProfiler": True}
    assert job["RemoteDebugConfig"] == {"EnableRemoteDebug": True}
    client.stop_training_job(TrainingJobName="long")
    wait_for(lambda: described(client, "long")["TrainingJobStatus"] == "Stopped", 30)
    for change in (
        {"ResourceConfig": {"KeepAlivePeriodInSeconds": 1}},
        {"ProfilerConfig": {"DisableProfiler": False}},
        {"RemoteDebugConfig": {"EnableRemoteDebug": False}},
    ):
        code, message = refusal(client.update_training_job, TrainingJobName="long", **change)
        assert code == "ValidationException" and "Stopped" in message
    assert described(client, "long")["ProfilerConfig"] == {"DisableProfiler": True}


def found(client, resource="TrainingJob", **members):
    """What a search finds, page after page of two."""
    pages = client.get_paginator("search").paginate(
        Resource=resource, PaginationConfig={"PageSize": 2}, **members
    )
    records, totals = [], set()
    for page in pages:
        assert len(page["Results"]) <= 2
        records += [record[resource] for record in page["Results"]]
        totals.add(page["TotalHits"]["Value"])
    assert totals == {len(records)}
    return records


def test_searching(client, tmp_path):
    for name in ("first", "second"):
        request = steps_job(name, tmp_path / "trace", count=3, steps=1)
        client.create_hyper_parameter_tuning_job(
            **request, Tags=[{"Key": "team", "Value": name}]
        )
    for name in ("first", "second"):
        wait_until_over(client, name)
    everything = found(client)
    assert len(everything) == 6
    times = [job["LastModifiedTime"] for job in everything]
    assert times == sorted(times, reverse=True)
    assert {job["Tags"][0]["Value"] for job in everything} == {"first", "second"}

    def filtered(*filters, **members):
        return found(client, SearchExpression={"Filters": list(filters), **members})

    team = {"Name": "Tags.team", "Operator": "Equals", "Value": "first"}
    assert len(filtered(team)) == 3
    values = sorted(job["FinalMetricDataList"][0]["Value"] for job in everything)
    middle = f"{(values[2] + values[3]) / 2:.5f}"
    low = filtered({"Name": "Metrics.objective", "Operator": "LessThan", "Value": middle})
    expected = [value for value in values if value < float(middle)]
    assert sorted(job["FinalMetricDataList"][0]["Value"] for job in low) == expected
    ranked = found(client, SortBy="Metrics.objective", SortOrder="Ascending")
    assert [job["FinalMetricDataList"][0]["Value"] for job in ranked] == values
    either = filtered(
        team, {"Name": "TrainingJobName", "Operator": "Contains", "Value": "second"}, Operator="Or"
    )
    assert len(either) == 6
    over = {"Name": "TrainingJobStatus", "Operator": "In", "Value": "Failed,Stopped"}
    assert filtered(over) == []

    [job] = found(
        client,
        "HyperParameterTuningJob",
        SearchExpression={"Filters": [{**team, "Value": "second"}]},
    )
    assert job["HyperParameterTuningJobName"] == "second"
    assert job["BestTrainingJob"]["TuningJobName"] == "second"
    assert len(found(client, "HyperParameterTuningJob")) == 2
    hidden = [{"Key": "Tags.team", "Value": "first"}]
    assert len(found(client, VisibilityConditions=hidden)) == 3
    code, message = refusal(
        client.search,
        Resource="TrainingJob",
        SearchExpression={
            "Filters": [{"Name": "TrainingJobName", "Operator": "LessThan", "Value": "a"}]
        },
    )
    assert code == "ValidationException" and "text properties" in message
