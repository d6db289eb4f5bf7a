"""kill -9 at random moments, again and again: afterwards there is what there should be.

    pytest Tests/EndToEnd/test_crash.py --rounds 200 --seed 7

Every round starts the service on the same data, creates and stops jobs, and kills it at a random
moment: while it starts, in the middle of a request, or while training jobs run, which go on. In
the end the training programs' own trace is compared with what the service says.
"""

import contextlib
import json
import os
import random
import signal
import sqlite3
import threading
from collections import Counter

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

# The longest a service lives in a round, in seconds; a job takes about half of it.
LIFE_MAX = 1.2
SETTINGS = "local: {slots: 8, gracePeriodSeconds: 2}\n"


class Client:
    """Sends requests until the service is dead, and remembers which were acknowledged."""

    def __init__(self, chance, trace):
        self.chance = chance
        self.trace = trace
        # Of every job that was ever sent: how many training jobs it is to have.
        self.sent = {}
        self.created = set()
        # Jobs that may have been stopped, and those that were while they ran.
        self.asked_to_stop = set()
        self.stopped = set()

    def act(self, client):
        """Sends one request; false when there was no answer."""
        running = sorted(self.created - self.asked_to_stop)
        try:
            if running and self.chance.random() < 0.2:
                self.stop(client, self.chance.choice(running[-5:]))
            elif running and self.chance.random() < 0.3:
                describe(client, self.chance.choice(running))
            else:
                self.create(client)
        except BotoCoreError:
            return False
        return True

    def stop(self, client, name):
        self.asked_to_stop.add(name)
        try:
            client.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName=name)
        except ClientError as error:
            # It is over already; the answer is an answer all the same.
            assert error.response["Error"]["Code"] == "ValidationException"
            return
        if describe(client, name)["HyperParameterTuningJobStatus"] in ("Stopping", "Stopped"):
            self.stopped.add(name)

    def create(self, client):
        name = f"crash-{len(self.sent)}"
        count = self.chance.randint(1, 4)
        self.sent[name] = count
        client.create_hyper_parameter_tuning_job(
            **steps_job(
                name,
                self.trace,
                count=count,
                steps=self.chance.randint(1, 6),
                seconds=self.chance.choice([0.01, 0.05, 0.1]),
            )
        )
        self.created.add(name)


def run_round(service, client, chance):
    """Starts the service, sends requests, and kills it at a random moment."""
    if chance.random() < 0.25:
        service.spawn()
        threading.Event().wait(chance.uniform(0, 0.3))
        service.kill()
        return
    service.start()
    killer = threading.Timer(chance.uniform(0, LIFE_MAX), service.process.kill)
    killer.start()
    connection = service.client()
    # A few requests at once, then a pause in which training goes on.
    while service.is_running:
        for _ in range(chance.randint(1, 3)):
            if not client.act(connection):
                break
        killer.join(chance.uniform(0.1, 0.6))
    killer.join()
    service.kill()


def test_nothing_is_lost_and_nothing_runs_twice(tuner_binary, tmp_path, pytestconfig):
    rounds, seed = pytestconfig.option.rounds, pytestconfig.option.seed
    print(f"--rounds {rounds} --seed {seed}")
    chance = random.Random(seed)
    settings, trace = tmp_path / "tuner.yaml", tmp_path / "trace"
    settings.write_text(SETTINGS)
    service = Service(tuner_binary, tmp_path / "data", ["--config", str(settings)])
    client = Client(chance, trace)
    try:
        for _ in range(rounds):
            run_round(service, client, chance)
        service.start()
        check(service.client(), client, trace)
        assert service.terminate() == 0
        wait_for(lambda: not processes_of(service.data), seconds=10)
        check_events(service.data, trace)
    finally:
        service.kill()
        for process in processes_of(service.data):
            os.kill(process, signal.SIGKILL)
    assert client.created, "no round was long enough for a request; give more rounds"


