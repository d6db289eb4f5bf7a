"""Every operation through boto3, and every answer held against the service's own model."""

import http.client
import json
import re
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from jobs import STEPS, X_RANGE, continuous, definition, steps_job, tuning_job, wait_until_over
from service import REGION, wait_for

ACCOUNT = "123456789012"
ARN = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}"
LIST_TAGS = {"X-Amz-Target": "SageMaker.ListTags"}


def mismatches(shape, value, path):
    """What an answer has that its shape in botocore's model does not allow."""
    if shape.type_name == "structure":
        if not isinstance(value, dict):
            return [f"{path}: {value!r} is no object"]
        missing = [name for name in shape.required_members if name not in value]
        found = [f"{path}.{name} is missing" for name in missing]
        for name, member in value.items():
            if name not in shape.members:
                found.append(f"{path}.{name} is unknown")
            else:
                found += mismatches(shape.members[name], member, f"{path}.{name}")
        return found
    if shape.type_name == "list":
        parts = [(shape.member, item, f"{path}[{i}]") for i, item in enumerate(value)]
        return [mismatch for part in parts for mismatch in mismatches(*part)]
    if shape.type_name == "map":
        parts = [(shape.value, item, f"{path}.{key}") for key, item in value.items()]
        return [mismatch for part in parts for mismatch in mismatches(*part)]
    kinds = {
        "string": str,
        "boolean": bool,
        "integer": int,
        "long": int,
        "float": (int, float),
        "double": (int, float),
        "timestamp": (int, float),
    }
    if not isinstance(value, kinds[shape.type_name]):
        return [f"{path}: {value!r} is no {shape.type_name}"]
    if shape.type_name == "string":
        pattern = shape.metadata.get("pattern")
        if shape.enum and value not in shape.enum:
            return [f"{path}: {value!r} is not one of {shape.enum}"]
        if len(value) > shape.metadata.get("max", len(value)):
            return [f"{path}: {value!r} is too long"]
        # The expressions are Java's; Python knows no \p{...}, so those are left out.
        if pattern and "\\p" not in pattern and not re.fullmatch(pattern, value, re.DOTALL):
            return [f"{path}: {value!r} does not match {pattern}"]
    if shape.type_name == "integer" and value < shape.metadata.get("min", value):
        return [f"{path}: {value} is too small"]
    return []


@pytest.fixture
def client(tuner_endpoint):
    """A boto3 client that holds every answer against the model."""
    client = boto3.client(
        "sagemaker",
        endpoint_url=tuner_endpoint,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",
        config=Config(retries={"total_max_attempts": 1}),
    )

    def check(http_response, model, **_):
        assert http_response.headers["x-amzn-RequestId"]
        assert http_response.headers["Content-Type"] == "application/x-amz-json-1.1"
        if http_response.status_code == 200 and model.output_shape is not None:
            answer = json.loads(http_response.content)
            assert not mismatches(model.output_shape, answer, model.name)

    client.meta.events.register("after-call.sagemaker", check)
    return client


def training_job(name, trace, seconds=0.05, **members):
    """A request of CreateTrainingJob."""
    whole = definition(STEPS, environment={"TRACE": str(trace)})
    whole["HyperParameters"] = {"x": "1.5", "steps": "3", "seconds": str(seconds)}
    del whole["StaticHyperParameters"]
    return {"TrainingJobName": name, **whole, **members}


def described(client, name):
    return client.describe_training_job(TrainingJobName=name)


def refusal(call, **arguments):
    """The code and the message of the error that a call ends with."""
    with pytest.raises(ClientError) as error:
        call(**arguments)
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    return error.value.response["Error"]["Code"], error.value.response["Error"]["Message"]


