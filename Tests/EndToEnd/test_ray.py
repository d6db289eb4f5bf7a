"""Training jobs as jobs of a real Ray cluster."""

import json
import random
import time
from collections import Counter

import pytest
from jobs import (
    X_RANGE,
    assert_counters_match,
    definition,
    describe,
    objective,
    steps_job,
    training_jobs,
    tuning_job,
    wait_until_over,
)
from ray_cluster import cluster  # noqa: F401  a fixture
from service import wait_for

READS_A_CHANNEL = (
    "exec:sh -c 'sleep 0.2; echo objective=$(cat $SM_CHANNEL_TRAIN/number); "
    "cp $SM_CHANNEL_TRAIN/number $SM_MODEL_DIR/copy' {x}"
)


@pytest.fixture
def settings(cluster, tmp_path):  # noqa: F811
    """Writes a settings file for the cluster; returns the arguments that name it."""

    def write(**ray):
        standard = {
            "address": cluster.address,
            "slots": 4,
            "gracePeriodSeconds": 5,
            "workDirectory": str(tmp_path / "work"),
            "instances": {"*": {"cpus": 0.5}},
        }
        path = tmp_path / "settings.json"
        path.write_text(json.dumps({"backend": "ray", "ray": standard | ray}))
        return ["--config", str(path)]

    return write


def job(name, tmp_path, retries=0, **options):
    request = steps_job(name, tmp_path / "trace", **options)
    if retries:
        request["TrainingJobDefinition"]["RetryStrategy"] = {"MaximumRetryAttempts": retries}
    return request


def starts(tmp_path):
    """How often each training job has begun."""
    trace = tmp_path / "trace"
    lines = trace.read_text().splitlines() if trace.exists() else []
    return Counter(line.split()[0] for line in lines if line.split()[1] == "start")


def completed(client, name):
    """The training jobs of a tuning job all of whose training jobs were successful."""
    over = wait_until_over(client, name, seconds=180)
    summaries = training_jobs(client, name)
    assert_counters_match(over, summaries)
    statuses = [summary["TrainingJobStatus"] for summary in summaries]
    assert statuses == ["Completed"] * len(statuses), summaries
    return summaries


def test_a_tuning_job_runs_in_the_cluster(serve, settings, cluster, tmp_path):  # noqa: F811
    client = serve(arguments=settings()).client()
    client.create_hyper_parameter_tuning_job(**job("plain", tmp_path))
    summaries = completed(client, "plain")
    assert len(summaries) == 4
    for summary in summaries:
        x = float(summary["TunedHyperParameters"]["x"])
        assert objective(summary) == pytest.approx(x + 1 / 3)
    assert starts(tmp_path) == Counter(summary["TrainingJobName"] for summary in summaries)
    assert not cluster.jobs("plain")
    assert not list((tmp_path / "work").iterdir())


def test_a_shared_directory_brings_channels_and_results(serve, settings, tmp_path):
    (tmp_path / "train").mkdir()
    (tmp_path / "train/number").write_text("7\n")
    shared = definition(READS_A_CHANNEL)
    shared["InputDataConfig"] = [
        {
            "ChannelName": "train",
            "DataSource": {
                "S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": f"file://{tmp_path}/train"}
            },
        }
    ]
    service = serve(arguments=settings(sharedDirectory=True))
    client = service.client()
    client.create_hyper_parameter_tuning_job(**tuning_job("shared", shared, X_RANGE, count=2))
    for summary in completed(client, "shared"):
        assert objective(summary) == 7
        model = service.data / "training-jobs" / summary["TrainingJobName"] / "model/copy"
        assert model.read_text() == "7\n"


def test_channels_need_a_shared_directory(serve, settings):
    client = serve(arguments=settings()).client()
    request = definition(READS_A_CHANNEL)
    request["InputDataConfig"] = [
        {
            "ChannelName": "train",
            "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://a/b"}},
        }
    ]
    with pytest.raises(client.exceptions.ClientError, match="sharedDirectory"):
        client.create_hyper_parameter_tuning_job(**tuning_job("refused", request, X_RANGE))


def test_a_failure_has_the_last_words_as_its_reason(serve, settings, tmp_path):
    client = serve(arguments=settings()).client()
    client.create_hyper_parameter_tuning_job(**job("fails", tmp_path, count=1, fail=3))
    wait_until_over(client, "fails")
    (summary,) = training_jobs(client, "fails")
    assert summary["TrainingJobStatus"] == "Failed"
    assert "the disk of this program is full" in summary["FailureReason"]
    assert summary["FailureReason"].endswith("exit code: 3")


