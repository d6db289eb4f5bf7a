"""Training jobs as jobs of a real Ray cluster."""

import json

import pytest
from jobs import describe, objective, steps_job, training_jobs, wait_until_over
from ray_cluster import cluster  # noqa: F401  a fixture


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


def counters(client, name):
    return describe(client, name)["TrainingJobStatusCounters"]


def test_a_tuning_job_runs_in_the_cluster(serve, settings, cluster, tmp_path):  # noqa: F811
    client = serve(arguments=settings()).client()
    client.create_hyper_parameter_tuning_job(**steps_job("plain", tmp_path / "trace"))
    wait_until_over(client, "plain")
    assert counters(client, "plain")["Completed"] == 4
    for summary in training_jobs(client, "plain"):
        assert objective(summary) is not None
    assert cluster.jobs() == []
    assert not list((tmp_path / "work").iterdir())
