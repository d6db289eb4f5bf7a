"""Fixtures: the built program, and services that end with their test."""

import contextlib
import os
import random
import signal
import time
from pathlib import Path

import pytest
import ray_cluster
from service import ROOT, Service, processes_of


def pytest_addoption(parser):
    group = parser.getgroup("tuner")
    group.addoption("--rounds", type=int, default=20, help="kills of the crash test")
    group.addoption("--seed", type=int, help="seed of the crash test's moments")


def pytest_configure(config):
    if config.option.seed is None:
        config.option.seed = random.SystemRandom().randrange(2**32)


def pytest_report_header(config):
    return f"crash test: --rounds {config.option.rounds} --seed {config.option.seed}"


@pytest.fixture(scope="session")
def tuner_binary():
    """The program in TUNER, or the one of the last debug build."""
    binary = Path(os.environ.get("TUNER", ROOT / ".build/debug/tuner")).resolve()
    if not os.access(binary, os.X_OK):
        pytest.fail(f"{binary} is not there; run `swift build --product tuner`")
    return binary


def left_behind(services, seconds=10):
    """Processes that outlive their services.

    What a Ray cluster runs gets some time: with each job's environment Ray starts a shell that
    sleeps for a second between two looks at the job's supervisor; it is killed with that, and its
    last `sleep 1` ends by itself.
    """
    deadline = time.monotonic() + seconds
    while True:
        found = {}
        for service in services:
            found.update(processes_of(service.data))
        is_to_end = found and all(map(ray_cluster.is_of_a_cluster, found))
        if not is_to_end or time.monotonic() > deadline:
            return found
        time.sleep(0.05)


@pytest.fixture
def serve(tuner_binary, tmp_path):
    """Starts services; at the end of the test they exit with 0 and leave no process behind."""
    services = []

    def start(data=None, arguments=(), environment=None):
        data = data or tmp_path / f"data-{len(services)}"
        service = Service(tuner_binary, data, arguments, environment)
        services.append(service)
        return service.start()

    yield start
    exits = [service.terminate() for service in services if service.is_running]
    leftovers = left_behind(services)
    for process in leftovers:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    assert not leftovers, f"processes were left behind: {leftovers}"
    assert exits == [0] * len(exits), "\n".join(service.log_tail() for service in services)


@pytest.fixture
def tuner_endpoint(serve):
    """The address of a service with a data directory of its own."""
    return serve().endpoint
