"""Measures what tuner adds to Slurm: many short jobs, against a plain loop of sbatch.

    swift build -c release --product tuner
    python3 Benchmarks/sbatch.py .build/release/tuner

Starts a cluster of its own on this machine (Tests/EndToEnd/slurm.py says what that needs). Both ways
run as many jobs as long, and keep as many of them in the queue or running; both are repeated in turn,
and the medians are compared. Wrappers around Slurm's commands count what tuner asks for.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter

from service import Service
from slurm_calls import counting_commands

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / "Tests/EndToEnd"))

import slurm  # noqa: E402  of the tests

# How often the plain loop looks for room in the queue, in seconds.
LOOK = 0.1


def plain_loop(cluster, count, parallel, seconds, directory):
    """Seconds that a loop of sbatch takes from the first submission to the last end."""
    script = directory / "job.sh"
    script.write_text(f"#!/bin/sh\nsleep {seconds}\necho objective=1\n")
    log = directory / "plain-%j.log"
    started = time.monotonic()
    submitted = 0
    while True:
        there = len(cluster.run("squeue", "-h", "-o", "%i", "-n", "plain").split())
        if submitted == count and there == 0:
            return time.monotonic() - started
        for _ in range(min(parallel - there, count - submitted)):
            cluster.run("sbatch", "--parsable", "-J", "plain", "-o", str(log), str(script))
            submitted += 1
        time.sleep(LOOK)


def with_tuner(service, name, count, parallel, seconds):
    """Seconds that a tuning job takes from its request to its end."""
    started = time.monotonic()
    service.create(name, f"exec:sh -c 'sleep {seconds}; echo loss=1' {{x1}}", count, parallel)
    while service.counters(name)["Completed"] < count:
        time.sleep(LOOK)
    return time.monotonic() - started


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tuner", help="the program")
    parser.add_argument("--jobs", type=int, default=200, help="jobs (200)")
    parser.add_argument("--parallel", type=int, default=20, help="at the same time (20)")
    parser.add_argument("--seconds", type=float, default=5, help="that each takes (5)")
    parser.add_argument("--rounds", type=int, default=3, help="of both ways (3)")
    arguments = parser.parse_args()
    if problem := slurm.missing():
        sys.exit(problem)
    with tempfile.TemporaryDirectory() as path:
        directory = pathlib.Path(path)
        # Jobs that have ended are forgotten soon, so that no round is slower for those before.
        cluster = slurm.Cluster(directory / "cluster", age=10).start()
        try:
            measure(arguments, cluster, directory)
        finally:
            cluster.stop()


def measure(arguments, cluster, directory):
    log = directory / "calls"
    commands = counting_commands(directory / "commands", cluster.environment["PATH"], log)
    settings = directory / "tuner.json"
    settings.write_text(json.dumps({
        "backend": "slurm",
        "slurm": {"commandDirectory": str(commands), "environment": {"PATH": os.environ["PATH"]}},
    }))
    service = Service(
        arguments.tuner, str(directory / "data"), ["--config", str(settings)],
        {**os.environ, "SLURM_CONF": str(cluster.configuration)})
    amount = (arguments.jobs, arguments.parallel, arguments.seconds)
    plain, tuned = [], []
    for number in range(arguments.rounds):
        plain.append(plain_loop(cluster, *amount, directory))
        tuned.append(with_tuner(service, f"round-{number}", *amount))
        print(f"plain loop {plain[-1]:.2f} s, tuner {tuned[-1]:.2f} s", flush=True)
    service.kill()
    first, second = statistics.median(plain), statistics.median(tuned)
    print(f"{arguments.jobs} jobs of {arguments.seconds:g} s, {arguments.parallel} at a time: "
          f"plain loop {first:.2f} s, tuner {second:.2f} s, {second / first - 1:+.1%}")
    calls = [line.split() for line in log.read_text().splitlines()]
    looks = sorted(float(when) for name, when in calls if name != "sbatch" and name != "srun")
    apart = min((after - before for before, after in zip(looks, looks[1:])), default=0)
    print(f"calls: {dict(Counter(name for name, _ in calls))}; "
          f"{len(looks) / sum(tuned):.2f} questions a second, {apart:.2f} s apart at least")


if __name__ == "__main__":
    main()