def test_a_tuning_job_from_creation_to_deletion(client, tmp_path):
    request = steps_job("Wire", tmp_path / "trace", count=3)
    request["Tags"] = [{"Key": "team", "Value": "vision"}]
    created = client.create_hyper_parameter_tuning_job(**request)
    assert created["HyperParameterTuningJobArn"] == f"{ARN}:hyper-parameter-tuning-job/wire"
    job = wait_until_over(client, "wire")
    assert job["HyperParameterTuningJobStatus"] == "Completed"
    assert job["TrainingJobStatusCounters"]["Completed"] == 3
    assert job["ObjectiveStatusCounters"]["Succeeded"] == 3
    assert job["HyperParameterTuningEndTime"] >= job["CreationTime"]
    shown = job["TrainingJobDefinition"]
    assert shown["StaticHyperParameters"]["_tuning_objective_metric"] == "objective"
    assert shown["OutputDataConfig"]["KmsKeyId"] == ""
    for name, value in request["HyperParameterTuningJobConfig"].items():
        assert job["HyperParameterTuningJobConfig"][name] == value

    pages = client.get_paginator("list_training_jobs_for_hyper_parameter_tuning_job").paginate(
        HyperParameterTuningJobName="Wire",
        SortBy="FinalObjectiveMetricValue",
        PaginationConfig={"PageSize": 2},
    )
    summaries = [summary for page in pages for summary in page["TrainingJobSummaries"]]
    values = [
        summary["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] for summary in summaries
    ]
    assert len(values) == 3 and values == sorted(values)
    assert summaries[0] == job["BestTrainingJob"]
    assert all(list(summary["TunedHyperParameters"]) == ["x"] for summary in summaries)

    child = described(client, summaries[0]["TrainingJobName"])
    assert child["TuningJobArn"] == created["HyperParameterTuningJobArn"]
    assert child["ResourceConfig"] == request["TrainingJobDefinition"]["ResourceConfig"]
    assert child["HyperParameters"]["x"] == summaries[0]["TunedHyperParameters"]["x"]
    tags = client.list_tags(ResourceArn=child["TrainingJobArn"])["Tags"]
    assert tags == request["Tags"]
    [listed] = client.list_hyper_parameter_tuning_jobs(NameContains="wir")[
        "HyperParameterTuningJobSummaries"
    ]
    assert listed["ResourceLimits"] == request["HyperParameterTuningJobConfig"]["ResourceLimits"]

    client.delete_hyper_parameter_tuning_job(HyperParameterTuningJobName="wire")
    code, _ = refusal(
        client.describe_hyper_parameter_tuning_job, HyperParameterTuningJobName="wire"
    )
    assert code == "ResourceNotFound"
    assert described(client, child["TrainingJobName"])["TrainingJobStatus"] == "Completed"


def test_stopping_a_tuning_job_stops_its_training_jobs(client, tmp_path):
    client.create_hyper_parameter_tuning_job(
        **steps_job("held", tmp_path / "trace", steps=1000, seconds=60)
    )
    wait_for(
        lambda: client.list_training_jobs(NameContains="held", StatusEquals="InProgress")[
            "TrainingJobSummaries"
        ],
        30,
    )
    code, message = refusal(
        client.delete_hyper_parameter_tuning_job, HyperParameterTuningJobName="held"
    )
    assert code == "ValidationException" and "held" in message
    for _ in range(2):
        client.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="held")
    job = wait_until_over(client, "held")
    assert job["HyperParameterTuningJobStatus"] == "Stopped"
    assert job["TrainingJobStatusCounters"]["Stopped"] >= 1


def test_a_training_job_from_creation_to_deletion(client, tmp_path):
    request = training_job("One", tmp_path / "trace", Tags=[{"Key": "team", "Value": "vision"}])
    arn = client.create_training_job(**request)["TrainingJobArn"]
    assert arn == f"{ARN}:training-job/one"
    waiter = client.get_waiter("training_job_completed_or_stopped")
    waiter.wait(TrainingJobName="One", WaiterConfig={"Delay": 1, "MaxAttempts": 60})
    job = described(client, "One")
    assert job["HyperParameters"] == request["HyperParameters"]
    assert [m["MetricName"] for m in job["FinalMetricDataList"]] == ["objective"]
    assert job["BillableTimeInSeconds"] >= 1
    assert job["SecondaryStatusTransitions"][-1]["Status"] == "Completed"
    assert refusal(client.create_training_job, **request) == (
        "ResourceInUse",
        "Training job names must be unique within an AWS account and region, and a training job "
        f"with this name already exists ({arn})",
    )
    assert refusal(client.stop_training_job, TrainingJobName="One") == (
        "ValidationException",
        "The request was rejected because the training job is in status Completed.",
    )

    client.add_tags(ResourceArn=arn, Tags=[{"Key": "cost", "Value": ""}])
    client.delete_tags(ResourceArn=arn, TagKeys=["team"])
    assert client.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "cost", "Value": ""}]
    [summary] = client.list_training_jobs(StatusEquals="Completed", MaxResults=5)[
        "TrainingJobSummaries"
    ]
    assert summary["TrainingJobName"] == "One"

    client.delete_training_job(TrainingJobName="One")
    assert refusal(client.describe_training_job, TrainingJobName="One") == (
        "ValidationException",
        "Requested resource not found.",
    )


