"""Every request for S3 is signed as botocore would have signed it."""

import http.client
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from service import REGION
from storage import KEYS, Storage
from test_s3 import over, put, training_job

SMALL_MODEL = """\
import os, random
base = os.environ["SM_MODEL_DIR"]
open(base + "/weights", "wb").write(random.Random(1).randbytes(9 << 20))
print(sorted(os.listdir(os.environ["SM_CHANNEL_TRAIN"])))
"""


def signature_of(method, url, headers, body):
    """What botocore signs a request with that has these headers."""
    authorization = headers["Authorization"]
    names = authorization.split("SignedHeaders=")[1].split(",")[0].split(";")
    kept = {name: headers[name] for name in names}
    request = AWSRequest(method, url, data=body, headers=kept)
    request.context["timestamp"] = headers["X-Amz-Date"]
    auth = S3SigV4Auth(
        Credentials(KEYS["AWS_ACCESS_KEY_ID"], KEYS["AWS_SECRET_ACCESS_KEY"]), "s3", REGION
    )
    return auth.signature(auth.string_to_sign(request, auth.canonical_request(request)), request)


class Verifier(ThreadingHTTPServer):
    """Passes requests on to a storage, and compares their signatures."""

    daemon_threads = True

    def __init__(self, storage):
        super().__init__(("127.0.0.1", 0), Handler)
        self.storage = storage
        self.seen = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def endpoint(self):
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def relay(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        url = f"http://{self.headers['Host']}{self.path}"
        expected = signature_of(self.command, url, self.headers, body)
        given = self.headers["Authorization"].rsplit("Signature=", 1)[1]
        self.server.seen.append((self.command, self.path, given == expected))
        connection = http.client.HTTPConnection("127.0.0.1", self.server.storage.port)
        connection.request(self.command, self.path, body, dict(self.headers))
        answer = connection.getresponse()
        content = answer.read()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("connection", "transfer-encoding", "server", "date"):
                self.send_header(name, value)
        if answer.getheader("Content-Length") is None:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = relay

    def log_message(self, *_):
        pass


@pytest.fixture
def verifier(tmp_path):
    storage = Storage(tmp_path).start()
    verifier = Verifier(storage)
    yield verifier
    verifier.shutdown()
    verifier.server_close()
    storage.stop()


def test_each_signature_is_botocores(serve, verifier, tmp_path):
    keys = ["plain", "a b", "a+b", "a%20b", "ü€", "x=y&z?#", "~tilde-_.", "(brackets)'!*", "d/e/f"]
    put(verifier.storage.client(), {f"in put/{key}": key.encode() for key in keys})
    program = tmp_path / "program.py"
    program.write_text(SMALL_MODEL)
    environment = {**verifier.storage.environment, "AWS_ENDPOINT_URL_S3": verifier.endpoint}
    client = serve(environment=environment).client()
    request = training_job("signed", f"exec:{sys.executable} {program}", "s3://bucket/in put/")
    request["CheckpointConfig"] = {"S3Uri": "s3://bucket/check points"}
    client.create_training_job(**request)
    job = over(client, "signed")
    assert job["TrainingJobStatus"] == "Completed", job
    wrong = [entry for entry in verifier.seen if not entry[2]]
    assert not wrong
    # Listings, objects, an upload in parts from its beginning to its end.
    assert {method for method, _, _ in verifier.seen} == {"GET", "PUT", "POST"}
    assert sum("list-type=2" in path for _, path, _ in verifier.seen) == 2
    assert sum("/in%20put/" in path for _, path, _ in verifier.seen) == len(keys)
    assert sum("partNumber=" in path for _, path, _ in verifier.seen) == 2
