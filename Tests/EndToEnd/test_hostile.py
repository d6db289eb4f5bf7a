"""The service among clients and programs that mean no good, or are merely slow."""

import os
import socket
import subprocess
import sys
import time

import pytest
from jobs import (
    X_RANGE,
    assert_counters_match,
    definition,
    describe,
    steps_job,
    training_jobs,
    tuning_job,
    wait_until_over,
)
from service import Service, processes_of, wait_for


def test_slow_clients_do_not_keep_the_service_from_its_end(serve, tmp_path):
    service = serve()
    client = service.client()
    client.create_hyper_parameter_tuning_job(
        **steps_job("long", tmp_path / "trace", steps=200, seconds=0.1)
    )
    wait_for(lambda: processes_of(service.data / "training-jobs"))
    host, port = service.endpoint.removeprefix("http://").split(":")
    connections = [socket.create_connection((host, int(port))) for _ in range(20)]
    for connection in connections:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n{")
    assert service.terminate(30) == 0
    assert processes_of(service.data / "training-jobs"), "training goes on meanwhile"
    for connection in connections:
        connection.close()
    service.start()
    client = service.client()
    client.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="long")
    job = wait_until_over(client, "long")
    assert job["TrainingJobStatusCounters"]["Stopped"] == 2, job


def test_expressions_that_backtrack_do_not_keep_others_from_an_answer(serve, tmp_path):
    program = tmp_path / "lines.py"
    program.write_text("for _ in range(50): print('a' * 5000 + '!', flush=True)\n")
    settings = tmp_path / "tuner.yaml"
    settings.write_text("local: {slots: 8}\n")
    client = serve(arguments=["--config", str(settings)]).client()
    metric = {"Name": "objective", "Regex": "(a+)+$"}
    image = f"exec:{sys.executable} {program}"
    client.create_hyper_parameter_tuning_job(
        **tuning_job("slow", definition(image, metric), X_RANGE, count=8, parallel=8)
    )
    slowest = 0
    deadline = time.monotonic() + 120
    while describe(client, "slow")["HyperParameterTuningJobStatus"] == "InProgress":
        start = time.monotonic()
        describe(client, "slow")
        slowest = max(slowest, time.monotonic() - start)
        assert time.monotonic() < deadline
        time.sleep(0.02)
    print(f"the slowest answer took {slowest:.3f} s")
    # Without threads of their own, the expressions let nobody through for half a minute.
    assert slowest < 5


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 24 MB."""
    path = tmp_path / "disk"
    path.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "none", str(path)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode != 0:
        pytest.skip("mounting takes root")
    yield path
    subprocess.run(["umount", "-l", str(path)], check=True)


def test_a_full_disk_holds_up_and_loses_nothing(tuner_binary, small_disk, tmp_path):
    trace = tmp_path / "trace"
    service = Service(tuner_binary, small_disk / "data")
    service.log = tmp_path / "log"
    service.start()
    try:
        client = service.client()
        client.create_hyper_parameter_tuning_job(
            **steps_job("held", trace, count=12, parallel=2, steps=4, seconds=0.1)
        )
        wait_for(lambda: describe(client, "held")["TrainingJobStatusCounters"]["Completed"])
        fill(small_disk / "ballast")
        wait_for(lambda: "No space left" in service.log_tail() or "is full" in service.log_tail())
        assert describe(client, "held")["HyperParameterTuningJobStatus"] == "InProgress"
        (small_disk / "ballast").unlink()
        job = wait_until_over(client, "held")
        summaries = training_jobs(client, "held")
        assert_counters_match(job, summaries)
        for summary in summaries:
            # A program that could not print has failed by itself; nothing else may have failed.
            assert summary.get("FailureReason", "AlgorithmError").startswith("AlgorithmError")
        assert len(summaries) == 12
        starts = [line.split()[0] for line in trace.read_text().splitlines() if "start" in line]
        assert len(starts) == len({*starts}) == 12
        assert service.terminate() == 0
    finally:
        service.kill()


def fill(path):
    """Writes until the disk is full."""
    with open(path, "wb", buffering=0) as ballast, pytest.raises(OSError, match="No space"):
        while True:
            ballast.write(bytes(4096))
