"""Training jobs as jobs of Slurm that a real slurmrestd takes: each runs once, none is lost."""

import http.client
import http.server
import os
import random
import shutil
import signal
import socket
import threading
from pathlib import Path

import pytest
import slurm
from jobs import steps_job, training_jobs, wait_until_over
from service import Service, wait_for
from test_slurm import (
    assert_ran_once,
    jobs_of,
    run_while_killed,
    running_job,
    starts,
    write_settings,
)

lack = slurm.missing((*slurm.PROGRAMS, "slurmrestd"))
pytestmark = pytest.mark.skipif(bool(lack), reason=str(lack))


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    one = slurm.Cluster(tmp_path_factory.mktemp("cluster")).start()
    try:
        one.start_rest()
        yield one
    finally:
        one.stop()


def settings(directory, cluster, **others):
    rest = {"address": f"unix:{cluster.socket}", **others.pop("rest", {})}
    # What commands there are here must not be used.
    return write_settings(directory, **{"commandDirectory": "/nowhere", "rest": rest, **others})


@pytest.fixture
def daemon(serve, tmp_path):
    """Starts a service that knows nothing of a cluster but its slurmrestd."""

    def start(cluster, **others):
        return serve(None, ["--config", str(settings(tmp_path, cluster, **others))])

    return start


def test_a_tuning_job_runs_through_the_service(cluster, daemon, tmp_path):
    instances = [
        {"type": "ml.m5.*", "partition": "urgent", "cpus": 3, "memory": "100M",
         "timeLimitMinutes": 7},
        {"type": "ml.c5.*", "partition": "nowhere"},
    ]
    service, trace = daemon(cluster, instances=instances), tmp_path / "trace"
    client = service.client()
    client.create_hyper_parameter_tuning_job(**steps_job("job", trace, count=4, parallel=2))
    assert wait_until_over(client, "job")["HyperParameterTuningJobStatus"] == "Completed"
    summaries = assert_ran_once(client, "job", trace)
    assert [one["TrainingJobStatus"] for one in summaries] == ["Completed"] * 4
    known = jobs_of(cluster, service.data)
    assert set(known) == {one["TrainingJobName"] for one in summaries}
    for (job,) in known.values():
        assert (job["partition"], job["cpus"], job["time_limit"]) == ("urgent", 3, 7)
        assert "mem=100M" in job["tres_req_str"]
        assert job["requeue"]

    request = steps_job("failing", tmp_path / "failing", count=1, parallel=1, fail=7)
    client.create_hyper_parameter_tuning_job(**request)
    wait_until_over(client, "failing")
    (summary,) = training_jobs(client, "failing")
    assert "the disk of this program is full, exit code: 7" in summary["FailureReason"]

    refused = steps_job("refused", trace, count=1, parallel=1)
    refused["TrainingJobDefinition"]["ResourceConfig"]["InstanceType"] = "ml.c5.large"
    client.create_hyper_parameter_tuning_job(**refused)
    wait_until_over(client, "refused")
    (summary,) = training_jobs(client, "refused")
    reason = "Slurm refused the training job: Invalid partition name specified"
    assert reason in summary["FailureReason"]


def test_what_a_program_finds_is_what_sbatch_gives_it(cluster, serve, tmp_path):
    """A job of slurmrestd has the environment of one of sbatch."""
    found = {}
    program = tmp_path / "look.sh"
    for way in ("rest", "commands"):
        directory = tmp_path / way
        directory.mkdir()
        program.write_text(f"env >{directory}/found; echo objective=1\n")
        if way == "rest":
            path = settings(directory, cluster, instances=[{"type": "*", "cpus": 2}])
        else:
            path = write_settings(directory, instances=[{"type": "*", "cpus": 2}])
        service = serve(
            directory / "data", ["--config", str(path)],
            {name: cluster.environment[name] for name in ("SLURM_CONF", "PATH")},
        )
        client = service.client()
        request = steps_job("job", tmp_path / "trace", count=1, parallel=1)
        algorithm = request["TrainingJobDefinition"]["AlgorithmSpecification"]
        algorithm["TrainingImage"] = f"exec:sh {program}"
        client.create_hyper_parameter_tuning_job(**request)
        wait_until_over(client, "job")
        lines = (directory / "found").read_text().splitlines()
        found[way] = {line.split("=")[0] for line in lines}
    # What sbatch writes of its own process is all that is missing.
    assert found["commands"] - found["rest"] <= {"SLURM_SUBMIT_HOST", "SLURM_PRIO_PROCESS"}


