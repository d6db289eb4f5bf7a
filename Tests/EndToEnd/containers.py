"""A container engine for the tests alone: Podman with everything in a directory of its own.

`python containers.py COMMAND...` runs a command that is told where one listens, such as
`swift test --filter RealEngineTests`.
"""

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.parse
from pathlib import Path

import pytest

IMAGE = "tuner-test/trainer:1"

# Without a network of its own or special rights, a container runs on more machines.
SETTINGS = """\
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=2048:2048"]
netns = "host"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
"""

# What the image does without an entry point of the request's: `train`, as in the service.
TRAIN = """\
#!/bin/sh
# Reports x squared, once for each of some steps, and obeys SIGTERM.
trap 'exit 143' TERM
x=${SM_HP_X%.*}
echo "run $TRAINING_JOB_NAME" >>/runs/runs
i=0
while [ "$i" -lt "${SM_HP_STEPS:-3}" ]; do
    i=$((i + 1))
    echo "objective=$((x * x))"
    sleep "${SM_HP_SECONDS:-0.05}"
done
echo "$SM_HP_X" >/opt/ml/model/x
"""

TOOLS = "sh echo cat sleep ls id test mkdir env touch chmod kill true false tail".split()


def missing():
    """Why there can be no engine here; nothing when there can."""
    for program in ("podman", "runc", "busybox"):
        if not shutil.which(program):
            return f"{program} is not installed"
    if os.getuid() != 0:
        return "the engine of the tests runs as root"
    libraries = subprocess.run(["ldd", shutil.which("busybox")], capture_output=True, text=True)
    if libraries.returncode == 0 and "=>" in libraries.stdout:
        return "busybox is not static; install busybox-static"
    return None


class Engine:
    """`podman system service` on a socket, with one small image."""

    def __init__(self, directory):
        self.directory = directory
        self.socket = directory / "podman.sock"
        (directory / "containers.conf").write_text(SETTINGS)
        (directory / "storage.conf").write_text(
            f'[storage]\ndriver = "vfs"\ngraphroot = "{directory}/graph"\n'
            f'runroot = "{directory}/run"\n'
        )
        self.environment = {
            **os.environ,
            "CONTAINERS_CONF": str(directory / "containers.conf"),
            "CONTAINERS_STORAGE_CONF": str(directory / "storage.conf"),
        }
        self.process = None

    def podman(self, *arguments, **options):
        return subprocess.run(
            ["podman", *arguments], env=self.environment, check=True, capture_output=True, **options
        )

    def make_image(self):
        root = self.directory / "rootfs"
        for name in ("bin", "etc", "tmp", "proc", "dev", "sys", "runs"):
            (root / name).mkdir(parents=True)
        shutil.copy(shutil.which("busybox"), root / "bin/busybox")
        for tool in TOOLS:
            (root / "bin" / tool).symlink_to("busybox")
        (root / "etc/passwd").write_text(
            "root:x:0:0:root:/:/bin/sh\ntrainer:x:1000:1000::/:/bin/sh\n"
        )
        (root / "bin/train").write_text(TRAIN)
        (root / "bin/train").chmod(0o755)
        archive = subprocess.run(["tar", "-C", root, "-c", "."], check=True, capture_output=True)
        self.podman("import", "-", IMAGE, input=archive.stdout)

    def start(self, seconds=30):
        self.process = subprocess.Popen(
            ["podman", "system", "service", "--time=0", f"unix://{self.socket}"],
            cwd=self.directory,  # where what watches containers leaves a file at want of memory
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        deadline = time.monotonic() + seconds
        while True:
            try:
                return self.ask("GET", "/_ping")
            except OSError:
                assert self.process.poll() is None, "podman system service has ended"
                assert time.monotonic() < deadline, "podman system service does not answer"
                time.sleep(0.05)

    def stop(self):
        """Ends the service; the containers go on."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def ask(self, method, path):
        """What the engine answers, as JSON where it is."""
        connection = http.client.HTTPConnection("localhost", timeout=30)
        connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.sock.settimeout(30)
            connection.sock.connect(str(self.socket))
            connection.request(method, path)
            answer = connection.getresponse().read()
        finally:
            connection.close()
        return json.loads(answer) if answer[:1] in (b"{", b"[") else answer

    def containers(self):
        """All of tuner's containers, running or not."""
        filters = urllib.parse.quote(json.dumps({"label": ["tuner.instance"]}))
        return self.ask("GET", f"/v1.41/containers/json?all=1&filters={filters}")

    def remove(self, container):
        return self.ask("DELETE", f"/v1.41/containers/{container['Id']}?force=1")

    def kill(self, container):
        return self.ask("POST", f"/v1.41/containers/{container['Id']}/kill?signal=SIGKILL")

    def end(self):
        """Ends everything and frees the directory."""
        for container in self.containers():
            self.remove(container)
        self.stop()
        # A service that was killed while it started containers forgets what waits in them.
        left = subprocess.run(
            ["pgrep", "-f", f"conmon .*{self.directory}"], capture_output=True, text=True
        ).stdout.split()
        for process in left:
            subprocess.run(["pkill", "-KILL", "-P", process])


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    reason = missing()
    if reason:
        pytest.skip(reason)
    engine = Engine(tmp_path_factory.mktemp("engine"))
    engine.make_image()
    engine.start()
    yield engine
    engine.end()


def main(command):
    reason = missing()
    if reason:
        print(f"skipped: {reason}", file=sys.stderr)
        return 0
    with tempfile.TemporaryDirectory(prefix="tuner-engine-") as directory:
        engine = Engine(Path(directory))
        engine.make_image()
        engine.start()
        try:
            place = {"TUNER_CONTAINER_SOCKET": str(engine.socket), "TUNER_CONTAINER_IMAGE": IMAGE}
            return subprocess.run(command, env={**os.environ, **place}).returncode
        finally:
            engine.end()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
