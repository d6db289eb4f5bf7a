"""Measures what one daemon costs that follows training jobs on several engines at once.

    swift build -c release --product tuner
    TUNER_RAY=.venv-ray/bin/ray .venv-tests/bin/python Benchmarks/engines.py .build/release/tuner

On local processes, Podman, Slurm and Ray of its own (those that are installed; `.ci/test` makes both
environments) run as many training jobs as asked for, each of which prints a metric a second. Each
engine is measured by itself, then all together: the daemon's processor time, its open files, and its
questions to the engine, which are counted on their way.
"""

import argparse
import json
import os
import pathlib
import re
import socket
import sys
import tempfile
import threading
import time

from service import REQUEST, Service
from slurm_calls import counting_commands

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path.append(str(ROOT / "Tests/EndToEnd"))

import containers  # noqa: E402  of the tests
import ray_cluster  # noqa: E402  of the tests
import slurm  # noqa: E402  of the tests

PROGRAM = "trap \"exit 143\" TERM; i=0; while :; do i=$((i + 1)); echo loss=$i; sleep 1; done"
INSTANCES = {
    "local": "ml.m5.large", "container": "ml.m5.xlarge", "slurm": "ml.c5.large",
    "ray": "ml.g5.xlarge"}


class CountingWay:
    """Passes on what goes to an engine, and counts the requests."""

    LINE = re.compile(rb"(?:GET|POST|PUT|DELETE|HEAD) /\S* HTTP/1\.1\r\n")

    def __init__(self, listener: socket.socket, connect) -> None:
        self.listener, self.connect, self.count = listener, connect, 0
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self) -> None:
        while True:
            near, _ = self.listener.accept()
            far = self.connect()
            threading.Thread(target=self.copy, args=(near, far, True), daemon=True).start()
            threading.Thread(target=self.copy, args=(far, near, False), daemon=True).start()

    def copy(self, source: socket.socket, target: socket.socket, counts: bool) -> None:
        try:
            while piece := source.recv(1 << 16):
                if counts:
                    self.count += len(self.LINE.findall(piece))
                target.sendall(piece)
        except OSError:
            pass
        for one in (source, target):
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass


def unix_way(directory: pathlib.Path, engine: containers.Engine) -> tuple[CountingWay, str]:
    """A counted way to a container engine, and its path."""
    path = str(directory / "way.sock")
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(path)
    listener.listen(256)

    def connect() -> socket.socket:
        far = socket.socket(socket.AF_UNIX)
        far.connect(str(engine.socket))
        return far

    return CountingWay(listener, connect), path


def network_way(port: int) -> tuple[CountingWay, str]:
    """A counted way to a port of this machine, and its address."""
    listener = socket.create_server(("127.0.0.1", 0))
    way = CountingWay(listener, lambda: socket.create_connection(("127.0.0.1", port)))
    return way, f"http://127.0.0.1:{listener.getsockname()[1]}"


class Engines:
    """All engines that are installed, a daemon's settings for them, and what it asks of each."""

    def __init__(self, directory: pathlib.Path, slots: int) -> None:
        self.settings = {"backend": "local", "local": {"slots": slots}, "routes": []}
        self.environment = dict(os.environ)
        self.counts = {"local": lambda: 0}
        self.ends = []
        for name, module in (("container", containers), ("slurm", slurm), ("ray", ray_cluster)):
            if reason := module.missing():
                print(f"without {name}: {reason}")
                continue
            self.settings[name] = {"slots": slots} | getattr(self, name)(directory, slots)
            route = {"instanceType": INSTANCES[name], "backend": name}
            self.settings["routes"].append(route)

    def container(self, directory: pathlib.Path, slots: int) -> dict:
        place = directory / "engine"
        place.mkdir()
        engine = containers.started(containers.Podman, place)
        self.ends.append(engine.end)
        way, path = unix_way(directory, engine)
        self.counts["container"] = lambda: way.count
        return {"socket": path, "network": "host"}

    def slurm(self, directory: pathlib.Path, slots: int) -> dict:
        cluster = slurm.Cluster(directory / "cluster", processors=slots).start()
        self.ends.append(cluster.stop)
        self.environment["SLURM_CONF"] = str(cluster.configuration)
        calls = directory / "calls"
        commands = counting_commands(
            directory / "commands", cluster.environment["PATH"], calls)
        self.counts["slurm"] = lambda: (
            len(calls.read_text().splitlines()) if calls.exists() else 0)
        return {"commandDirectory": str(commands), "environment": {"PATH": os.environ["PATH"]}}

    def ray(self, directory: pathlib.Path, slots: int) -> dict:
        cluster = ray_cluster.Cluster()
        self.ends.append(cluster.end)
        cluster.start()
        way, address = network_way(cluster.dashboard_port)
        self.counts["ray"] = lambda: way.count
        return {
            "address": address, "workDirectory": str(directory / "work"),
            "instances": {"*": {"cpus": 4 / slots}}}

    @property
    def names(self) -> list[str]:
        return list(self.counts)

    def end(self) -> None:
        for end in self.ends:
            end()


