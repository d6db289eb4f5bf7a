"""One daemon with several backends: which of them runs what, and that it stays so."""

import json
import subprocess

import pytest
from botocore.exceptions import ClientError
from jobs import STEPS, describe, steps_job, training_jobs, wait_until_over
from service import wait_for

TAG = "tuner:backend"


def settings(path, **changes):
    path.write_text(json.dumps(changes))
    return ["--config", str(path)]


def processes(trace):
    return trace.read_text().splitlines() if trace.exists() else []


@pytest.fixture
def pair(serve, tmp_path):
    """A daemon whose backend `far` is another daemon, and that other daemon."""
    far = serve(tmp_path / "far")
    configuration = settings(
        tmp_path / "near.json",
        backends={
            "far": {"type": "sagemaker", "endpoint": far.endpoint, "region": "us-east-1"},
            "narrow": {"type": "local", "slots": 1},
        },
        routes=[
            {"instanceType": "ml.p?.*", "backend": "far"},
            {"image": "exec:env NARROW=1 *", "backend": "narrow"},
        ],
    )
    keys = {"AWS_ACCESS_KEY_ID": "any", "AWS_SECRET_ACCESS_KEY": "any"}
    return serve(tmp_path / "near", configuration, keys), far


def with_instance(request, instance_type):
    request["TrainingJobDefinition"]["ResourceConfig"]["InstanceType"] = instance_type
    return request


def test_routes_and_tags_say_where_training_jobs_run(pair, tmp_path):
    near, far = pair
    client = near.client()
    plain = steps_job("plain", tmp_path / "plain", count=3)
    routed = with_instance(steps_job("routed", tmp_path / "routed", count=3), "ml.p3.2xlarge")
    tagged = steps_job("tagged", tmp_path / "tagged", count=3) | {
        "Tags": [{"Key": TAG, "Value": "far"}]
    }
    back = with_instance(steps_job("back", tmp_path / "back", count=3), "ml.p3.2xlarge") | {
        "Tags": [{"Key": TAG, "Value": "local"}]
    }
    narrow = steps_job("narrow", tmp_path / "narrow", count=4, parallel=4, steps=6, seconds=0.05)
    specification = narrow["TrainingJobDefinition"]["AlgorithmSpecification"]
    specification["TrainingImage"] = "exec:env NARROW=1 " + STEPS.removeprefix("exec:")
    names = ["plain", "routed", "tagged", "back", "narrow"]
    for request in (plain, routed, tagged, back, narrow):
        client.create_hyper_parameter_tuning_job(**request)
    for name in names:
        assert wait_until_over(client, name)["HyperParameterTuningJobStatus"] == "Completed"

    there = {job["TrainingJobName"] for job in all_training_jobs(far.client())}
    for name in names:
        here = {job["TrainingJobName"] for job in training_jobs(client, name)}
        assert here <= there if name in ("routed", "tagged") else not here & there, name
    # One slot: no two at the same time.
    spans = sorted(
        (job["TrainingStartTime"], job["TrainingEndTime"])
        for job in training_jobs(client, "narrow")
    )
    assert all(first[1] <= second[0] for first, second in zip(spans, spans[1:])), spans


def all_training_jobs(client):
    pages = client.get_paginator("list_training_jobs").paginate()
    return [job for page in pages for job in page["TrainingJobSummaries"]]


def test_a_tag_that_names_no_backend_is_refused(pair, tmp_path):
    request = steps_job("lost", tmp_path / "lost") | {"Tags": [{"Key": TAG, "Value": "cloud"}]}
    with pytest.raises(ClientError) as refusal:
        pair[0].client().create_hyper_parameter_tuning_job(**request)
    assert refusal.value.response["Error"]["Code"] == "ValidationException"
    for word in ("cloud", "far", "local", "narrow"):
        assert word in str(refusal.value)