def check(connection, client, trace):
    """Compares what the service says with what was asked of it and what the programs did."""
    existing = {name for name in client.sent if exists(connection, name)}
    assert client.created <= existing, "acknowledged jobs are lost"
    known = set()
    for name in sorted(existing):
        job = wait_until_over(connection, name)
        summaries = training_jobs(connection, name)
        known |= {summary["TrainingJobName"] for summary in summaries}
        status = job["HyperParameterTuningJobStatus"]
        assert status in ("Completed", "Stopped"), job
        if name not in client.asked_to_stop:
            assert status == "Completed", f"{name} was never asked to stop"
        if name in client.stopped:
            assert status == "Stopped", f"{name} has forgotten that it was stopped"
        if status == "Completed":
            assert len(summaries) == client.sent[name], f"{name} has not all its training jobs"
        assert_counters_match(job, summaries)
    starts, ends, values = read(trace)
    doubles = {name: count for name, count in starts.items() if count > 1}
    assert not doubles, f"training jobs ran more than once: {doubles}"
    assert set(starts) <= known, "training jobs are forgotten"
    for name in sorted(existing):
        for summary in training_jobs(connection, name):
            check_training_job(connection, summary, starts, ends, values)
    unanswered = len(client.sent) - len(client.created)
    print(
        f"{len(client.created)} tuning jobs, {unanswered} creations without an answer, "
        f"{len(client.stopped)} stopped, {sum(starts.values())} training jobs"
    )


def check_training_job(connection, summary, starts, ends, values):
    name = summary["TrainingJobName"]
    job = connection.describe_training_job(TrainingJobName=name)
    printed = values.get(name, [])
    if job["TrainingJobStatus"] == "Completed":
        assert starts[name] == ends[name] == 1, f"{name} is Completed, but did not run once"
        assert len(printed) == int(job["HyperParameters"]["steps"])
        assert objective(summary) == printed[-1], f"the last metric of {name} is lost"
    else:
        assert job["TrainingJobStatus"] == "Stopped", job
    for metric in job.get("FinalMetricDataList", []):
        assert metric["Value"] in printed, f"{name} has a metric that was never printed"


def check_events(data, trace):
    """Compares every stored metric with what was printed: none is lost, none is there twice.

    No operation of the API shows the values on the way, so this reads the events themselves.
    """
    _, ends, values = read(trace)
    stored = {}
    with contextlib.closing(sqlite3.connect(f"file:{data}/tuner.sqlite?mode=ro", uri=True)) as file:
        for name, payload in file.execute(
            """
            SELECT training_job.name, event.payload FROM event JOIN training_job
            ON training_job.tuning_job = event.tuning_job AND training_job.ordinal = event.trial
            WHERE event.kind = 'reported' ORDER BY event.position
            """
        ):
            for report in json.loads(payload)["reports"]:
                stored.setdefault(name, []).append(report["values"]["objective"])
    assert stored, "no metric was stored"
    for name in stored.keys() | values.keys():
        found, printed = stored.get(name, []), values.get(name, [])
        if ends[name]:
            assert found == printed, f"{name} printed {printed}, and {found} is stored"
        else:
            assert found == printed[: len(found)], f"{name} printed {printed}, not {found}"


def exists(connection, name):
    try:
        return describe(connection, name) is not None
    except ClientError as error:
        assert error.response["Error"]["Code"] in ("ResourceNotFound", "ValidationException")
        return False


def read(trace):
    """How often each training job started and ended, and the values that it printed."""
    starts, ends, values = Counter(), Counter(), {}
    for line in trace.read_text().splitlines() if trace.exists() else []:
        name, what, *rest = line.split(" ")
        if what == "start":
            starts[name] += 1
        elif what == "end":
            ends[name] += 1
        else:
            values.setdefault(name, []).append(float(rest[1]))
    return starts, ends, values
