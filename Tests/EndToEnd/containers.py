"""Container engines for the tests alone: Podman and Docker, each with everything in a directory.

`python containers.py COMMAND...` runs a command once for each that is installed, and tells it where
it listens; such as `swift test --filter RealEngineTests`.
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
import warnings
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


def missing(*programs):
    """Why there can be no engine of these programs here; nothing when there can."""
    for program in (*(programs or Podman.PROGRAMS), "busybox"):
        if not shutil.which(program):
            return f"{program} is not installed"
    if os.getuid() != 0:
        return "the engine of the tests runs as root"
    libraries = subprocess.run(["ldd", shutil.which("busybox")], capture_output=True, text=True)
    if libraries.returncode == 0 and "=>" in libraries.stdout:
        return "busybox is not static; install busybox-static"
    return None


class Engine:
    """An engine on a socket, with one small image."""

    environment = None

    def __init__(self, directory):
        self.directory = directory
        self.socket = directory / "engine.sock"
        self.process = None

    def command(self):
        """What runs the engine until it is ended."""
        raise NotImplementedError

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
        self.bring(archive.stdout)

    def bring(self, archive):
        """Makes the image of an archive of its files."""
        raise NotImplementedError

    def start(self, seconds=30):
        with open(self.directory / "engine.log", "ab") as log:
            self.process = subprocess.Popen(
                self.command(),
                cwd=self.directory,  # where what watches containers leaves a file at want of memory
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + seconds
        while True:
            try:
                return self.ask("GET", "/_ping")
            except OSError:
                log = (self.directory / "engine.log").read_text()[-2000:]
                assert self.process.poll() is None, f"the engine has ended\n{log}"
                assert time.monotonic() < deadline, f"the engine does not answer\n{log}"
                time.sleep(0.05)

    def stop(self, kind=signal.SIGKILL):
        """Ends the engine; the containers go on."""
        self.process.send_signal(kind)
        self.process.wait()

    def ask(self, method, path, body=None):
        """What the engine answers, as JSON where it is."""
        connection = http.client.HTTPConnection("localhost", timeout=30)
        connection.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            connection.sock.settimeout(30)
            connection.sock.connect(str(self.socket))
            connection.request(method, path, body)
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
        self.stop(signal.SIGTERM)

    def abandon(self):
        """Ends what has been started of an engine that does not run."""
        if self.process and self.process.poll() is None:
            self.stop()


class Podman(Engine):
    """`podman system service`."""

    PROGRAMS = ("podman", "runc")

    def __init__(self, directory):
        super().__init__(directory)
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

    def command(self):
        return ["podman", "system", "service", "--time=0", f"unix://{self.socket}"]

    def bring(self, archive):
        subprocess.run(
            ["podman", "import", "-", IMAGE], env=self.environment, check=True,
            capture_output=True, input=archive,
        )

    def end(self):
        super().end()
        # A service that was killed while it started containers forgets what waits in them.
        left = subprocess.run(
            ["pgrep", "-f", f"conmon .*{self.directory}"], capture_output=True, text=True
        ).stdout.split()
        for process in left:
            subprocess.run(["pkill", "-KILL", "-P", process])


class Docker(Engine):
    """`dockerd`, without a network of its own, and the `containerd` that keeps its containers."""

    PROGRAMS = ("dockerd", "containerd")

    def __init__(self, directory):
        super().__init__(directory)
        (directory / "daemon.json").write_text("{}")  # in place of the machine's
        (directory / "containerd.toml").write_text(
            f'version = 2\nroot = "{directory}/containerd"\nstate = "{directory}/containers"\n'
            f'disabled_plugins = ["io.containerd.grpc.v1.cri"]\n'
            f'[grpc]\naddress = "{directory}/containerd.sock"\n'
        )
        self.keeper = None

    def command(self):
        place = self.directory
        return [
            "dockerd", "--host", f"unix://{self.socket}", "--data-root", f"{place}/data",
            "--exec-root", f"{place}/exec", "--pidfile", f"{place}/pid",
            "--config-file", f"{place}/daemon.json", "--containerd", f"{place}/containerd.sock",
            "--storage-driver", "vfs", "--live-restore", "--bridge", "none", "--iptables=false",
            "--ip6tables=false", "--ip-masq=false",
        ]

    def start(self, seconds=30):
        if not self.keeper:
            with open(self.directory / "containerd.log", "ab") as log:
                self.keeper = subprocess.Popen(
                    ["containerd", "--config", f"{self.directory}/containerd.toml"],
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                )
        return super().start(seconds)

    def bring(self, archive):
        repository, tag = IMAGE.split(":")
        self.ask(
            "POST", f"/v1.41/images/create?fromSrc=-&repo={repository}&tag={tag}", archive
        )

    def end(self):
        super().end()
        self.end_keeper()

    def abandon(self):
        super().abandon()
        self.end_keeper()

    def end_keeper(self):
        self.keeper.terminate()
        self.keeper.wait()
        # One whose container was removed while dockerd was away.
        subprocess.run(["pkill", "-KILL", "-f", f"containerd-shim.* -address {self.directory}/"])
        with open("/proc/mounts") as file:
            places = [line.split(" ")[1] for line in file]
        for place in sorted(places, reverse=True):
            if place.startswith(f"{self.directory}/"):
                subprocess.run(["umount", "--lazy", place], check=True)


KINDS = (Podman, Docker)


def started(kind, directory):
    """A running engine with the image, in an empty directory."""
    engine = kind(directory)
    try:
        engine.start()
        engine.make_image()
    except BaseException:
        engine.abandon()
        raise
    return engine


def started_if_possible(kind, directory):
    """The same; the reason, as text, for an engine that is installed and cannot run here.

    Docker wants more of a machine than a test of tuner may take for granted.
    """
    if reason := missing(*kind.PROGRAMS):
        return reason
    try:
        return started(kind, directory)
    except AssertionError as error:
        if kind is Podman:
            raise
        return f"{kind.__name__} cannot run here: {error}"


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    """Podman."""
    if reason := missing():
        pytest.skip(reason)
    engine = started(Podman, tmp_path_factory.mktemp("engine"))
    yield engine
    engine.end()


@pytest.fixture(scope="module", params=KINDS, ids=lambda kind: kind.__name__.lower())
def any_engine(request, tmp_path_factory):
    """Each engine there is."""
    engine = started_if_possible(request.param, tmp_path_factory.mktemp("engine"))
    if isinstance(engine, str):
        warnings.warn(f"not tested with {request.param.__name__}: {engine}")
        pytest.skip(engine)
    yield engine
    engine.end()


def main(command):
    result = 0
    for kind in KINDS:
        with tempfile.TemporaryDirectory(prefix="tuner-engine-") as directory:
            engine = started_if_possible(kind, Path(directory))
            if isinstance(engine, str):
                print(f"skipped: {engine}", file=sys.stderr)
                continue
            print(f"with {kind.__name__}", flush=True)
            try:
                place = {
                    "TUNER_CONTAINER_SOCKET": str(engine.socket), "TUNER_CONTAINER_IMAGE": IMAGE,
                }
                code = subprocess.run(command, env={**os.environ, **place}).returncode
            finally:
                engine.end()
            result = result or code
    return result


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
