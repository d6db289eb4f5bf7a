"""The service among clients and programs that mean no good, or are merely slow."""

import socket
import sys
import time

from jobs import (
    X_RANGE,
    definition,
    describe,
    steps_job,
    tuning_job,
    wait_until_over,
)
from service import processes_of, wait_for


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