def test_stopping_a_training_job(client, tmp_path):
    client.create_training_job(**training_job("long", tmp_path / "trace", seconds=60))
    wait_for(lambda: described(client, "long")["SecondaryStatus"] == "Training", 30)
    assert refusal(client.delete_training_job, TrainingJobName="long")[0] == "ResourceInUse"
    client.stop_training_job(TrainingJobName="long")
    wait_for(lambda: described(client, "long")["TrainingJobStatus"] == "Stopped", 30)
    assert described(client, "long")["SecondaryStatus"] == "Stopped"


@pytest.mark.parametrize(
    ("change", "part"),
    [
        ({"HyperParameterTuningJobName": "a_b"}, "Value 'a_b' at 'hyperParameterTuningJobName'"),
        ({"HyperParameterTuningJobName": "a" * 33}, "less than or equal to 32"),
        (
            {
                "WarmStartConfig": {
                    "ParentHyperParameterTuningJobs": [{"HyperParameterTuningJobName": "gone"}],
                    "WarmStartType": "TransferLearning",
                }
            },
            "there is no tuning job 'gone'",
        ),
    ],
)
def test_what_is_wrong_is_named(client, tmp_path, change, part):
    request = {**steps_job("refused", tmp_path / "trace"), **change}
    code, message = refusal(client.create_hyper_parameter_tuning_job, **request)
    assert code == "ValidationException" and part in message
    assert client.list_hyper_parameter_tuning_jobs()["HyperParameterTuningJobSummaries"] == []


def test_several_definitions(client, tmp_path):
    template = definition(STEPS, environment={"TRACE": str(tmp_path / "trace")})
    request = tuning_job("several", template, X_RANGE, count=4)
    config = request["HyperParameterTuningJobConfig"]
    common = request.pop("TrainingJobDefinition")
    goal = config.pop("HyperParameterTuningJobObjective")
    del config["ParameterRanges"]
    request["TrainingJobDefinitions"] = [
        {
            **common,
            "DefinitionName": name,
            "TuningObjective": goal,
            "StaticHyperParameters": {"steps": "2", "seconds": "0.05"},
            "HyperParameterRanges": {"ContinuousParameterRanges": [continuous("x", 0, top)]},
        }
        for name, top in (("first", 1), ("second", 2))
    ]
    client.create_hyper_parameter_tuning_job(**request)
    job = wait_until_over(client, "several")
    assert [d["DefinitionName"] for d in job["TrainingJobDefinitions"]] == ["first", "second"]
    summaries = client.list_training_jobs_for_hyper_parameter_tuning_job(
        HyperParameterTuningJobName="several"
    )["TrainingJobSummaries"]
    assert {s["TrainingJobDefinitionName"] for s in summaries} == {"first", "second"}


@pytest.mark.parametrize(
    ("headers", "status", "code"),
    [
        ({}, 400, "UnknownOperationException"),
        ({"X-Amz-Target": "SageMaker.CreateModel"}, 400, "UnknownOperationException"),
        ({**LIST_TAGS, "Origin": "http://x"}, 403, "AccessDeniedException"),
        ({**LIST_TAGS, "Host": "x.example"}, 403, "AccessDeniedException"),
        ({**LIST_TAGS, "Host": "localhost"}, 400, "ValidationException"),
    ],
)
def test_requests_that_no_client_sends(tuner_endpoint, headers, status, code):
    address = urlsplit(tuner_endpoint)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=10)
    connection.request("POST", "/", body=b"{}", headers=headers)
    response = connection.getresponse()
    assert response.status == status
    assert json.loads(response.read())["__type"] == code
    connection.close()
