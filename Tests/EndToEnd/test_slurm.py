"""Training jobs as jobs of Slurm, on a real cluster: each runs once, and none is lost."""

import json
import os
import random
import shutil
import signal
import stat
import threading
from collections import Counter

import pytest
import slurm
from botocore.exceptions import BotoCoreError, ClientError
from jobs import (
    assert_counters_match,
    describe,
    objective,
    steps_job,
    training_jobs,
    wait_until_over,
)
from service import Service, processes_of, wait_for

pytestmark = pytest.mark.skipif(bool(slurm.missing()), reason=str(slurm.missing()))

COMMANDS = ("sbatch", "squeue", "scontrol", "scancel", "sacct", "srun")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    one = slurm.Cluster(tmp_path_factory.mktemp("cluster")).start()
    yield one
    one.stop()


@pytest.fixture
def daemon(serve, tmp_path):
    """Starts a service whose backend is a cluster."""

    def start(cluster, data=None, **settings):
        path = write_settings(tmp_path, **settings)
        environment = {name: cluster.environment[name] for name in ("SLURM_CONF", "PATH")}
        return serve(data, ["--config", str(path)], environment)

    return start


def write_settings(directory, **settings):
    path = directory / "tuner.json"
    all_settings = {
        "gracePeriodSeconds": 2,
        "fileDelaySeconds": 5,
        "environment": {"PATH": os.environ["PATH"]},
        **settings,
    }
    path.write_text(json.dumps({"backend": "slurm", "slurm": all_settings}))
    return path


def starts(trace):
    """How often each training job began, and how often it came to its end."""
    lines = trace.read_text().splitlines() if trace.exists() else []
    words = [line.split(" ") for line in lines]
    return (
        Counter(line[0] for line in words if line[1] == "start"),
        Counter(line[0] for line in words if line[1] == "end"),
    )


def jobs_of(cluster, data):
    """The jobs of a service's attempts that Slurm knows, by the training job."""
    found = {}
    for job in cluster.jobs():
        directory = job["current_working_directory"]
        if directory.startswith(f"{data}/training-jobs/"):
            found.setdefault(directory.split("/")[-3], []).append(job)
    return found


def running_job(cluster, data):
    """The number of a job that has begun its training."""
    for jobs in jobs_of(cluster, data).values():
        for job in jobs:
            if job["job_state"] == "RUNNING":
                if os.path.exists(job["current_working_directory"] + "/start"):
                    return job["job_id"]
    return None


def assert_ran_once(client, name, trace):
    began, ended = starts(trace)
    summaries = training_jobs(client, name)
    assert_counters_match(describe(client, name), summaries)
    for summary in summaries:
        job = summary["TrainingJobName"]
        assert began[job] <= 1, f"{job} ran {began[job]} times"
        if summary["TrainingJobStatus"] == "Completed":
            assert began[job] == ended[job] == 1, job
            assert objective(summary)
    return summaries


def test_a_tuning_job_runs_on_a_cluster(cluster, daemon, tmp_path):
    service, trace = daemon(cluster), tmp_path / "trace"
    client = service.client()
    client.create_hyper_parameter_tuning_job(**steps_job("job", trace, count=8, parallel=4))
    job = wait_until_over(client, "job")
    assert job["HyperParameterTuningJobStatus"] == "Completed", job
    summaries = assert_ran_once(client, "job", trace)
    assert [one["TrainingJobStatus"] for one in summaries] == ["Completed"] * 8
    known = jobs_of(cluster, service.data)
    assert set(known) == {one["TrainingJobName"] for one in summaries}
    assert all(len(jobs) == 1 for jobs in known.values()), "a job was submitted twice"


def test_a_program_that_fails_says_why(cluster, daemon, tmp_path):
    client = daemon(cluster).client()
    request = steps_job("job", tmp_path / "trace", count=1, parallel=1, fail=7)
    client.create_hyper_parameter_tuning_job(**request)
    wait_until_over(client, "job")
    (summary,) = training_jobs(client, "job")
    assert summary["TrainingJobStatus"] == "Failed"
    assert "the disk of this program is full, exit code: 7" in summary["FailureReason"]


