"""A Ray cluster for the tests alone: one head node, with everything in a directory of its own.

`python ray_cluster.py COMMAND...` runs a command that is told where one listens, such as
`swift test --filter RealClusterTests`. TUNER_RAY names the program ray.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import pytest

MARK = "TUNER_TEST_RAY"


def missing():
    """Why there can be no cluster here; nothing when there can."""
    program = os.environ.get("TUNER_RAY")
    if not program:
        return "TUNER_RAY does not name the program ray"
    if not os.access(program, os.X_OK):
        return f"TUNER_RAY: {program} is not there, or cannot be run"
    return None


def is_of_a_cluster(process):
    """Whether a cluster of these tests runs a process, or the process has ended meanwhile."""
    try:
        environment = Path(f"/proc/{process}/environ").read_bytes()
    except OSError:
        return True
    return any(word.startswith(f"{MARK}=".encode()) for word in environment.split(b"\0"))


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


class Cluster:
    """`ray start --head`, whose state is in files: it may be restarted with or without it."""

    def __init__(self):
        # Ray's sockets need a short path.
        self.directory = Path(tempfile.mkdtemp(prefix="ray-", dir="/tmp"))
        self.port, self.dashboard_port, self.client_port = free_ports(3)
        self.address = f"http://127.0.0.1:{self.dashboard_port}"
        self.process = None

    def start(self, seconds=90):
        (self.directory / "state").mkdir(exist_ok=True)
        environment = {
            **os.environ,
            MARK: str(self.directory),
            "RAY_USAGE_STATS_ENABLED": "0",
            "RAY_gcs_storage": "rocksdb",
            "RAY_gcs_storage_path": str(self.directory / "state"),
        }
        command = [os.environ["TUNER_RAY"], "start", "--head", "--block", "--disable-usage-stats"]
        command += ["--node-ip-address", "127.0.0.1", "--port", str(self.port)]
        command += ["--dashboard-host", "127.0.0.1", "--dashboard-port", str(self.dashboard_port)]
        command += ["--ray-client-server-port", str(self.client_port)]
        command += ["--dashboard-agent-listen-port", "0", "--num-cpus", "4"]
        command += ["--object-store-memory", "100000000", "--temp-dir", str(self.directory / "tmp")]
        with open(self.directory / "ray.log", "ab") as log:
            self.process = subprocess.Popen(
                command,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        deadline = time.monotonic() + seconds
        while True:
            try:
                # Until the head node's agent is there, it cannot run anything.
                return self.check_it_runs()
            except OSError as error:
                log = (self.directory / "ray.log").read_text()[-2000:]
                assert self.process.poll() is None, f"ray start has ended\n{log}"
                assert time.monotonic() < deadline, f"Ray does not answer: {error}\n{log}"
                time.sleep(0.1)

    def check_it_runs(self):
        name = f"check-{os.urandom(4).hex()}"
        self.ask("POST", "/api/jobs/", {"submission_id": name, "entrypoint": "true"})
        while self.job(name)["status"] in ("PENDING", "RUNNING"):
            time.sleep(0.1)
        self.ask("DELETE", f"/api/jobs/{name}")

    def stop(self):
        """Ends the head node with all that runs there, as a power cut would."""
        for process in self.processes():
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                pass
        if self.process:
            self.process.wait()

    @contextlib.contextmanager
    def hanging(self):
        """The head node's dashboard answers nothing for a while."""
        dashboards = [process for process in self.processes() if self.is_dashboard(process)]
        assert dashboards
        try:
            for process in dashboards:
                os.kill(process, signal.SIGSTOP)
            yield
        finally:
            for process in dashboards:
                os.kill(process, signal.SIGCONT)

    @staticmethod
    def is_dashboard(process):
        return b"dashboard/dashboard.py" in Path(f"/proc/{process}/cmdline").read_bytes()

    def forget(self):
        """Loses all state of a head node that does not run."""
        shutil.rmtree(self.directory / "state")
        shutil.rmtree(self.directory / "tmp", ignore_errors=True)

    def processes(self):
        needle = f"{MARK}={self.directory}".encode()
        found = []
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if needle in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
            except OSError:
                continue  # it has ended meanwhile, or belongs to somebody else
        return found

    def ask(self, method, path, body=None):
        request = urllib.request.Request(
            self.address + path,
            method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.loads(answer.read() or "null")

    def job(self, name):
        return self.ask("GET", f"/api/jobs/{name}")

    def jobs(self, tuning_job):
        """The IDs of a tuning job's jobs, over or not."""
        return {
            job["submission_id"]
            for job in self.ask("GET", "/api/jobs/")
            if (job["metadata"] or {}).get("tuner.attempt", "").startswith(f"{tuning_job}-")
        }

    def end(self):
        self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)


@pytest.fixture(scope="session")
def cluster():
    reason = missing()
    if reason:
        pytest.skip(reason)
    cluster = Cluster()
    try:
        cluster.start()
        yield cluster
    finally:
        cluster.end()


def main(command):
    reason = missing()
    if reason:
        print(f"skipped: {reason}", file=sys.stderr)
        return 0
    cluster = Cluster()
    try:
        cluster.start()
        place = {"TUNER_RAY_ADDRESS": cluster.address}
        return subprocess.run(command, env={**os.environ, **place}).returncode
    finally:
        cluster.end()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
