"""A `tuner serve` process, and what is left of it."""

import os
import re
import select
import signal
import subprocess
import time
from pathlib import Path

import boto3
from botocore.config import Config

ROOT = Path(__file__).resolve().parents[2]
REGION = "us-east-1"
READY = re.compile(r"tuner: listening on (https?://\S+)\n")


class Service:
    """One `tuner serve` on a free port; `start` may be called again after it has ended."""

    def __init__(self, binary, data, arguments=(), environment=None):
        self.command = [str(binary), "serve", "--port", "0", "--data", str(data), *arguments]
        self.data = Path(data)
        self.environment = {**os.environ, **(environment or {})}
        self.log = self.data.with_name(self.data.name + ".log")
        self.process = None
        self.endpoint = None

    def spawn(self):
        """Starts the process and returns at once."""
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        self.endpoint = None

    def start(self, seconds=60):
        """Starts the process and returns when it is ready."""
        self.spawn()
        output = self.process.stdout
        deadline = time.monotonic() + seconds
        line = b""
        while not line.endswith(b"\n"):
            readable, _, _ = select.select([output], [], [], max(0, deadline - time.monotonic()))
            byte = os.read(output.fileno(), 1) if readable else b""
            if not byte:
                self.kill()
                raise AssertionError(f"tuner serve is not ready: {line!r}\n{self.log_tail()}")
            line += byte
        match = READY.fullmatch(line.decode())
        assert match, f"the first line of tuner serve is {line!r}"
        self.endpoint = match.group(1)
        return self

    def client(self, key=("test", "test"), verify=None, **options):
        """A boto3 client that tries everything once, with an access key and its secret."""
        config = Config(
            retries={"total_max_attempts": 1}, connect_timeout=5, read_timeout=30, **options
        )
        return boto3.client(
            "sagemaker",
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id=key[0],
            aws_secret_access_key=key[1],
            verify=verify,
            config=config,
        )

    @property
    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def kill(self):
        """Ends the process as a power cut would."""
        if self.process is None:
            return
        if self.is_running:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.process.stdout.close()

    def terminate(self, seconds=60):
        """Asks the process to end, and returns its exit code."""
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"tuner serve ignores SIGTERM\n{self.log_tail()}") from None

    def log_tail(self):
        return self.log.read_text(errors="replace")[-4000:] if self.log.exists() else ""


def processes_of(directory):
    """Living processes that have a directory among their arguments or in their environment."""
    needle = str(directory).encode()
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (entry / "cmdline").read_bytes()
            if int(entry.name) == os.getpid() or not arguments:
                continue  # what has no arguments is a zombie or of the kernel
            if needle in arguments or needle in (entry / "environ").read_bytes():
                found[int(entry.name)] = arguments.replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue  # it has ended meanwhile, or belongs to somebody else
    return found


def wait_for(question, seconds=60, interval=0.05, explain=lambda: ""):
    """Asks until the answer is true and returns it; explains, and fails, when it takes too long."""
    deadline = time.monotonic() + seconds
    while True:
        answer = question()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"still {answer!r} after {seconds} s\n{explain()}"
        time.sleep(interval)
