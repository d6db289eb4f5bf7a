"""A stand-in for S3 on loopback, and what is asked of it."""

import socket
import subprocess
import sys
import threading
import urllib.request

import boto3
from service import REGION

KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
# Writes the log's lines so that each request can be counted.
COMMAND = [sys.executable, "-u", "-m", "moto.server", "-H", "127.0.0.1"]


class Storage:
    """A moto server; it forgets everything when it ends."""

    def __init__(self, directory):
        self.log = directory / "storage.log"
        self.port = 0
        self.process = None

    def start(self):
        """Starts it, on the port it had before if it was started before."""
        log = open(self.log, "ab")
        self.process = subprocess.Popen(
            [*COMMAND, "-p", str(self.port)], stdout=log, stderr=subprocess.STDOUT
        )
        log.close()
        if not self.port:
            self.port = self._port()
        self._wait()
        return self

    def _port(self):
        while True:
            for line in self.log.read_text().splitlines():
                if " on http://" in line:
                    return int(line.rsplit(":", 1)[1])
            assert self.process.poll() is None, self.log.read_text()

    def _wait(self):
        for _ in range(2000):
            try:
                with urllib.request.urlopen(f"{self.endpoint}/moto-api/", timeout=30):
                    return
            except OSError:
                assert self.process.poll() is None, self.log.read_text()
        raise AssertionError("the stand-in for S3 does not start")

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self):
        """What a service is told of it."""
        return {**KEYS, "AWS_ENDPOINT_URL_S3": self.endpoint, "AWS_REGION": REGION}

    def client(self, service="s3"):
        return boto3.client(
            service,
            endpoint_url=self.endpoint,
            region_name=REGION,
            aws_access_key_id="test",
            aws_secret_access_key="test",
        )

    def count(self, text):
        """How many requests have a text in their log line, such as `GET /bucket/key `."""
        return sum(f'"{text}' in line for line in self.log.read_text().splitlines())

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()


class Line:
    """A line to a port of this machine that can be cut."""

    def __init__(self, port):
        self.target = port
        self.is_cut = False
        self.refused = 0
        self.open = []
        self.lock = threading.Lock()
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            with self.lock:
                if self.is_cut:
                    self.refused += 1
                    near.close()
                    continue
                far = socket.create_connection(("127.0.0.1", self.target))
                self.open += [near, far]
            for source, sink in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    @staticmethod
    def _pump(source, sink):
        try:
            while piece := source.recv(1 << 16):
                sink.sendall(piece)
        except OSError:
            pass
        for end in (source, sink):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def cut(self):
        """Breaks every connection, and each new one as soon as it is made."""
        with self.lock:
            self.is_cut = True
            for end in self.open:
                try:
                    end.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass
            self.open = []

    def mend(self):
        with self.lock:
            self.is_cut = False

    def close(self):
        self.cut()
        self.listener.close()
