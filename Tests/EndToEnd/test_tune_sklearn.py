"""boto3 tunes real scikit-learn training processes, and asks about everything they leave."""

import sys

import pytest
from botocore.exceptions import ClientError
from jobs import (
    STEPS,
    X_RANGE,
    assert_counters_match,
    continuous,
    definition,
    describe,
    objective,
    steps_job,
    training_jobs,
    tuning_job,
    wait_until_over,
)
from service import ROOT, processes_of, wait_for

ACCURACY = {"Name": "validation:accuracy", "Regex": "validation:accuracy=([0-9.]+)"}
RANGES = {
    "ContinuousParameterRanges": [continuous("learning_rate", 0.01, 1, "Logarithmic")],
    "IntegerParameterRanges": [continuous("max_depth", 1, 4)],
    "CategoricalParameterRanges": [{"Name": "max_features", "Values": ["sqrt", "log2"]}],
}


def test_scikit_learn_is_tuned_and_its_best_is_the_best(serve):
    client = serve().client()
    program = f"exec:{sys.executable} {ROOT}/Config/jobs/sklearn_digits.py"
    request = tuning_job(
        "sklearn",
        definition(program, ACCURACY, static={"steps": "3"}),
        RANGES,
        count=5,
        direction="Maximize",
    )
    arn = client.create_hyper_parameter_tuning_job(**request)["HyperParameterTuningJobArn"]
    assert arn.endswith(":hyper-parameter-tuning-job/sklearn")

    job = wait_until_over(client, "sklearn", seconds=300)
    assert job["HyperParameterTuningJobStatus"] == "Completed", job
    assert job["HyperParameterTuningJobArn"] == arn
    assert job["CreationTime"] <= job["HyperParameterTuningEndTime"]
    summaries = training_jobs(client, "sklearn", page=2)
    assert len({summary["TrainingJobName"] for summary in summaries}) == 5
    assert_counters_match(job, summaries)
    assert job["TrainingJobStatusCounters"]["Completed"] == 5
    assert job["ObjectiveStatusCounters"]["Succeeded"] == 5

    best = job["BestTrainingJob"]
    assert objective(best) == max(map(objective, summaries)) > 0.5
    assert best["TrainingJobName"] in {summary["TrainingJobName"] for summary in summaries}
    for summary in summaries:
        check_training_job(client, summary, arn)

    ranked = training_jobs(
        client, "sklearn", page=2, SortBy="FinalObjectiveMetricValue", SortOrder="Descending"
    )
    assert [objective(one) for one in ranked] == sorted(map(objective, summaries), reverse=True)


def check_training_job(client, summary, tuning_job_arn):
    tuned = summary["TunedHyperParameters"]
    assert set(tuned) == {"learning_rate", "max_depth", "max_features"}
    assert 0.01 <= float(tuned["learning_rate"]) <= 1
    assert int(tuned["max_depth"]) in range(1, 5)
    assert tuned["max_features"] in ("sqrt", "log2")
    job = client.describe_training_job(TrainingJobName=summary["TrainingJobName"])
    assert job["TuningJobArn"] == tuning_job_arn
    assert job["TrainingJobStatus"] == job["SecondaryStatus"] == "Completed"
    assert tuned.items() <= job["HyperParameters"].items()
    assert job["HyperParameters"]["steps"] == "3"
    assert job["HyperParameters"]["_tuning_objective_metric"] == "validation:accuracy"
    (metric,) = job["FinalMetricDataList"]
    assert metric["MetricName"] == "validation:accuracy"
    assert metric["Value"] == pytest.approx(objective(summary))
    assert job["CreationTime"] <= job["TrainingStartTime"] <= job["TrainingEndTime"]
    statuses = [transition["Status"] for transition in job["SecondaryStatusTransitions"]]
    assert statuses[0] == "Starting" and statuses[-1] == "Completed" and "Training" in statuses


def test_the_same_seed_tries_the_same_hyperparameters(serve, tmp_path):
    client = serve().client()
    for name in ("one", "two"):
        request = steps_job(name, tmp_path / "trace", count=3, parallel=1, steps=1)
        client.create_hyper_parameter_tuning_job(**request)
    tried = []
    for name in ("one", "two"):
        wait_until_over(client, name)
        jobs = training_jobs(client, name, SortBy="CreationTime", SortOrder="Ascending")
        tried.append([job["TunedHyperParameters"] for job in jobs])
    assert tried[0] == tried[1] and len(tried[0]) == 3


def test_a_stopped_job_stops_its_processes(serve, tmp_path):
    service = serve()
    client = service.client()
    request = steps_job("long", tmp_path / "trace", count=50, steps=1000, seconds=0.5)
    client.create_hyper_parameter_tuning_job(**request)
    wait_for(lambda: describe(client, "long")["TrainingJobStatusCounters"]["InProgress"] == 2)
    wait_for(lambda: (tmp_path / "trace").exists())

    client.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="long")
    client.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="long")
    job = wait_until_over(client, "long")
    assert job["HyperParameterTuningJobStatus"] == "Stopped"
    summaries = training_jobs(client, "long")
    assert {summary["TrainingJobStatus"] for summary in summaries} == {"Stopped"}
    assert_counters_match(job, summaries)
    wait_for(lambda: list(processes_of(service.data)) == [service.process.pid], seconds=10)