def test_a_stop_ends_what_runs_and_what_waits(cluster, daemon, tmp_path):
    program = tmp_path / "stopped.sh"
    program.write_text(
        'echo "$TRAINING_JOB_NAME start" >>$TRACE\n'
        "trap 'echo objective=9; echo \"$TRAINING_JOB_NAME told\" >>$TRACE; exit 0' TERM\n"
        "while :; do sleep 0.1; done\n"
    )
    service, trace = daemon(cluster, instances=[{"type": "*", "cpus": 20}]), tmp_path / "trace"
    client = service.client()
    request = steps_job("job", trace, count=4, parallel=4)
    algorithm = request["TrainingJobDefinition"]["AlgorithmSpecification"]
    algorithm["TrainingImage"] = f"exec:sh {program}"
    client.create_hyper_parameter_tuning_job(**request)
    wait_for(lambda: sum(starts(trace)[0].values()) == 2)
    wait_for(lambda: len(jobs_of(cluster, service.data)) == 4)
    client.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="job")
    assert wait_until_over(client, "job")["HyperParameterTuningJobStatus"] == "Stopped"
    summaries = assert_ran_once(client, "job", trace)
    assert {one["TrainingJobStatus"] for one in summaries} == {"Stopped"}
    told = [line for line in trace.read_text().splitlines() if line.endswith(" told")]
    assert len(told) == 2, "a program was not given its time"
    wait_for(lambda: not cluster.run("squeue", "-h").strip())


def test_the_service_may_be_away_for_a_while(cluster, daemon, tmp_path):
    service, trace = daemon(cluster), tmp_path / "trace"
    client = service.client()
    request = steps_job("job", trace, count=6, parallel=2, steps=10, seconds=0.1)
    client.create_hyper_parameter_tuning_job(**request)
    wait_for(lambda: running_job(cluster, service.data))
    cluster.stop_programs("slurmrestd", signal.SIGKILL)
    try:
        wait_for(lambda: (counts := starts(trace))[0] == counts[1])
        wait_for(lambda: f"{cluster.socket} does not answer" in service.log_tail())
    finally:
        cluster.start_rest()
    assert wait_until_over(client, "job")["HyperParameterTuningJobStatus"] == "Completed"
    summaries = assert_ran_once(client, "job", trace)
    assert [one["TrainingJobStatus"] for one in summaries] == ["Completed"] * 6


class Gate(http.server.BaseHTTPRequestHandler):
    """Lets those through to slurmrestd who have the token, and is slow to answer a submission."""

    protocol_version = "HTTP/1.1"
    path_behind, chance = None, random.Random(0)
    # The user's name and the token.
    token = ("", "")

    def forward(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if (self.headers["X-SLURM-USER-NAME"], self.headers["X-SLURM-USER-TOKEN"]) != self.token:
            return self.reply(401, b"Authentication failure", "text/plain")
        is_submission = self.path.endswith("/job/submit")
        if is_submission:
            threading.Event().wait(self.chance.choice((0, 0.1, 1)))
        behind = http.client.HTTPConnection("localhost")
        behind.sock = socket.socket(socket.AF_UNIX)
        behind.sock.connect(str(self.path_behind))
        behind.request(self.command, self.path, body, {"Content-Type": "application/json"})
        answer = behind.getresponse()
        text = answer.read()
        behind.close()
        if is_submission:
            threading.Event().wait(self.chance.uniform(0, 0.3))
        return self.reply(answer.status, text, answer.headers["Content-Type"])

    do_GET = do_POST = do_DELETE = forward

    def reply(self, status, text, kind):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


@pytest.fixture
def gate(cluster):
    """A way to slurmrestd over the network, for one with a token."""
    kind = type("GateOfCluster", (Gate,), {"path_behind": cluster.socket, "token": ("root", "key")})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), kind)
    server.daemon_threads = True
    server.handle_error = lambda *_: None
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server, kind
    server.shutdown()
    server.server_close()


def test_a_token_is_renewed_while_the_daemon_runs(cluster, daemon, gate, tmp_path):
    server, _ = gate
    token = tmp_path / "token"
    token.write_text("SLURM_JWT=expired\n")
    address = f"http://127.0.0.1:{server.server_address[1]}"
    service = daemon(cluster, rest={"address": address, "user": "root", "tokenFile": str(token)})
    client, trace = service.client(), tmp_path / "trace"
    client.create_hyper_parameter_tuning_job(**steps_job("job", trace, count=1, parallel=1))
    wait_for(lambda: f"slurmrestd at {address} refuses us" in service.log_tail())
    token.write_text("SLURM_JWT=key\n")
    assert wait_until_over(client, "job")["HyperParameterTuningJobStatus"] == "Completed"
    assert_ran_once(client, "job", trace)


