"""One daemon with every engine there is: local processes, containers, Slurm, Ray, simulations.

An engine that is not installed is left out, and said to be; the others are tested all the same.
"""

import json
import os
import subprocess
import time
import urllib.request
import warnings
from collections import Counter

import containers
import pytest
import ray_cluster
import slurm
from jobs import (
    STEPS,
    X_RANGE,
    assert_counters_match,
    continuous,
    definition,
    describe,
    training_jobs,
    tuning_job,
    wait_until_over,
)
from metrics import Scrape
from ray_cluster import cluster  # noqa: F401  a fixture
from containers import engine  # noqa: F401  a fixture
from service import wait_for
from switch import Switch

ABSENT = {
    "container": containers.missing(),
    "slurm": slurm.missing(),
    "ray": ray_cluster.missing(),
}
ENGINES = [name for name, reason in ABSENT.items() if not reason]
NAMES = ["local", *ENGINES, "mock"]
INSTANCE = {"local": "ml.m5.large", "slurm": "ml.c5.large", "ray": "ml.g5.xlarge"}

pytestmark = pytest.mark.skipif(not ENGINES, reason=str(ABSENT))


class Engines:
    """All engines that are there, and a way to switch each of them off and on."""

    def __init__(self, running):
        self.running = running
        self.is_on = True
        self.switch = Switch(running["ray"].dashboard_port) if "ray" in running else None
        if self.switch:
            self.switch.on()

    def stop(self):
        self.is_on = False
        for name, engine in self.running.items():  # noqa: F402
            if name == "container":
                engine.stop()
            elif name == "slurm":
                engine.stop_programs("slurmctld")
            else:
                self.switch.off()

    def start(self):
        if self.is_on:
            return
        self.is_on = True
        for name, engine in self.running.items():  # noqa: F402
            if name == "container":
                engine.start()
            elif name == "slurm":
                engine.start_program("slurmctld")
            else:
                self.switch.on()

    def settings(self, directory):
        """A settings file with all of them; and the environment of a daemon that has it."""
        path, environment = directory / "tuner.json", {}
        (directory / "runs").mkdir(exist_ok=True)
        (directory / "runs").chmod(0o777)
        given = {
            "backend": "local",
            "local": {"slots": 2, "gracePeriodSeconds": 2},
            "routes": [],
        }
        if "container" in self.running:
            given["container"] = {
                "socket": str(self.running["container"].socket),
                "network": "host",
                "slots": 2,
                "gracePeriodSeconds": 2,
                "mounts": [f"{directory}/runs:/runs"],
            }
            given["routes"].append({"image": "tuner-test/*", "backend": "container"})
        if "slurm" in self.running:
            given["slurm"] = {
                "slots": 2,
                "gracePeriodSeconds": 2,
                "fileDelaySeconds": 5,
                "environment": {"PATH": os.environ["PATH"]},
            }
            given["routes"].append({"instanceType": "ml.c5.*", "backend": "slurm"})
            known = self.running["slurm"].environment
            environment = {name: known[name] for name in ("SLURM_CONF", "PATH")}
        if "ray" in self.running:
            given["ray"] = {
                "address": f"http://127.0.0.1:{self.switch.port}",
                "slots": 2,
                "gracePeriodSeconds": 2,
                "workDirectory": str(directory / "work"),
                "instances": {"*": {"cpus": 0.5}},
            }
            given["routes"].append({"instanceType": "ml.g5.*", "backend": "ray"})
        path.write_text(json.dumps(given))
        return ["--config", str(path)], environment


@pytest.fixture
def engines(all_engines):
    yield all_engines
    all_engines.start()


@pytest.fixture(scope="module")
def all_engines(request, tmp_path_factory):
    for name, reason in ABSENT.items():
        if reason:
            warnings.warn(f"not tested with {name}: {reason}")
    running, own = {}, None
    if "container" in ENGINES:
        running["container"] = request.getfixturevalue("engine")
    if "slurm" in ENGINES:
        own = running["slurm"] = slurm.Cluster(tmp_path_factory.mktemp("cluster")).start()
    if "ray" in ENGINES:
        running["ray"] = request.getfixturevalue("cluster")
    yield Engines(running)
    if own:
        own.stop()


def definition_for(name, tmp_path, steps=4, seconds=0.3):
    """A training job definition that the routes send to a backend."""
    if name == "mock":
        return definition(f"mock:sphere?epochs={steps}&seconds={seconds}")
    static = {"steps": str(steps), "seconds": str(seconds)}
    trace = {"TRACE": str(tmp_path / "runs/trace")}
    if name == "container":
        return definition(containers.IMAGE, static=static)
    one = definition(STEPS, static=static, environment=trace)
    one["ResourceConfig"]["InstanceType"] = INSTANCE[name]
    return one