def test_a_training_job_may_be_stopped_alone(serve, tmp_path):
    client = serve().client()
    request = steps_job("single", tmp_path / "trace", count=2, parallel=1, steps=40)
    client.create_hyper_parameter_tuning_job(**request)
    first = wait_for(lambda: training_jobs(client, "single"))[0]["TrainingJobName"]
    client.stop_training_job(TrainingJobName=first)
    job = wait_until_over(client, "single")
    summaries = {one["TrainingJobName"]: one for one in training_jobs(client, "single")}
    assert job["HyperParameterTuningJobStatus"] == "Completed"
    assert summaries.pop(first)["TrainingJobStatus"] == "Stopped"
    assert [one["TrainingJobStatus"] for one in summaries.values()] == ["Completed"]


def test_failures_are_counted_and_explained(serve, tmp_path):
    client = serve().client()
    request = steps_job("failing", tmp_path / "trace", count=2, steps=0, fail=3)
    client.create_hyper_parameter_tuning_job(**request)
    job = wait_until_over(client, "failing")
    assert job["HyperParameterTuningJobStatus"] == "Failed"
    assert job["TrainingJobStatusCounters"]["NonRetryableError"] == 2
    assert "BestTrainingJob" not in job
    for summary in training_jobs(client, "failing"):
        assert summary["ObjectiveStatus"] == "Failed"
        reason = client.describe_training_job(TrainingJobName=summary["TrainingJobName"])
        assert "the disk of this program is full" in reason["FailureReason"]


def test_tags_come_and_go(serve, tmp_path):
    client = serve().client()
    request = steps_job("tagged", tmp_path / "trace", count=1, steps=1)
    tags = [{"Key": "team", "Value": "vision"}, {"Key": "cost", "Value": "42"}]
    arn = client.create_hyper_parameter_tuning_job(**request, Tags=tags)[
        "HyperParameterTuningJobArn"
    ]
    client.add_tags(ResourceArn=arn, Tags=[{"Key": "cost", "Value": "43"}])
    client.delete_tags(ResourceArn=arn, TagKeys=["team"])
    assert client.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "cost", "Value": "43"}]
    wait_until_over(client, "tagged")
    (child,) = training_jobs(client, "tagged")
    inherited = client.list_tags(ResourceArn=child["TrainingJobArn"])["Tags"]
    assert {"team", "cost"} & {tag["Key"] for tag in inherited}


def test_jobs_are_listed_page_by_page_and_by_name(serve):
    client = serve().client()
    names = [f"listed-{letter}" for letter in "abcde"]
    for name in names:
        request = tuning_job(name, definition("mock:branin"), branin_ranges(), count=1)
        client.create_hyper_parameter_tuning_job(**request)
    pages = client.get_paginator("list_hyper_parameter_tuning_jobs").paginate(
        NameContains="listed",
        SortBy="Name",
        SortOrder="Ascending",
        PaginationConfig={"PageSize": 2},
    )
    listed = [page["HyperParameterTuningJobSummaries"] for page in pages]
    assert [len(page) for page in listed] == [2, 2, 1]
    found = [one["HyperParameterTuningJobName"] for page in listed for one in page]
    assert found == names
    for name in names:
        wait_until_over(client, name)
    client.delete_hyper_parameter_tuning_job(HyperParameterTuningJobName=names[0])
    left = client.list_hyper_parameter_tuning_jobs(NameContains="listed")
    assert len(left["HyperParameterTuningJobSummaries"]) == 4


def branin_ranges():
    return {"ContinuousParameterRanges": [continuous("x1", -5, 10), continuous("x2", 0, 15)]}


def test_wrong_requests_are_refused_and_leave_nothing(serve, tmp_path):
    client = serve().client(parameter_validation=False)
    request = steps_job("twice", tmp_path / "trace", count=1, steps=1)
    client.create_hyper_parameter_tuning_job(**request)
    assert refusal(client.create_hyper_parameter_tuning_job, **request)[0] == "ResourceInUse"

    backwards = {"ContinuousParameterRanges": [continuous("x", 10, 0)]}
    request = tuning_job("backwards", definition(STEPS), backwards)
    code, message = refusal(client.create_hyper_parameter_tuning_job, **request)
    assert code == "ValidationException" and "'x'" in message

    request = tuning_job("nothing", definition(STEPS), X_RANGE)
    del request["TrainingJobDefinition"]["RoleArn"]
    code, message = refusal(client.create_hyper_parameter_tuning_job, **request)
    assert code == "ValidationException" and "oleArn" in message

    code, _ = refusal(
        client.describe_hyper_parameter_tuning_job, HyperParameterTuningJobName="nothing"
    )
    assert code in ("ResourceNotFound", "ValidationException")
    jobs = client.list_hyper_parameter_tuning_jobs()["HyperParameterTuningJobSummaries"]
    assert [job["HyperParameterTuningJobName"] for job in jobs] == ["twice"]
    wait_until_over(client, "twice")


def refusal(operation, **arguments):
    """The code and the message of the error that an operation answers with."""
    with pytest.raises(ClientError) as error:
        operation(**arguments)
    answer = error.value.response
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 400
    return answer["Error"]["Code"], answer["Error"]["Message"]