def test_a_stop_ends_all_jobs(serve, settings, cluster, tmp_path):  # noqa: F811
    client = serve(arguments=settings()).client()
    client.create_hyper_parameter_tuning_job(**job("stopped", tmp_path, steps=1000, seconds=0.1))
    wait_for(lambda: len(starts(tmp_path)) == 2)
    client.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="stopped")
    over = wait_until_over(client, "stopped")
    assert over["TrainingJobStatusCounters"]["Stopped"] == 2
    wait_for(lambda: not cluster.jobs("stopped"))


def test_a_job_that_waits_for_room_is_stopped_at_once(
    serve, settings, cluster, tmp_path  # noqa: F811
):
    client = serve(arguments=settings(instances={"*": {"cpus": 1000}})).client()
    client.create_hyper_parameter_tuning_job(**job("waits", tmp_path, count=1))

    def pending():
        jobs = training_jobs(client, "waits")
        name = jobs[0]["TrainingJobName"] if jobs else None
        return name and "resources" in json.dumps(
            client.describe_training_job(TrainingJobName=name), default=str
        )

    wait_for(pending)
    client.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="waits")
    wait_until_over(client, "waits", seconds=20)
    assert not starts(tmp_path)


def test_the_daemon_killed_at_any_moment(
    serve, settings, cluster, tmp_path, pytestconfig  # noqa: F811
):
    """No training job twice, none lost, the counters right."""
    chance = random.Random(pytestconfig.option.seed)
    service = serve(arguments=settings())
    service.client().create_hyper_parameter_tuning_job(
        **job("killed", tmp_path, count=12, parallel=4, steps=5, seconds=0.3)
    )
    for round in range(8):
        if round % 2:
            time.sleep(chance.uniform(0, 1.5))
        else:
            # As soon as there is one more: between its submission and the record of it.
            known = cluster.jobs("killed")
            wait_for(lambda: cluster.jobs("killed") - known, interval=0)
        service.kill()
        service.start()
    summaries = completed(service.client(), "killed")
    assert starts(tmp_path) == Counter(summary["TrainingJobName"] for summary in summaries)
    assert len(summaries) == 12
    assert not cluster.jobs("killed")


def test_a_head_node_that_hangs_is_waited_for(serve, settings, cluster, tmp_path):  # noqa: F811
    client = serve(arguments=settings()).client()
    client.create_hyper_parameter_tuning_job(**job("hangs", tmp_path, steps=10, seconds=0.2))
    wait_for(lambda: starts(tmp_path))
    with cluster.hanging():
        time.sleep(3)
    summaries = completed(client, "hangs")
    assert starts(tmp_path) == Counter(summary["TrainingJobName"] for summary in summaries)


def test_a_job_stopped_by_others(serve, settings, cluster, tmp_path):  # noqa: F811
    client = serve(arguments=settings()).client()
    client.create_hyper_parameter_tuning_job(
        **job("by-others", tmp_path, count=1, parallel=1, steps=1000, seconds=0.1)
    )
    wait_for(lambda: starts(tmp_path))
    (running,) = cluster.jobs("by-others")
    cluster.ask("POST", f"/api/jobs/{running}/stop")
    over = wait_until_over(client, "by-others")
    assert over["TrainingJobStatusCounters"]["Stopped"] == 1


def test_a_job_deleted_by_others_is_tried_again(serve, settings, cluster, tmp_path):  # noqa: F811
    service = serve(arguments=settings())
    service.client().create_hyper_parameter_tuning_job(
        **job("deleted", tmp_path, retries=2, count=1, parallel=1, steps=20, seconds=0.1)
    )
    wait_for(lambda: starts(tmp_path))
    (running,) = cluster.jobs("deleted")
    service.kill()
    cluster.ask("POST", f"/api/jobs/{running}/stop")
    wait_for(lambda: cluster.job(running)["status"] == "STOPPED")
    cluster.ask("DELETE", f"/api/jobs/{running}")
    service.start()
    (summary,) = completed(service.client(), "deleted")
    assert starts(tmp_path) == {summary["TrainingJobName"]: 2}


@pytest.mark.parametrize("keeps_state", [True, False])
def test_the_head_node_restarted(
    serve, settings, cluster, tmp_path, keeps_state  # noqa: F811
):
    """What ran there is tried again, and nothing else."""
    client = serve(arguments=settings()).client()
    client.create_hyper_parameter_tuning_job(
        **job("restarted", tmp_path, retries=2, count=3, steps=20, seconds=0.1)
    )
    wait_for(lambda: len(starts(tmp_path)) == 2)
    cluster.stop()
    interrupted = set(starts(tmp_path))
    if not keeps_state:
        cluster.forget()
    cluster.start()
    names = {summary["TrainingJobName"] for summary in completed(client, "restarted")}
    assert starts(tmp_path) == {name: 2 if name in interrupted else 1 for name in names}
