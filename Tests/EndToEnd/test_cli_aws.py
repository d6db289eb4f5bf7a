"""The aws command line does the same operations as boto3."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from jobs import continuous, definition, steps_job, tuning_job
from service import REGION, wait_for

AWS = Path(sys.executable).with_name("aws")


@pytest.fixture
def aws(tuner_endpoint, tmp_path):
    """Runs `aws sagemaker COMMAND ...` and returns its answer."""
    environment = {
        **os.environ,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": tuner_endpoint,
        "AWS_CONFIG_FILE": str(tmp_path / "no-config"),
        "AWS_SHARED_CREDENTIALS_FILE": str(tmp_path / "no-credentials"),
        "AWS_PAGER": "",
        "AWS_MAX_ATTEMPTS": "1",
    }

    def run(command, *arguments, request=None, code=0):
        words = [str(AWS), "sagemaker", command, "--output", "json", *arguments]
        if request is not None:
            file = tmp_path / "request.json"
            file.write_text(json.dumps(request))
            words += ["--cli-input-json", f"file://{file}"]
        done = subprocess.run(words, env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == code, (words, done.stdout, done.stderr)
        if code != 0:
            return done.stderr
        return json.loads(done.stdout) if done.stdout.strip() else None

    return run


def describe(aws, name):
    return aws("describe-hyper-parameter-tuning-job", "--hyper-parameter-tuning-job-name", name)


def wait_until(aws, name, status):
    return wait_for(
        lambda: describe(aws, name)["HyperParameterTuningJobStatus"] == status, interval=0.5
    )


def test_a_job_from_creation_to_deletion(aws):
    ranges = {"ContinuousParameterRanges": [continuous("x1", -5, 10), continuous("x2", 0, 15)]}
    request = tuning_job("cli", definition("mock:branin"), ranges, count=5)
    arn = aws("create-hyper-parameter-tuning-job", request=request)["HyperParameterTuningJobArn"]
    wait_until(aws, "cli", "Completed")

    named = ("--hyper-parameter-tuning-job-name", "cli")
    jobs = aws("list-training-jobs-for-hyper-parameter-tuning-job", *named, "--page-size", "2")[
        "TrainingJobSummaries"
    ]
    assert len({job["TrainingJobName"] for job in jobs}) == 5
    values = [job["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] for job in jobs]
    best = describe(aws, "cli")["BestTrainingJob"]
    assert best["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] == min(values)

    training = aws("describe-training-job", "--training-job-name", jobs[0]["TrainingJobName"])
    assert training["TrainingJobStatus"] == "Completed"
    listed = aws("list-hyper-parameter-tuning-jobs", "--status-equals", "Completed")
    assert [
        job["HyperParameterTuningJobName"] for job in listed["HyperParameterTuningJobSummaries"]
    ] == ["cli"]

    aws("add-tags", "--resource-arn", arn, "--tags", "Key=team,Value=vision", "Key=a,Value=b")
    aws("delete-tags", "--resource-arn", arn, "--tag-keys", "a")
    assert aws("list-tags", "--resource-arn", arn)["Tags"] == [{"Key": "team", "Value": "vision"}]

    aws("delete-hyper-parameter-tuning-job", *named)
    error = aws("describe-hyper-parameter-tuning-job", *named, code=255)
    assert "(ResourceNotFound)" in error or "(ValidationException)" in error


def test_a_job_is_stopped(aws, tmp_path):
    request = steps_job("cli-stop", tmp_path / "trace", count=20, steps=1000, seconds=0.2)
    aws("create-hyper-parameter-tuning-job", request=request)
    wait_for(lambda: (tmp_path / "trace").exists())
    aws("stop-hyper-parameter-tuning-job", "--hyper-parameter-tuning-job-name", "cli-stop")
    wait_until(aws, "cli-stop", "Stopped")
    listed = aws(
        "list-training-jobs-for-hyper-parameter-tuning-job",
        "--hyper-parameter-tuning-job-name",
        "cli-stop",
        "--status-equals",
        "Stopped",
    )
    assert 1 <= len(listed["TrainingJobSummaries"]) <= 2


def test_a_training_job_runs_alone(aws, tmp_path):
    body = definition("mock:sphere")
    request = {
        "TrainingJobName": "alone",
        "HyperParameters": {"x": "0.5"},
        **{key: value for key, value in body.items() if key != "StaticHyperParameters"},
    }
    aws("create-training-job", request=request)
    wait_for(
        lambda: (
            aws("describe-training-job", "--training-job-name", "alone")["TrainingJobStatus"]
            == "Completed"
        ),
        interval=0.5,
    )
    listed = aws("list-training-jobs", "--name-contains", "alone")["TrainingJobSummaries"]
    assert [job["TrainingJobName"] for job in listed] == ["alone"]


def test_an_unknown_job_is_an_error_with_a_name(aws):
    error = aws("describe-training-job", "--training-job-name", "nobody", code=255)
    assert "(ResourceNotFound)" in error or "(ValidationException)" in error
