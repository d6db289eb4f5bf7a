"""Requests of the tests, and what all tests ask about the jobs they make."""

import sys

from service import ROOT, wait_for

ROLE = "arn:aws:iam::123456789012:role/tuner"
STEPS = f"exec:{sys.executable} {ROOT}/Tests/EndToEnd/programs/steps.py"
OVER = {"Completed", "Failed", "Stopped"}
OBJECTIVE = {"Name": "objective", "Regex": "objective=([0-9.eE+-]+)"}


def definition(image, metric=OBJECTIVE, static=None, environment=None):
    """A training job definition as boto3 takes it."""
    return {
        "StaticHyperParameters": static or {},
        "AlgorithmSpecification": {
            "TrainingImage": image,
            "TrainingInputMode": "File",
            "MetricDefinitions": [metric],
        },
        "RoleArn": ROLE,
        "OutputDataConfig": {"S3OutputPath": "s3://unused/output"},
        "ResourceConfig": {
            "InstanceType": "ml.m5.large",
            "InstanceCount": 1,
            "VolumeSizeInGB": 1,
        },
        "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        "Environment": environment or {},
    }


def tuning_job(name, definition, ranges, count=4, parallel=2, direction="Minimize", seed=1):
    """A request of CreateHyperParameterTuningJob."""
    metric = definition["AlgorithmSpecification"]["MetricDefinitions"][0]["Name"]
    return {
        "HyperParameterTuningJobName": name,
        "HyperParameterTuningJobConfig": {
            "Strategy": "Random",
            "HyperParameterTuningJobObjective": {"Type": direction, "MetricName": metric},
            "ResourceLimits": {
                "MaxNumberOfTrainingJobs": count,
                "MaxParallelTrainingJobs": parallel,
            },
            "ParameterRanges": ranges,
            "RandomSeed": seed,
        },
        "TrainingJobDefinition": definition,
    }


def continuous(name, low, high, scaling="Linear"):
    return {"Name": name, "MinValue": str(low), "MaxValue": str(high), "ScalingType": scaling}


X_RANGE = {"ContinuousParameterRanges": [continuous("x", 0, 10)]}


def steps_job(name, trace, count=4, parallel=2, steps=3, seconds=0.05, **static):
    """A tuning job of programs that leave a trace."""
    values = {"steps": steps, "seconds": seconds, **static}
    return tuning_job(
        name,
        definition(
            STEPS,
            static={key: str(value) for key, value in values.items()},
            environment={"TRACE": str(trace)},
        ),
        X_RANGE,
        count=count,
        parallel=parallel,
    )


def describe(client, name):
    return client.describe_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)


def wait_until_over(client, name, seconds=120):
    """The description of a tuning job that has ended."""

    def over():
        job = describe(client, name)
        return job if job["HyperParameterTuningJobStatus"] in OVER else None

    return wait_for(over, seconds)


def training_jobs(client, name, page=100, **arguments):
    """All training jobs of a tuning job, page after page."""
    found, token = [], {}
    while True:
        answer = client.list_training_jobs_for_hyper_parameter_tuning_job(
            HyperParameterTuningJobName=name, MaxResults=page, **arguments, **token
        )
        found += answer["TrainingJobSummaries"]
        assert len(answer["TrainingJobSummaries"]) <= page
        if "NextToken" not in answer:
            return found
        token = {"NextToken": answer["NextToken"]}


def objective(summary):
    return summary["FinalHyperParameterTuningJobObjectiveMetric"]["Value"]


def assert_counters_match(job, summaries):
    """The counters of a tuning job that is over say what its training jobs say."""
    statuses = [summary["TrainingJobStatus"] for summary in summaries]
    counters = job["TrainingJobStatusCounters"]
    assert counters["Completed"] == statuses.count("Completed"), job
    assert counters["Stopped"] == statuses.count("Stopped"), job
    failures = counters["RetryableError"] + counters["NonRetryableError"]
    assert failures == statuses.count("Failed"), job
    assert counters["InProgress"] == 0, job
    objectives = [summary["ObjectiveStatus"] for summary in summaries]
    for status, number in job["ObjectiveStatusCounters"].items():
        assert number == objectives.count(status), (status, job)