def job(name, tmp_path, backend=None, count=3, **options):
    backend = backend or name
    ranges = {"ContinuousParameterRanges": [continuous("x1" if backend == "mock" else "x", 0, 10)]}
    return tuning_job(name, definition_for(backend, tmp_path, **options), ranges, count=count)


def mixed_job(name, tmp_path, backends, **options):
    """A tuning job whose definitions go to different backends."""
    request = tuning_job(name, definition_for(backends[0], tmp_path), X_RANGE, count=4)
    metric = request["HyperParameterTuningJobConfig"].pop("HyperParameterTuningJobObjective")
    ranges = request["HyperParameterTuningJobConfig"].pop("ParameterRanges")
    del request["TrainingJobDefinition"]
    request["TrainingJobDefinitions"] = [
        definition_for(backend, tmp_path, **options)
        | {
            "DefinitionName": backend,
            "TuningObjective": metric,
            "HyperParameterRanges": ranges,
        }
        for backend in backends
    ]
    return request


def starts(tmp_path):
    """How often each training job has begun that is not simulated."""
    found = Counter()
    trace, runs = tmp_path / "runs/trace", tmp_path / "runs/runs"
    if trace.exists():
        lines = [line.split(" ") for line in trace.read_text().splitlines()]
        found.update(line[0] for line in lines if line[1] == "start")
    if runs.exists():
        found.update(line.split(" ")[1] for line in runs.read_text().splitlines())
    return found


def begun(tuning_job, tmp_path):
    """The training jobs of a tuning job that have begun."""
    return [name for name in starts(tmp_path) if name.startswith(f"{tuning_job}-")]


def has_begun(tuning_jobs, tmp_path):
    return all(begun(name, tmp_path) for name in tuning_jobs)


def states(service):
    """The backends' states, as the dashboard's interface has them."""
    with urllib.request.urlopen(service.endpoint + "/api/backends", timeout=30) as answer:
        return {one["name"]: one["state"] for one in json.load(answer)["backends"]}


def page(service, path):
    with urllib.request.urlopen(service.endpoint + path, timeout=30) as answer:
        return answer.read().decode()


def assert_all_ran_once(client, names, tmp_path):
    expected = Counter()
    for name in names:
        over = wait_until_over(client, name)
        summaries = training_jobs(client, name)
        assert_counters_match(over, summaries)
        statuses = [summary["TrainingJobStatus"] for summary in summaries]
        assert statuses == ["Completed"] * len(statuses), (name, summaries)
        if name != "mock":
            expected.update(summary["TrainingJobName"] for summary in summaries)
    assert starts(tmp_path) == expected


def test_all_at_once_and_a_daemon_that_is_killed(serve, engines, tmp_path):
    arguments, environment = engines.settings(tmp_path)
    service = serve(arguments=arguments, environment=environment)
    client = service.client()
    requests = [job(name, tmp_path, count=5) for name in NAMES]
    # Routes would send it to an engine; the tag does not.
    tagged = job("tagged", tmp_path, backend=[*INSTANCE.keys() & ENGINES, "local"][0])
    requests.append(tagged | {"Tags": [{"Key": "tuner:backend", "Value": "local"}]})
    requests.append(mixed_job("mixed", tmp_path, (NAMES[1], NAMES[-2])))
    for request in requests:
        client.create_hyper_parameter_tuning_job(**request)
    names = [request["HyperParameterTuningJobName"] for request in requests]

    busy = set()

    def all_are_busy():
        scrape = Scrape(service.endpoint)
        for name in NAMES:
            assert scrape("tuner_backend_health", backend=name, state="reachable") == 1
            if scrape("tuner_slots", backend=name, state="used"):
                busy.add(name)
        return busy == set(NAMES) and has_begun(NAMES[:-1], tmp_path)

    wait_for(all_are_busy)
    for _ in range(2):
        service.kill()
        service.start()
        wait_for(lambda: states(service) == dict.fromkeys(NAMES, "reachable"), seconds=10)
    assert_all_ran_once(service.client(), names, tmp_path)


def test_engines_may_be_away_at_the_start_and_later(serve, engines, tmp_path):
    arguments, environment = engines.settings(tmp_path)
    engines.stop()
    service = serve(arguments=arguments, environment=environment)
    away = {name: "unreachable" if name in ENGINES else "reachable" for name in NAMES}
    wait_for(lambda: states(service) == away, seconds=20)
    client = service.client()
    for name in NAMES:
        client.create_hyper_parameter_tuning_job(**job(name, tmp_path, count=2, steps=8))
    for name in set(NAMES) - set(ENGINES):
        assert wait_until_over(client, name)["HyperParameterTuningJobStatus"] == "Completed"
    backends = page(service, "/backends")
    complaints = [line for line in service.log.read_text().splitlines() if "not answer; " in line]
    assert len(complaints) == len(ENGINES)
    complaints = "\n".join(complaints)
    for name in ENGINES:
        assert describe(client, name)["HyperParameterTuningJobStatus"] == "InProgress"
        scrape = Scrape(service.endpoint)
        assert scrape("tuner_backend_health", backend=name, state="unreachable") == 1
        assert f"backend={name} " in complaints
    assert backends.count("Unreachable") >= len(ENGINES)

    engines.start()
    wait_for(lambda: has_begun(ENGINES, tmp_path))
    engines.stop()
    # One whose jobs end meanwhile may not be asked for anything.
    wait_for(lambda: "unreachable" in states(service).values(), seconds=120)
    engines.start()
    assert_all_ran_once(client, NAMES, tmp_path)
    wait_for(lambda: states(service) == dict.fromkeys(NAMES, "reachable"), seconds=20)