def test_resources_come_from_the_instance_type(cluster, daemon, tmp_path):
    instances = [
        {"type": "ml.m5.*", "partition": "urgent", "cpus": 3, "memory": "100M",
         "timeLimitMinutes": 7},
        {"type": "ml.c5.*", "partition": "nowhere"},
    ]
    service = daemon(cluster, instances=instances)
    client = service.client()
    client.create_hyper_parameter_tuning_job(
        **steps_job("job", tmp_path / "trace", count=1, parallel=1)
    )
    wait_until_over(client, "job")
    ((job,),) = jobs_of(cluster, service.data).values()
    assert (job["partition"], job["cpus"], job["time_limit"]) == ("urgent", 3, 7)
    assert "mem=100M" in job["tres_req_str"]

    refused = steps_job("refused", tmp_path / "trace", count=1, parallel=1)
    refused["TrainingJobDefinition"]["ResourceConfig"]["InstanceType"] = "ml.c5.large"
    client.create_hyper_parameter_tuning_job(**refused)
    wait_until_over(client, "refused")
    (summary,) = training_jobs(client, "refused")
    assert "Slurm refused the training job" in summary["FailureReason"]
    assert "partition" in summary["FailureReason"]

    unmapped = steps_job("unmapped", tmp_path / "trace")
    unmapped["TrainingJobDefinition"]["ResourceConfig"]["InstanceType"] = "ml.p3.2xlarge"
    with pytest.raises(ClientError, match="'ml.p3.2xlarge' is not mapped"):
        client.create_hyper_parameter_tuning_job(**unmapped)


def test_the_controller_may_be_away_for_a_while(cluster, daemon, tmp_path):
    service, trace = daemon(cluster, commandTimeoutSeconds=3), tmp_path / "trace"
    client = service.client()
    request = steps_job("job", trace, count=6, parallel=2, steps=20, seconds=0.1)
    client.create_hyper_parameter_tuning_job(**request)
    wait_for(lambda: starts(trace)[0])
    cluster.stop_programs("slurmctld")
    try:
        # Long enough for those that run to end, however many, and for the next to be refused.
        wait_for(lambda: (counts := starts(trace))[0] == counts[1])
        wait_for(lambda: "does not answer" in service.log_tail())
    finally:
        cluster.start_program("slurmctld")
    assert wait_until_over(client, "job")["HyperParameterTuningJobStatus"] == "Completed"
    summaries = assert_ran_once(client, "job", trace)
    assert [one["TrainingJobStatus"] for one in summaries] == ["Completed"] * 6


def test_a_job_that_somebody_cancels_is_stopped(cluster, daemon, tmp_path):
    service, trace = daemon(cluster), tmp_path / "trace"
    client = service.client()
    request = steps_job("job", trace, count=3, parallel=1, steps=30, seconds=0.1)
    client.create_hyper_parameter_tuning_job(**request)
    number = wait_for(lambda: running_job(cluster, service.data))
    cluster.run("scancel", str(number))
    job = wait_until_over(client, "job")
    assert job["HyperParameterTuningJobStatus"] == "Completed", job
    summaries = assert_ran_once(client, "job", trace)
    statuses = sorted(one["TrainingJobStatus"] for one in summaries)
    assert statuses == ["Completed", "Completed", "Stopped"]


def test_a_stop_ends_what_runs_and_what_waits(cluster, daemon, tmp_path):
    service, trace = daemon(cluster, instances=[{"type": "*", "cpus": 20}]), tmp_path / "trace"
    client = service.client()
    request = steps_job("job", trace, count=5, parallel=5, steps=600, seconds=0.1)
    client.create_hyper_parameter_tuning_job(**request)
    wait_for(lambda: sum(starts(trace)[0].values()) == 2)
    wait_for(lambda: len(jobs_of(cluster, service.data)) == 5)
    client.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="job")
    assert wait_until_over(client, "job")["HyperParameterTuningJobStatus"] == "Stopped"
    summaries = assert_ran_once(client, "job", trace)
    assert {one["TrainingJobStatus"] for one in summaries} == {"Stopped"}
    wait_for(lambda: not cluster.run("squeue", "-h").strip())


