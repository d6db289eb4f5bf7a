"""Measures a daemon that drives a service: its processor time, its requests, how soon it notices.

    swift build -c release --product tuner
    python3 Benchmarks/driving.py .build/release/tuner

One `tuner serve` drives another, a mock of SageMaker, through a proxy that counts requests. First
500 training jobs run at once; then short ones come and go, and what is measured is the time from the
end of each to its notice, and from the notice to the launch of the next. Needs nothing beyond
Python's library.
"""

import argparse
import http.client
import json
import os
import pathlib
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from service import Service

ENVIRONMENT = {
    **os.environ, "AWS_ACCESS_KEY_ID": "benchmark", "AWS_SECRET_ACCESS_KEY": "benchmark",
    "AWS_REGION": "us-east-1", "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null"}


class CountingProxy:
    """Passes requests on and remembers when which came."""

    def __init__(self, upstream: str) -> None:
        self.upstream = urlsplit(upstream)
        # The operation, when it came and was answered, its request and its answer.
        self.seen: list[tuple[str, float, float, dict, dict]] = []
        self.lock = threading.Lock()
        self.local = threading.local()
        handler = type("Handler", (_Handler,), {"proxy": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def forward(self, headers, body: bytes) -> tuple[int, bytes]:
        connection = getattr(self.local, "connection", None)
        if connection is None:
            connection = http.client.HTTPConnection(self.upstream.hostname, self.upstream.port)
            self.local.connection = connection
        kept = {name: headers[name] for name in ("X-Amz-Target", "Content-Type")}
        connection.request("POST", "/", body=body, headers=kept)
        answer = connection.getresponse()
        return answer.status, answer.read()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proxy: CountingProxy

    def do_POST(self) -> None:
        came = time.time()
        body = self.rfile.read(int(self.headers["Content-Length"]))
        status, text = self.proxy.forward(self.headers, body)
        operation = self.headers["X-Amz-Target"].split(".")[1]
        with self.proxy.lock:
            self.proxy.seen.append(
                (operation, came, time.time(), json.loads(body), json.loads(text or b"{}")))
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *arguments) -> None:
        """Says nothing."""


class Pair:
    """A daemon, the mock that it drives, and the proxy between them."""

    def __init__(self, tuner: str, directory: pathlib.Path, image: str) -> None:
        directory.mkdir()
        self.mock = self.service(
            tuner, directory / "mock", f"backend: mock\nmock:\n  image: {image}\n")
        self.proxy = CountingProxy(self.mock.address)
        self.daemon = self.service(
            tuner, directory / "daemon",
            "backend: sagemaker\nsagemaker:\n  slots: 1000\n"
            f"  requestsPerSecond: 10\n  endpoint: {self.proxy.endpoint}\n")

    @staticmethod
    def service(tuner: str, data: pathlib.Path, settings: str) -> Service:
        config = data.with_suffix(".yaml")
        config.write_text(settings)
        return Service(tuner, str(data), ["--config", str(config)], ENVIRONMENT)

    def wait(self, question, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not question():
            if time.monotonic() > deadline:
                sys.exit("took too long")
            time.sleep(0.5)

    def close(self) -> None:
        self.daemon.kill()
        self.mock.kill()
        self.proxy.server.shutdown()


def measure_steady(tuner: str, directory: pathlib.Path, count: int, seconds: int) -> None:
    pair = Pair(tuner, directory, "mock:sphere?epochs=1000&seconds=10&spread=0.3")
    pair.daemon.create("steady", "image", count, count)
    pair.wait(
        lambda: Counter(seen[0] for seen in pair.proxy.seen)["CreateTrainingJob"] >= count, 600)
    time.sleep(60)
    before = len(pair.proxy.seen)
    processor, start = pair.daemon.processor_seconds(), time.monotonic()
    time.sleep(seconds)
    took = time.monotonic() - start
    processor = pair.daemon.processor_seconds() - processor
    requests = pair.proxy.seen[before:]
    busiest = max(Counter(int(seen[1]) for seen in requests).values())
    print(f"{count} training jobs, {took:.0f} s: {processor / took:.1%} of a core, "
          f"{len(requests) / took:.1f} requests/s, {busiest} in the busiest second")
    pair.close()


def measure_turnover(tuner: str, directory: pathlib.Path, count: int, parallel: int) -> None:
    pair = Pair(tuner, directory, "mock:sphere?epochs=4&seconds=8&spread=0.5")
    pair.daemon.create("short", "image", count, parallel)
    pair.wait(lambda: pair.daemon.counters("short")["Completed"] >= count, 1800)
    notices, refills, noticed = [], [], set()
    launches = sorted(seen[1] for seen in pair.proxy.seen if seen[0] == "CreateTrainingJob")
    launches = launches[parallel:]
    for operation, _, answered, request, answer in sorted(
        pair.proxy.seen, key=lambda seen: seen[2]
    ):
        name = request.get("TrainingJobName")
        over = answer.get("TrainingJobStatus") in ("Completed", "Failed", "Stopped")
        if operation == "DescribeTrainingJob" and over and name not in noticed:
            noticed.add(name)
            notices.append(answered - answer["TrainingEndTime"])
            following = next((launch for launch in launches if launch >= answered), None)
            if following is not None:
                launches.remove(following)
                refills.append(following - answered)
    print(f"{len(notices)} ends noticed after {statistics.median(notices):.2f} s in the median, "
          f"{max(notices):.2f} s at most")
    print(f"{len(refills)} slots refilled after {statistics.median(refills) * 1e3:.0f} ms in the "
          f"median, {sorted(refills)[int(len(refills) * 0.95)] * 1e3:.0f} ms in 95 of 100, "
          f"{max(refills) * 1e3:.0f} ms at most")
    pair.close()


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tuner", help="the program")
    parser.add_argument("--jobs", type=int, default=500, help="training jobs at once (500)")
    parser.add_argument("--seconds", type=int, default=120, help="how long they are watched (120)")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as path:
        measure_turnover(arguments.tuner, pathlib.Path(path, "turnover"), 120, 20)
        measure_steady(
            arguments.tuner, pathlib.Path(path, "steady"), arguments.jobs, arguments.seconds)


if __name__ == "__main__":
    main()
