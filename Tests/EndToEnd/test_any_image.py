"""Code that names images of a registry, as suites against stand-ins of the service do."""

import datetime

import pytest
from botocore.exceptions import ClientError
from jobs import ROLE, wait_until_over
from service import wait_for

IMAGE = "382416733822.dkr.ecr.us-east-1.amazonaws.com/linear-learner:1"
PREFIX = "s3://models/some/prefix/"
LONG_AGO, FAR_AWAY = datetime.datetime(2000, 1, 1), datetime.datetime(2100, 1, 1)


@pytest.fixture
def client(serve):
    """A client of a service that simulates every image."""
    return serve(arguments=["--backend", "mock"]).client()


def channel(name, distribution):
    source = {
        "S3DataType": "S3Prefix",
        "S3Uri": f"{PREFIX}/{name}/",
        "S3DataDistributionType": distribution,
    }
    return {
        "ChannelName": name,
        "DataSource": {"S3DataSource": source},
        "CompressionType": "None",
        "RecordWrapperType": "None",
    }


def training_job(name, **members):
    return {
        "TrainingJobName": name,
        "AlgorithmSpecification": {
            "TrainingImage": IMAGE,
            "TrainingInputMode": "File",
            "MetricDefinitions": [{"Name": "loss", "Regex": "loss=(.*)"}],
        },
        "RoleArn": ROLE,
        "InputDataConfig": [
            channel("train", "ShardedByS3Key"),
            channel("validation", "FullyReplicated"),
        ],
        "OutputDataConfig": {"S3OutputPath": f"{PREFIX}/"},
        "ResourceConfig": {
            "InstanceCount": 1,
            "InstanceType": "ml.c4.2xlarge",
            "VolumeSizeInGB": 10,
        },
        "HyperParameters": {"feature_dim": "30", "loss": "absolute_loss"},
        "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        **members,
    }


def completed(client, name):
    def over():
        job = client.describe_training_job(TrainingJobName=name)
        return job if job["TrainingJobStatus"] == "Completed" else None

    return wait_for(over)


def names(client, **arguments):
    answer = client.list_training_jobs(**arguments)
    return [job["TrainingJobName"] for job in answer["TrainingJobSummaries"]], answer


def test_a_description_repeats_the_request(client):
    request = training_job("MyJob")
    arn = client.create_training_job(**request)["TrainingJobArn"]
    job = completed(client, "MyJob")
    assert job["TrainingJobArn"] == arn
    for member in set(request) - {"AlgorithmSpecification", "OutputDataConfig"}:
        assert job[member] == request[member], member
    # Where there are metrics there are series of them.
    series = {"EnableSageMakerMetricsTimeSeries": True}
    assert job["AlgorithmSpecification"] == {**request["AlgorithmSpecification"], **series}
    # The service always says which key encrypts the output: none.
    assert job["OutputDataConfig"] == {**request["OutputDataConfig"], "KmsKeyId": ""}
    artifacts = job["ModelArtifacts"]["S3ModelArtifacts"]
    assert artifacts.startswith(request["OutputDataConfig"]["S3OutputPath"])
    assert "MyJob" in artifacts and artifacts.endswith("output/model.tar.gz")
    assert job["SecondaryStatus"] == "Completed"
    times = ["CreationTime", "TrainingStartTime", "TrainingEndTime", "LastModifiedTime"]
    assert sorted(job[time] for time in times[:3]) == [job[time] for time in times[:3]]
    assert all(isinstance(job[time], datetime.datetime) for time in times)
    first = job["SecondaryStatusTransitions"][0]
    assert {"Status", "StartTime", "EndTime", "StatusMessage"} <= set(first)
    assert {"MetricName", "Value", "Timestamp"} == set(job["FinalMetricDataList"][0])


def test_lists_of_training_jobs(client):
    assert names(client)[0] == []
    made = [f"xgboost-{n}" for n in range(5)] + [f"vgg-{n}" for n in range(5)]
    for name in made:
        client.create_training_job(**training_job(name))
    found, answer = names(client)
    assert found == made and "NextToken" not in answer
    assert names(client, NameContains="xgboost")[0] == made[:5]
    assert names(client, NameContains="2")[0] == ["xgboost-2", "vgg-2"]
    first, answer = names(client, NameContains="xgboost", MaxResults=1)
    assert first == ["xgboost-0"]
    second, answer = names(
        client, NameContains="xgboost", MaxResults=1, NextToken=answer["NextToken"]
    )
    assert second == ["xgboost-1"] and "NextToken" in answer
    assert answer["TrainingJobSummaries"][0]["TrainingJobArn"].endswith("training-job/xgboost-1")


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        ({"StatusEquals": "blah"}, "Value 'blah' at 'statusEquals' failed to satisfy constraint"),
        ({"NextToken": "asdf"}, "NextToken"),
        ({"MaxResults": 200}, "Value '200' at 'maxResults' failed to satisfy constraint"),
    ],
)
def test_what_a_list_cannot_be_asked(client, arguments, part):
    with pytest.raises(ClientError) as error:
        client.list_training_jobs(**arguments)
    assert error.value.response["Error"]["Code"] == "ValidationException"
    assert part in error.value.response["Error"]["Message"]