def test_a_preempted_job_is_interrupted_and_goes_on(cluster, daemon, tmp_path):
    # Its first run goes on until somebody ends it, its second ends by itself.
    program = tmp_path / "twice.sh"
    program.write_text(
        'echo "$TRAINING_JOB_NAME start" >>$TRACE\n'
        "run=$(grep -c start $TRACE)\n"
        "echo objective=$run\n"
        "while [ $run = 1 ]; do sleep 0.1; done\n"
        'echo "$TRAINING_JOB_NAME end" >>$TRACE\n'
    )
    service, trace = daemon(cluster), tmp_path / "trace"
    client = service.client()
    request = steps_job("job", trace, count=1, parallel=1)
    algorithm = request["TrainingJobDefinition"]["AlgorithmSpecification"]
    algorithm["TrainingImage"] = f"exec:sh {program}"
    client.create_hyper_parameter_tuning_job(**request)
    number = wait_for(lambda: running_job(cluster, service.data))
    ((name, _),) = wait_for(lambda: starts(trace)[0].items())

    def transitions():
        job = client.describe_training_job(TrainingJobName=name)
        return job["SecondaryStatusTransitions"]

    def waits():
        last = transitions()[-1]
        queued = f"Job {number} waits in Slurm's queue"
        return last["Status"] == "Interrupted" and queued in last.get("StatusMessage", "")

    def explain():
        return f"{transitions()}\n{cluster.explanation(number)}"

    urgent = cluster.run(
        "sbatch", "--parsable", "-p", "urgent", "-n", "40", "-o", "/dev/null", "--wrap", "sleep 900"
    ).strip()
    try:
        wait_for(waits, seconds=120, explain=explain)
    finally:
        cluster.run("scancel", urgent)
    # Slurm leaves it in the queue until the credentials of its first run have expired, and to
    # shorten that is no good: a node refuses a job that begins in the second in which it ended.
    wait_for(lambda: starts(trace)[0][name] > 1, seconds=240, explain=explain)
    assert wait_until_over(client, "job")["HyperParameterTuningJobStatus"] == "Completed"
    assert starts(trace) == ({name: 2}, {name: 1})
    (summary,) = training_jobs(client, "job")
    assert objective(summary) == 2
    states = [transition["Status"] for transition in transitions()]
    assert states[-4:] == ["Training", "Interrupted", "Training", "Completed"], states


def test_a_full_queue_is_waited_out(daemon, tmp_path):
    # Jobs that have ended are counted until they are forgotten, after two seconds.
    cluster = slurm.Cluster(tmp_path / "cluster", age=2, extra="MaxJobCount=4").start()
    try:
        service, trace = daemon(cluster), tmp_path / "trace"
        client = service.client()
        request = steps_job("job", trace, count=10, parallel=8, steps=3, seconds=0.05)
        client.create_hyper_parameter_tuning_job(**request)
        job = wait_until_over(client, "job")
        assert job["HyperParameterTuningJobStatus"] == "Completed", job
        summaries = assert_ran_once(client, "job", trace)
        assert [one["TrainingJobStatus"] for one in summaries] == ["Completed"] * 10
    finally:
        cluster.stop()


def test_several_nodes_know_each_other(daemon, tmp_path):
    program = tmp_path / "hosts.sh"
    program.write_text(
        "echo $SM_CURRENT_HOST $SM_HOSTS $SLURM_PROCID >>$TRACE\n"
        "echo objective=$SLURM_PROCID\n"
        "[ $SLURM_PROCID = 1 ] || cat $SM_INPUT_CONFIG_DIR/resourceconfig.json\n"
    )
    cluster = slurm.Cluster(tmp_path / "cluster", nodes=2).start()
    try:
        service, trace = daemon(cluster, networkInterface="lo"), tmp_path / "trace"
        client = service.client()
        request = steps_job("job", trace, count=2, parallel=1)
        definition = request["TrainingJobDefinition"]
        definition["ResourceConfig"]["InstanceCount"] = 2
        definition["AlgorithmSpecification"]["TrainingImage"] = f"exec:sh {program}"
        client.create_hyper_parameter_tuning_job(**request)
        assert wait_until_over(client, "job")["HyperParameterTuningJobStatus"] == "Completed"
        hosts = '["node-0","node-1"]'
        expected = [f"node-0 {hosts} 0", f"node-1 {hosts} 1"] * 2
        assert sorted(trace.read_text().splitlines()) == sorted(expected)
        for summary in training_jobs(client, "job"):
            assert objective(summary) == 0, "metrics are those of the first node"
            job = service.data / "training-jobs" / summary["TrainingJobName"]
            resources = json.loads((job / "input/config/resourceconfig.json").read_text())
            assert resources["hosts"] == json.loads(hosts)
            assert (job / "attempts/1/stdout-1.log").read_text() == "objective=1\n"

        request["HyperParameterTuningJobName"] = "endless"
        program.write_text("echo objective=1; while :; do sleep 0.1; done\n")
        client.create_hyper_parameter_tuning_job(**request)
        wait_for(lambda: running_job(cluster, service.data))
        client.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="endless")
        assert wait_until_over(client, "endless")["HyperParameterTuningJobStatus"] == "Stopped"
        wait_for(lambda: not cluster.run("squeue", "-h").strip())
    finally:
        cluster.stop()


