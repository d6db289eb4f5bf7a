"""Training jobs as containers of real engines."""

import json
import random
import time
from collections import Counter

import pytest
from containers import IMAGE, any_engine as engine  # noqa: F401  a fixture
from jobs import X_RANGE, definition, describe, training_jobs, tuning_job, wait_until_over
from service import wait_for


@pytest.fixture
def settings(engine, tmp_path):  # noqa: F811
    """Writes a settings file for the engine; returns the arguments that name it."""
    (tmp_path / "runs").mkdir()
    (tmp_path / "runs").chmod(0o777)

    def write(**container):
        path = tmp_path / "settings.json"
        standard = {
            "socket": str(engine.socket),
            "network": "host",
            "slots": 4,
            "gracePeriodSeconds": 5,
            "mounts": [f"{tmp_path}/runs:/runs"],
        }
        path.write_text(json.dumps({"backend": "container", "container": standard | container}))
        return ["--config", str(path)]

    return write


def job(name, count=4, parallel=2, image=IMAGE, **static):
    hyperparameters = {key: str(value) for key, value in static.items()}
    return tuning_job(
        name, definition(image, static=hyperparameters), X_RANGE, count=count, parallel=parallel
    )


def runs(tmp_path):
    path = tmp_path / "runs/runs"
    return path.read_text().split("\n")[:-1] if path.exists() else []


def counters(client, name):
    return describe(client, name)["TrainingJobStatusCounters"]


def test_a_tuning_job_runs_in_containers(serve, settings, engine, tmp_path):  # noqa: F811
    service = serve(arguments=settings())
    client = service.client()
    client.create_hyper_parameter_tuning_job(**job("plain"))
    wait_until_over(client, "plain")
    assert counters(client, "plain")["Completed"] == 4
    names = [summary["TrainingJobName"] for summary in training_jobs(client, "plain")]
    assert sorted(runs(tmp_path)) == sorted(f"run {name}" for name in names)
    for summary in training_jobs(client, "plain"):
        x = summary["TunedHyperParameters"]["x"]
        assert summary["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] == int(float(x)) ** 2
        left = service.data / "training-jobs" / summary["TrainingJobName"] / "model/x"
        assert left.read_text().strip() == x
    assert engine.containers() == []


@pytest.mark.parametrize(
    "image, settings_given, words",
    [
        ("tuner-test/nothing:1", {"pull": "never"}, "no image 'tuner-test/nothing:1'"),
        ("localhost:1/tuner-test/nothing:1", {}, "could not be pulled"),
    ],
)
def test_an_image_that_cannot_be_had(serve, settings, image, settings_given, words):
    client = serve(arguments=settings(**settings_given)).client()
    client.create_hyper_parameter_tuning_job(**job("no-image", count=1, image=image))
    wait_until_over(client, "no-image", seconds=120)
    (summary,) = training_jobs(client, "no-image")
    assert summary["TrainingJobStatus"] == "Failed"
    assert words in summary["FailureReason"]


def test_daemon_and_engine_restarted_at_any_moment(
    serve, settings, engine, tmp_path, pytestconfig  # noqa: F811
):
    """No attempt runs twice, no training job is lost, the counters are right."""
    chance = random.Random(pytestconfig.option.seed)
    service = serve(arguments=settings())
    client = service.client()
    request = job("restarts", count=12, parallel=4, steps=8, seconds=0.3)
    # Podman that is killed in the very moment of a start loses sight of the program.
    request["TrainingJobDefinition"]["RetryStrategy"] = {"MaximumRetryAttempts": 5}
    client.create_hyper_parameter_tuning_job(**request)
    for round in range(6):
        time.sleep(chance.uniform(0.1, 1.5))
        if round % 2:
            engine.stop()
            time.sleep(chance.uniform(0, 1))
            engine.start()
        else:
            service.kill()
            service.start()
    client = service.client()
    wait_until_over(client, "restarts", seconds=180)
    ends = [
        (summary["TrainingJobStatus"], summary.get("FailureReason"))
        for summary in training_jobs(client, "restarts")
    ]
    assert ends == [("Completed", None)] * 12
    assert counters(client, "restarts")["Completed"] == 12
    ran = Counter(runs(tmp_path))
    for summary in training_jobs(client, "restarts"):
        name = summary["TrainingJobName"]
        attempts = list((service.data / "training-jobs" / name / "attempts").iterdir())
        assert 1 <= ran[f"run {name}"] <= len(attempts), name
    wait_for(lambda: engine.containers() == [])


def test_a_stop_ends_all_containers(serve, settings, engine):  # noqa: F811
    client = serve(arguments=settings()).client()
    client.create_hyper_parameter_tuning_job(**job("stopped", steps=1000, seconds=0.1))
    wait_for(lambda: len(engine.containers()) == 2)
    client.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="stopped")
    wait_until_over(client, "stopped")
    assert counters(client, "stopped")["Stopped"] == 2
    assert engine.containers() == []


def test_a_container_removed_by_others_is_tried_again(
    serve, settings, engine, tmp_path  # noqa: F811
):
    client = serve(arguments=settings()).client()
    request = job("removed", count=1, parallel=1, steps=20, seconds=0.1)
    request["TrainingJobDefinition"]["RetryStrategy"] = {"MaximumRetryAttempts": 2}
    client.create_hyper_parameter_tuning_job(**request)
    wait_for(lambda: len(runs(tmp_path)) == 1)
    for container in engine.containers():
        engine.remove(container)
    wait_until_over(client, "removed")
    assert counters(client, "removed")["Completed"] == 1
    assert len(runs(tmp_path)) == 2
