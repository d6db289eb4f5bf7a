"""What becomes of running training jobs whose data directory is moved or copied elsewhere."""

import json
import os
import shutil

import pytest
import slurm
from containers import IMAGE, engine  # noqa: F401  a fixture
from jobs import (
    X_RANGE,
    definition,
    objective,
    steps_job,
    training_jobs,
    tuning_job,
    wait_until_over,
)
from ray_cluster import cluster as ray_cluster  # noqa: F401  a fixture
from service import processes_of, wait_for

WAYS = {
    "moved": lambda old, new: old.rename(new),
    "copied": lambda old, new: shutil.copytree(old, new, symlinks=True),
}


@pytest.fixture
def move(serve, tmp_path):
    """Moves the data directory of a service while its training jobs run, and waits for their end.

    Returns the training jobs and the directory that they are in now.
    """

    def move(way, settings, request, has_begun, environment=None):
        path = tmp_path / "settings.json"
        path.write_text(json.dumps(settings))
        arguments, name = ["--config", str(path)], request["HyperParameterTuningJobName"]
        old, new = tmp_path / "old", tmp_path / "new"
        service = serve(old, arguments, environment)
        service.client().create_hyper_parameter_tuning_job(**request)
        wait_for(has_begun)
        service.kill()
        WAYS[way](old, new)
        client = serve(new, arguments, environment).client()
        wait_until_over(client, name)
        return training_jobs(client, name), new

    return move


@pytest.fixture
def request_of_steps(tmp_path):
    """A tuning job of two training jobs that take their time."""
    return steps_job("job", tmp_path / "trace", count=2, steps=25, seconds=0.2)


@pytest.fixture
def starts(tmp_path):
    """Tells how many programs have begun."""
    trace = tmp_path / "trace"
    return lambda: trace.read_text().count(" start ") if trace.exists() else 0


def assert_completed(summaries):
    assert [one["TrainingJobStatus"] for one in summaries] == ["Completed"] * 2, summaries
    assert all(objective(one) is not None for one in summaries)


@pytest.mark.parametrize("way", WAYS)
def test_containers_are_attached_to_wherever_the_directory_is(
    move, engine, tmp_path, way  # noqa: F811
):
    (tmp_path / "runs").mkdir()
    runs = tmp_path / "runs/runs"
    settings = {
        "backend": "container",
        "container": {
            "socket": str(engine.socket),
            "network": "host",
            "slots": 2,
            "mounts": [f"{tmp_path}/runs:/runs"],
        },
    }
    static = {"steps": "25", "seconds": "0.2"}
    request = tuning_job("job", definition(IMAGE, static=static), X_RANGE, count=2)
    summaries, data = move(
        way, settings, request, lambda: runs.exists() and runs.read_text().count("run ") == 2
    )
    assert_completed(summaries)
    assert runs.read_text().count("run ") == 2, "a training job ran twice"
    # A directory that is moved takes along what is mounted.
    place = data if way == "moved" else tmp_path / "old"
    for summary in summaries:
        assert (place / "training-jobs" / summary["TrainingJobName"] / "model/x").exists()


@pytest.mark.parametrize("way", WAYS)
def test_jobs_of_ray_are_attached_to_wherever_the_directory_is(
    move, ray_cluster, request_of_steps, starts, tmp_path, way  # noqa: F811
):
    settings = {
        "backend": "ray",
        "ray": {
            "address": ray_cluster.address,
            "workDirectory": str(tmp_path / "work"),
            "instances": {"*": {"cpus": 0.5}},
        },
    }
    summaries, _ = move(way, settings, request_of_steps, lambda: starts() == 2)
    assert_completed(summaries)
    assert starts() == 2, "a training job ran twice"


@pytest.mark.skipif(bool(slurm.missing()), reason=str(slurm.missing()))
def test_jobs_of_slurm_are_attached_to_where_the_path_is_the_same(
    serve, request_of_steps, starts, tmp_path
):
    """The directory is elsewhere, its path is not; only training jobs are where all nodes see."""
    settings = tmp_path / "settings.json"
    programs = {"environment": {"PATH": os.environ["PATH"]}}
    settings.write_text(json.dumps({"backend": "slurm", "slurm": programs}))
    shared, data = tmp_path / "shared", tmp_path / "data"
    shared.mkdir()
    data.mkdir()
    (data / "training-jobs").symlink_to(shared)
    cluster = slurm.Cluster(tmp_path / "cluster").start()
    try:
        environment = {name: cluster.environment[name] for name in ("SLURM_CONF", "PATH")}
        arguments = ["--config", str(settings)]
        service = serve(data, arguments, environment)
        service.client().create_hyper_parameter_tuning_job(**request_of_steps)
        wait_for(lambda: starts() == 2)
        service.kill()
        data.rename(tmp_path / "away")
        shutil.copytree(tmp_path / "away", data, symlinks=True)
        client = serve(data, arguments, environment).client()
        wait_until_over(client, "job")
        assert_completed(training_jobs(client, "job"))
        assert starts() == 2, "a training job ran twice"
    finally:
        cluster.stop()


@pytest.mark.parametrize("way", WAYS)
def test_local_processes_are_lost_and_run_on(move, request_of_steps, starts, tmp_path, way):
    summaries, _ = move(way, {}, request_of_steps, lambda: starts() == 2)
    for summary in summaries:
        assert summary["TrainingJobStatus"] == "Failed"
        assert "InternalServerError: The training process disappeared" in summary["FailureReason"]
    assert processes_of(tmp_path / "old"), "nobody has ended them"
    wait_for(lambda: not processes_of(tmp_path / "old"))
