"""`tuner replay` derives every suggestion again, also of jobs that ran in parallel and were killed."""

import json
import random
import signal
import sqlite3
import subprocess

import pytest
from service import ROOT, processes_of

SPACE = {
    "ContinuousParameterRanges": [
        {"Name": "x1", "MinValue": "-5", "MaxValue": "10"},
        {"Name": "rate", "MinValue": "1e-12", "MaxValue": "1", "ScalingType": "Logarithmic"},
    ],
    "IntegerParameterRanges": [{"Name": "x2", "MinValue": "0", "MaxValue": "15"}],
    "CategoricalParameterRanges": [{"Name": "kind", "Values": ["a", "b", "c"]}],
}


def job_file(folder, name, strategy, image, count, parallel=4):
    job = {
        "HyperParameterTuningJobName": name,
        "HyperParameterTuningJobConfig": {
            "Strategy": strategy,
            "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": "objective"},
            "ResourceLimits": {
                "MaxNumberOfTrainingJobs": count,
                "MaxParallelTrainingJobs": parallel,
            },
            "ParameterRanges": SPACE,
        },
        "TrainingJobDefinition": {
            "AlgorithmSpecification": {
                "TrainingImage": image,
                "TrainingInputMode": "File",
                "MetricDefinitions": [{"Name": "objective", "Regex": "objective=([0-9.eE+-]+)"}],
            },
            "RoleArn": "arn:aws:iam::123456789012:role/tuner",
            "OutputDataConfig": {"S3OutputPath": "s3://unused/replay"},
            "ResourceConfig": {
                "InstanceType": "ml.m5.large",
                "InstanceCount": 1,
                "VolumeSizeInGB": 1,
            },
            "StoppingCondition": {"MaxRuntimeInSeconds": 3600},
        },
    }
    if strategy == "Hyperband":
        job["HyperParameterTuningJobConfig"]["StrategyConfig"] = {
            "HyperbandStrategyConfig": {"MinResource": 1, "MaxResource": 9}
        }
    path = folder / f"{name}.json"
    path.write_text(json.dumps(job))
    return path


@pytest.fixture
def tuner(tuner_binary):
    def run(*words, **options):
        return subprocess.run(
            [tuner_binary, *map(str, words)],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=300,
            **options,
        )

    return run


@pytest.mark.parametrize("strategy", ["Bayesian", "Hyperband", "Random"])
def test_a_killed_and_resumed_job_replays(tuner, tuner_binary, tmp_path, strategy, pytestconfig):
    chance = random.Random(pytestconfig.option.seed)
    data = tmp_path / "data"
    image = "mock:branin?epochs=9&seconds=0.02&noise=0.1&failures=0.05&seed=5"
    job = job_file(tmp_path, "replayed", strategy, image, 30)
    for _ in range(3):
        process = subprocess.Popen(
            [tuner_binary, "run", job, "--data", data],
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        moment = chance.uniform(0.2, 0.9)
        try:
            process.wait(moment)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
            process.wait()
    done = tuner("run", job, "--data", data)
    assert done.returncode == 0, done.stdout + done.stderr
    replay = tuner("replay", "replayed", "--data", data, "--json")
    assert replay.returncode == 0, replay.stdout + replay.stderr
    assert json.loads(replay.stdout) == {"same": 30}
    assert not processes_of(tmp_path)


def test_a_changed_log_is_noticed(tuner, tmp_path):
    data = tmp_path / "data"
    job = job_file(tmp_path, "changed", "Bayesian", "mock:branin", 20)
    assert tuner("run", job, "--data", data).returncode == 0
    with sqlite3.connect(data / "tuner.sqlite") as database:
        ((position, payload),) = database.execute(
            "select position, payload from event where kind = 'created' and trial = 14"
        )
        created = json.loads(payload)
        created["tuned"]["x2"] = "3" if created["tuned"]["x2"] != "3" else "4"
        database.execute(
            "update event set payload = ? where position = ?", (json.dumps(created), position)
        )
    replay = tuner("replay", "changed", "--data", data, "--json")
    assert replay.returncode == 1, replay.stdout + replay.stderr
    report = json.loads(replay.stdout)
    assert report["same"] == 14 and report["firstDifference"]["trainingJob"] == 15


def test_a_job_that_is_not_there(tuner, tmp_path):
    job = job_file(tmp_path, "there", "Random", "mock:branin", 2)
    assert tuner("run", job, "--data", tmp_path / "data").returncode == 0
    replay = tuner("replay", "nowhere", "--data", tmp_path / "data")
    assert replay.returncode == 2
    assert "nowhere" in replay.stderr


def test_a_decision_explains_itself(tuner, tmp_path):
    data = tmp_path / "data"
    job = job_file(tmp_path, "explained", "Bayesian", "mock:branin", 12)
    assert tuner("run", job, "--data", data).returncode == 0
    jobs = json.loads(tuner("training-jobs", "explained", "--data", data, "--json").stdout)
    names = sorted(job["TrainingJobName"] for job in jobs)
    decision = json.loads(tuner("describe", names[-1], "--data", data, "--json").stdout)["Decision"]
    assert decision["Rule"] == "bayesian" and decision["Milliseconds"] > 0
    details = decision["Details"]
    assert {*details["kernel"]["logLengthScales"]} == {"x1", "x2", "rate", "kind"}
    assert details["fallbacks"] == [] and details["observations"] > 0
    text = tuner("describe", names[-1], "--data", data).stdout
    assert "Suggested by bayesian" in text and "logExpectedImprovement" in text