def slow_commands(directory, path):
    """Slurm's commands, of which `sbatch` takes its time before and after it submits."""
    directory.mkdir()
    for name in COMMANDS:
        program = shutil.which(name, path=path)
        command = directory / name
        if name != "sbatch":
            command.symlink_to(program)
            continue
        command.write_text(
            "#!/bin/sh\n"
            "pause() { sleep 0.$(od -An -N1 -tu1 /dev/urandom | tr -d ' '); }\n"
            f'pause; {program} "$@"; code=$?; pause; exit $code\n'
        )
        command.chmod(command.stat().st_mode | stat.S_IXUSR)
    return directory


def run_while_killed(service, cluster, trace, chance, rounds, longest):
    """Starts a daemon for some moments, again and again, with a tuning job each time.

    None that was acknowledged is lost, each training job runs once, and nothing is left.
    """
    created, sent = set(), {}
    try:
        for number in range(rounds):
            service.start()
            killer = threading.Timer(chance.uniform(0.1, longest), service.process.kill)
            killer.start()
            name, count = f"killed-{number}", chance.randint(1, 3)
            request = steps_job(name, trace, count=count, steps=chance.randint(1, 4))
            sent[name] = count
            try:
                service.client().create_hyper_parameter_tuning_job(**request)
                created.add(name)
            except BotoCoreError:
                pass
            killer.join()
            service.kill()
        service.start()
        client = service.client()
        known = set()
        for name, count in sent.items():
            try:
                describe(client, name)
            except ClientError:
                assert name not in created, f"{name} was acknowledged and is lost"
                continue
            job = wait_until_over(client, name)
            assert job["HyperParameterTuningJobStatus"] == "Completed", job
            summaries = assert_ran_once(client, name, trace)
            assert [one["TrainingJobStatus"] for one in summaries] == ["Completed"] * count
            known |= {one["TrainingJobName"] for one in summaries}
        assert set(starts(trace)[0]) == known
        doubles = sum(len(jobs) - 1 for jobs in jobs_of(cluster, service.data).values())
        print(f"{len(known)} training jobs, {doubles} of them submitted twice; each ran once")
        # What was submitted twice leaves the queue too.
        wait_for(lambda: not cluster.run("squeue", "-h").strip())
        assert service.terminate() == 0
        wait_for(lambda: not processes_of(service.data), seconds=10)
    finally:
        service.kill()
        for process in processes_of(service.data):
            os.kill(process, signal.SIGKILL)


def test_a_daemon_that_is_killed_loses_nothing_and_runs_nothing_twice(
    cluster, tuner_binary, tmp_path, pytestconfig
):
    """Kills the daemon at random moments, many between a submission and its record."""
    rounds, seed = max(6, pytestconfig.option.rounds // 2), pytestconfig.option.seed
    print(f"--rounds {pytestconfig.option.rounds} --seed {seed}")
    chance = random.Random(seed)
    commands = slow_commands(tmp_path / "commands", cluster.environment["PATH"])
    settings = write_settings(tmp_path, commandDirectory=str(commands))
    service = Service(
        tuner_binary, tmp_path / "data", ["--config", str(settings)],
        {"SLURM_CONF": str(cluster.configuration)},
    )
    run_while_killed(service, cluster, tmp_path / "trace", chance, rounds, longest=1.5)