def test_rules_that_change_move_nothing_that_has_begun(serve, tmp_path, tuner_binary):
    """A job that runs on a backend is gone on with there, or the daemon does not start."""
    data, trace = tmp_path / "data", tmp_path / "trace"
    own = {"mine": {"type": "local", "slots": 2}}
    first = serve(data, settings(tmp_path / "1.json", backends=own, backend="mine"))
    request = steps_job("job", trace, count=4, steps=200, seconds=0.05)
    first.client().create_hyper_parameter_tuning_job(**request)
    wait_for(lambda: processes(trace))
    first.kill()

    without = subprocess.run(
        [tuner_binary, "serve", "--port", "0", "--data", data], capture_output=True, text=True
    )
    assert without.returncode != 0
    assert "backend mine" in without.stderr

    # Where no daemon runs, the command goes on with the settings that were there.
    stopped = subprocess.run(
        [tuner_binary, "stop", "job", "--data", data], capture_output=True, text=True, timeout=60
    )
    assert stopped.returncode == 0, stopped.stderr
    second = serve(data, settings(tmp_path / "2.json", backends=own))
    assert describe(second.client(), "job")["HyperParameterTuningJobStatus"] == "Stopped"


@pytest.mark.parametrize(
    "wrong, words",
    [
        ({"backends": {"a": {"type": "cloud"}}}, ["backends.a.type", "local", "sagemaker"]),
        ({"backends": {"a": {}}}, ["backends.a.type"]),
        ({"backends": {"local": {"type": "local"}}}, ["backends.local", "another name"]),
        ({"backends": {"a": {"type": "local", "slot": 1}}}, ["backends.a", "local.slot", "slots"]),
        ({"backends": {"a": {"type": "local", "slots": -1}}}, ["backends.a", "-1"]),
        ({"backend": "b"}, ["'b'", "local"]),
        ({"routes": [{"image": "x", "backend": "b"}]}, ["'b'"]),
        ({"routes": [{"image": "x"}]}, ["routes", "backend"]),
        ({"routes": [{"backend": "local"}]}, ["routes", "image"]),
        ({"routes": [{"images": "x", "backend": "local"}]}, ["routes", "images"]),
        ({"routes": ["x"]}, ["routes"]),
        *(
            ({engine: {"instances": wrong}}, [f"{engine}.instances{place}", *words])
            for engine in ("container", "slurm", "ray")
            for wrong, place, words in [
                ("all", "", ["list", "mapping"]),
                ([1], "", ["mapping"]),
                ([{"type": ""}], "", ["lacks its type"]),
                ({"ml.m5.large": {"cpu": 1}}, ".ml.m5.large.cpu", ["memoryGibibytes"]),
                ([{"type": "ml.*", "cpu": 1}], ".ml.*.cpu", ["memoryGibibytes"]),
                ({"*": {"memoryGibibytes": "1"}}, ".*.memoryGibibytes", ["number"]),
            ]
        ),
        *(
            ({"slurm": {"rest": wrong, **others}}, [f"slurm.{place}", *words])
            for wrong, others, place, words in [
                ({"address": "head:6820"}, {}, "rest.address", ["'head:6820'", "unix:/PATH"]),
                ({"user": "me"}, {}, "rest.address", ["empty", "unix:/PATH"]),
                ({"address": "unix:/s", "version": "v1"}, {}, "rest.version", ["v1", "v0.0.38"]),
                ({"address": "unix:/s", "token": "x"}, {}, "rest.token", ["tokenFile"]),
                (
                    {"address": "unix:/s"}, {"instances": [{"options": ["--exclusive"]}]},
                    "instances '*'", ["options", "slurmrestd"],
                ),
                (
                    {"address": "unix:/s"}, {"instances": [{"memory": "much"}]},
                    "instances '*'", ["'much'", "16G"],
                ),
            ]
        ),
        (
            {"backend": "mock", "backends": {"a": {"type": "local"}}},
            ["mock", "no other backends"],
        ),
    ],
)
def test_settings_that_make_no_sense_are_refused(tuner_binary, tmp_path, wrong, words):
    result = subprocess.run(
        [tuner_binary, "serve", "--port", "0", "--data", tmp_path / "data"]
        + settings(tmp_path / "wrong.json", **wrong),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert result.returncode not in (0, None)
    for word in words:
        assert word in result.stderr, result.stderr
    assert not (tmp_path / "data").exists()