@pytest.mark.skipif(
    not any(Path("/usr/lib").glob("*/slurm*/auth_jwt.so")),
    reason="there is no auth_jwt; install slurm-wlm-jwt-plugin",
)
def test_a_token_that_slurm_makes_is_taken(daemon, tmp_path):
    key, token, trace = (tmp_path / name for name in ("key", "token", "trace"))
    key.write_bytes(os.urandom(32))
    key.chmod(0o600)
    extra = f"AuthAltTypes=auth/jwt\nAuthAltParameters=jwt_key={key}"
    cluster = slurm.Cluster(tmp_path / "cluster", extra=extra).start()
    try:
        (port,) = slurm.free_ports(1)
        cluster.start_rest(port)
        address = f"http://127.0.0.1:{port}"
        token.write_text("SLURM_JWT=e30.e30.wrong\n")
        rest = {"address": address, "user": "root", "tokenFile": str(token)}
        service = daemon(cluster, rest=rest)
        client = service.client()
        client.create_hyper_parameter_tuning_job(**steps_job("job", trace, count=2, parallel=1))
        wait_for(lambda: "whether the token has expired" in service.log_tail())
        token.write_text(cluster.run("scontrol", "token", "username=root", "lifespan=600"))
        assert wait_until_over(client, "job")["HyperParameterTuningJobStatus"] == "Completed"
        assert_ran_once(client, "job", trace)
    finally:
        cluster.stop()


def test_a_daemon_that_is_killed_loses_nothing_and_runs_nothing_twice(
    cluster, gate, tuner_binary, tmp_path, pytestconfig
):
    """Kills the daemon at random moments, many between a submission and its answer."""
    server, kind = gate
    rounds, seed = max(6, pytestconfig.option.rounds // 3), pytestconfig.option.seed
    print(f"--rounds {pytestconfig.option.rounds} --seed {seed}")
    chance = random.Random(seed)
    token = tmp_path / "token"
    token.write_text("key\n")
    kind.chance = random.Random(seed + 1)
    path = settings(
        tmp_path, cluster,
        rest={"address": f"http://127.0.0.1:{server.server_address[1]}", "user": "root",
              "tokenFile": str(token)},
    )
    service = Service(tuner_binary, tmp_path / "data", ["--config", str(path)])
    run_while_killed(service, cluster, tmp_path / "trace", chance, rounds, longest=1.2)


def test_several_nodes_know_each_other_and_a_full_queue_is_waited_out(daemon, tmp_path):
    cluster = slurm.Cluster(tmp_path / "cluster", nodes=2, age=2, extra="MaxJobCount=3").start()
    try:
        cluster.start_rest()
        # On the nodes commands are needed all the same.
        commands = os.path.dirname(shutil.which("srun", path=cluster.environment["PATH"]))
        service, trace = daemon(cluster, commandDirectory=commands), tmp_path / "trace"
        client = service.client()
        program, hosts = tmp_path / "hosts.sh", tmp_path / "hosts"
        program.write_text(
            "echo $SM_CURRENT_HOST $SM_HOSTS >>$TRACE\n"
            "echo objective=1\n"
            "while :; do sleep 0.1; done\n"
        )
        request = steps_job("several", hosts, count=1, parallel=1)
        definition = request["TrainingJobDefinition"]
        definition["ResourceConfig"]["InstanceCount"] = 2
        definition["AlgorithmSpecification"]["TrainingImage"] = f"exec:sh {program}"
        client.create_hyper_parameter_tuning_job(**request)
        names = '["node-0","node-1"]'
        expected = [f"node-0 {names}", f"node-1 {names}"]
        wait_for(
            lambda: hosts.exists() and sorted(hosts.read_text().splitlines()) == expected
        )
        client.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="several")
        assert wait_until_over(client, "several")["HyperParameterTuningJobStatus"] == "Stopped"
        wait_for(lambda: not cluster.run("squeue", "-h").strip())

        # Jobs that have ended are counted until they are forgotten, after two seconds.
        request = steps_job("job", trace, count=3, parallel=3, steps=3, seconds=0.05)
        client.create_hyper_parameter_tuning_job(**request)
        reason = "Slurm's queue is full: Resource temporarily unavailable"
        wait_for(
            lambda: any(
                reason in str(client.describe_training_job(TrainingJobName=name))
                for name in [one["TrainingJobName"] for one in training_jobs(client, "job")]
            )
        )
        assert wait_until_over(client, "job")["HyperParameterTuningJobStatus"] == "Completed"
        summaries = assert_ran_once(client, "job", trace)
        assert [one["TrainingJobStatus"] for one in summaries] == ["Completed"] * 3
    finally:
        cluster.stop()