def tuning_job(name, **members):
    definition = training_job(name)
    del definition["TrainingJobName"], definition["HyperParameters"]
    return {
        "HyperParameterTuningJobName": name,
        "HyperParameterTuningJobConfig": {
            "Strategy": "Random",
            "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "loss"},
            "ResourceLimits": {
                "MaxNumberOfTrainingJobs": 2,
                "MaxParallelTrainingJobs": 2,
                "MaxRuntimeInSeconds": 123,
            },
            "ParameterRanges": {
                "ContinuousParameterRanges": [{"Name": "x", "MinValue": "0", "MaxValue": "1"}]
            },
        },
        "TrainingJobDefinition": definition,
        **members,
    }


def test_lists_of_tuning_jobs(client):
    for name in ("tuned", "other", "tuned2"):
        client.create_hyper_parameter_tuning_job(**tuning_job(name))
        wait_until_over(client, name)
    found = client.list_hyper_parameter_tuning_jobs(
        SortBy="CreationTime",
        SortOrder="Ascending",
        NameContains="tuned",
        CreationTimeAfter=LONG_AGO,
        CreationTimeBefore=FAR_AWAY,
        LastModifiedTimeAfter=LONG_AGO,
        LastModifiedTimeBefore=FAR_AWAY,
        StatusEquals="Completed",
    )["HyperParameterTuningJobSummaries"]
    assert [job["HyperParameterTuningJobName"] for job in found] == ["tuned", "tuned2"]
    for job in found:
        assert job["Strategy"] == "Random"
        assert job["HyperParameterTuningJobArn"].endswith(
            f"hyper-parameter-tuning-job/{job['HyperParameterTuningJobName']}"
        )
        assert job["TrainingJobStatusCounters"] == {
            "Completed": 2,
            "InProgress": 0,
            "NonRetryableError": 0,
            "RetryableError": 0,
            "Stopped": 0,
        }
        assert job["ObjectiveStatusCounters"] == {"Failed": 0, "Pending": 0, "Succeeded": 2}
        assert job["ResourceLimits"]["MaxRuntimeInSeconds"] == 123
    client.delete_hyper_parameter_tuning_job(HyperParameterTuningJobName="other")
    left = client.list_hyper_parameter_tuning_jobs()["HyperParameterTuningJobSummaries"]
    assert [job["HyperParameterTuningJobName"] for job in left] == ["tuned", "tuned2"]


def test_tags_of_both_kinds_of_jobs(client):
    tags = [{"Key": "first", "Value": "1"}]
    tuning = client.create_hyper_parameter_tuning_job(**tuning_job("tuned", Tags=tags))
    training = client.create_training_job(**training_job("alone", Tags=tags))
    for arn in (tuning["HyperParameterTuningJobArn"], training["TrainingJobArn"]):
        assert client.list_tags(ResourceArn=arn)["Tags"] == tags
        more = [{"Key": "second", "Value": "2"}]
        assert client.add_tags(ResourceArn=arn, Tags=more)["Tags"] == tags + more
        client.delete_tags(ResourceArn=arn, TagKeys=["first"])
        assert client.list_tags(ResourceArn=arn)["Tags"] == more


def test_searches(client):
    client.create_training_job(**training_job("a", Tags=[{"Key": "key", "Value": "some-value"}]))
    client.create_training_job(**training_job("b"))

    def found(**arguments):
        results = client.search(Resource="TrainingJob", **arguments)["Results"]
        return [result["TrainingJob"]["TrainingJobName"] for result in results]

    assert sorted(found()) == ["a", "b"]
    tagged = {"Name": "Tags.key", "Operator": "Equals", "Value": "some-value"}
    assert found(SearchExpression={"Filters": [tagged]}) == ["a"]
    assert found(SearchExpression={"Filters": [{"Name": "TrainingJobName", "Value": "b"}]}) == ["b"]