def create(service: Service, name: str, count: int) -> None:
    request = json.loads(json.dumps(REQUEST))
    request["HyperParameterTuningJobName"] = name
    request["HyperParameterTuningJobConfig"]["ResourceLimits"] = {
        "MaxNumberOfTrainingJobs": count, "MaxParallelTrainingJobs": count}
    definition = request["TrainingJobDefinition"]
    definition["ResourceConfig"]["InstanceType"] = INSTANCES[name]
    algorithm = definition["AlgorithmSpecification"]
    if name == "container":
        algorithm |= {
            "TrainingImage": containers.IMAGE, "ContainerEntrypoint": ["sh", "-c"],
            "ContainerArguments": [PROGRAM]}
    else:
        algorithm["TrainingImage"] = f"exec:sh -c '{PROGRAM}'"
    definition["OutputDataConfig"]["S3OutputPath"] = "file:///tmp/tuner-benchmark"
    service.call("CreateHyperParameterTuningJob", request)


def wait_until_running(service: Service, name: str, count: int) -> float:
    """Seconds until all of a tuning job's training jobs have told a metric."""
    started = time.monotonic()
    while time.monotonic() - started < 600:
        jobs = service.call(
            "ListTrainingJobsForHyperParameterTuningJob",
            {"HyperParameterTuningJobName": name, "MaxResults": 100})["TrainingJobSummaries"]
        bad = [job for job in jobs if job["TrainingJobStatus"] != "InProgress"]
        if bad:
            sys.exit(f"{name}: {bad[0].get('FailureReason', bad[0]['TrainingJobStatus'])}")
        if sum("TrainingStartTime" in job for job in jobs) == count:
            return time.monotonic() - started
        time.sleep(0.5)
    sys.exit(f"{name}: not all were running after ten minutes")


def measure(what: str, service: Service, counts: dict, seconds: int) -> None:
    """Prints what a service costs while nothing but metrics comes."""
    before = {name: count() for name, count in counts.items()}
    processor, start = service.processor_seconds(), time.monotonic()
    time.sleep(seconds)
    took = time.monotonic() - start
    share = (service.processor_seconds() - processor) / took
    asked = ", ".join(
        f"{(count() - before[name]) / took:.2f} {name}"
        for name, count in counts.items() if name != "local")
    files = len(os.listdir(f"/proc/{service.process.pid}/fd"))
    print(f"{what}: {share:.1%} of a core, {files} open files, "
          f"{service.resident_megabytes():.0f} MB resident; questions a second: {asked or 'none'}",
          flush=True)


def stop(service: Service, names: list[str]) -> float:
    """Stops tuning jobs; the seconds until nothing runs."""
    started = time.monotonic()
    for name in names:
        service.call("StopHyperParameterTuningJob", {"HyperParameterTuningJobName": name})
    while any(service.counters(name)["InProgress"] for name in names):
        time.sleep(0.2)
    return time.monotonic() - started


def run(arguments: argparse.Namespace, directory: pathlib.Path, engines: Engines) -> None:
    settings = directory / "tuner.json"
    settings.write_text(json.dumps(engines.settings))

    def service(name: str) -> Service:
        return Service(
            arguments.tuner, str(directory / name), ["--config", str(settings)],
            engines.environment)

    for name in engines.names:
        one = service(f"data-{name}")
        create(one, name, arguments.jobs)
        took = wait_until_running(one, name, arguments.jobs)
        print(f"{name}: {arguments.jobs} running after {took:.1f} s")
        measure(name, one, {name: engines.counts[name]}, arguments.seconds)
        print(f"{name}: stopped in {stop(one, [name]):.1f} s")
        one.kill()
    everything = service("data")
    for name in engines.names:
        create(everything, name, arguments.jobs)
    for name in engines.names:
        wait_until_running(everything, name, arguments.jobs)
    measure("all", everything, engines.counts, arguments.seconds)
    print(f"all: stopped in {stop(everything, engines.names):.1f} s")
    everything.kill()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tuner", help="the program")
    parser.add_argument("--jobs", type=int, default=20, help="on each engine, at most 100 (20)")
    parser.add_argument("--seconds", type=int, default=60, help="of each measurement (60)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir="/tmp") as path:
        directory = pathlib.Path(path)
        engines = Engines(directory, arguments.jobs)
        try:
            run(arguments, directory, engines)
        finally:
            engines.end()


if __name__ == "__main__":
    main()