def test_a_daemon_that_is_asked_to_end_leaves_jobs_alone(serve, engines, tmp_path, tuner_binary):
    arguments, environment = engines.settings(tmp_path)
    service = serve(arguments=arguments, environment=environment)
    client = service.client()
    for name in NAMES[:-1]:
        client.create_hyper_parameter_tuning_job(**job(name, tmp_path, count=2, steps=20))
    wait_for(lambda: has_begun(NAMES[:-1], tmp_path))
    first = [begun(name, tmp_path)[0] for name in NAMES[:-1]]
    follower = subprocess.Popen(
        [tuner_binary, "logs", "--follow", first[-1], "--data", service.data],
        stdout=subprocess.PIPE, text=True,
    )
    start = time.monotonic()
    assert service.terminate(seconds=30) == 0
    assert time.monotonic() - start < 10
    service.start()
    assert_all_ran_once(service.client(), NAMES[:-1], tmp_path)
    for name in first:
        logs = subprocess.run(
            [tuner_binary, "logs", name, "--data", service.data],
            capture_output=True, text=True, timeout=30,
        )
        assert logs.returncode == 0, logs.stderr
        assert logs.stdout.count("objective=") == 20, name
        shown = page(service, f"/api/training-jobs/{name}/logs")
        assert shown.count("objective=") == 20, name
    output, _ = follower.communicate(timeout=10)
    assert output.count("objective=") == 20


def test_a_command_stops_what_a_daemon_has_left_to_the_engines(
    serve, engines, tmp_path, tuner_binary
):
    arguments, environment = engines.settings(tmp_path)
    service = serve(arguments=arguments, environment=environment)
    client = service.client()
    for name in NAMES[:-1]:
        client.create_hyper_parameter_tuning_job(**job(name, tmp_path, count=2, steps=1000))
    wait_for(lambda: has_begun(NAMES[:-1], tmp_path))
    service.kill()
    for name in NAMES[:-1]:
        stopped = subprocess.run(
            [tuner_binary, "stop", name, "--data", service.data],
            env=os.environ | environment, capture_output=True, text=True, timeout=60,
        )
        assert stopped.returncode == 0, stopped.stderr
    service.start()
    for name in NAMES[:-1]:
        over = describe(service.client(), name)
        assert over["HyperParameterTuningJobStatus"] == "Stopped"
        assert over["TrainingJobStatusCounters"]["Stopped"] == 2, name


def test_odd_hyperparameters_arrive_as_they_are(serve, engines, tmp_path):
    odd = " two  'words' \"$HOME\" `id` \\n $(id) 100 % {x} ü💥; & | * "
    script = 'printf %s "$SM_HP_ODD" >$OUT/$TRAINING_JOB_NAME; echo objective=1'
    arguments, environment = engines.settings(tmp_path)
    client = serve(arguments=arguments, environment=environment).client()
    # A container's command is its image's.
    names = [name for name in NAMES if name in INSTANCE]
    for name in names:
        request = job(name, tmp_path, count=1)
        one = request["TrainingJobDefinition"]
        one["StaticHyperParameters"] = {"odd": odd}
        one["Environment"] = {"OUT": str(tmp_path / "runs")}
        one["AlgorithmSpecification"]["TrainingImage"] = f"exec:sh -c '{script}' {{x}}"
        client.create_hyper_parameter_tuning_job(**request)
    for name in names:
        wait_until_over(client, name)
        (summary,) = training_jobs(client, name)
        assert summary["TrainingJobStatus"] == "Completed", summary
        assert (tmp_path / "runs" / summary["TrainingJobName"]).read_text() == odd, name


def test_several_instances_are_refused_where_there_is_one(serve, engines, tmp_path):
    arguments, environment = engines.settings(tmp_path)
    client = serve(arguments=arguments, environment=environment).client()
    for name in {"container", "ray"} & set(ENGINES):
        request = job(name, tmp_path)
        request["TrainingJobDefinition"]["ResourceConfig"]["InstanceCount"] = 2
        with pytest.raises(client.exceptions.ClientError, match="InstanceCount.* 2 are asked for"):
            client.create_hyper_parameter_tuning_job(**request)
