"""A proxy that stands between a daemon and the service it drives: it checks and breaks requests.

Every request is validated with botocore's own model, and its signature made again with botocore's
signer. Then it is passed on, or suffers what a network and a service do to requests.
"""

import contextlib
import http.client
import json
import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest import mock
from urllib.parse import urlsplit

import botocore.auth
import botocore.session
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.model import ServiceModel
from botocore.validate import ParamValidator
from dateutil.parser import isoparse
from shapes import MODEL

SERVICE = ServiceModel(MODEL)
# What is passed on of a message's headers; the rest belongs to one connection.
HOP_HEADERS = {"connection", "keep-alive", "transfer-encoding", "content-length", "date", "server"}

# What may happen to a request.
PASS = "pass"  # nothing
LOST = "lost"  # the service acts, and its answer gets lost
CUT = "cut"  # the request gets lost on its way
LATE = "late"  # the service gets it after a while
TWICE = "twice"  # the service acts twice, as if somebody had repeated the request
THROTTLED = "throttled"
FAILED = "failed"
UNAVAILABLE = "unavailable"
EXPIRED = "expired"
REFUSALS = {
    THROTTLED: (400, "ThrottlingException", "Rate exceeded"),
    FAILED: (500, "InternalFailure", "We encountered an internal error."),
    UNAVAILABLE: (503, "ServiceUnavailable", "Service is unable to handle request."),
    EXPIRED: (400, "ExpiredTokenException", "The security token included is expired"),
}


@dataclass
class Seen:
    """One request that came to the proxy."""

    operation: str
    body: dict
    time: float
    key: str | None
    problems: list = field(default_factory=list)
    fate: str = PASS
    status: int | None = None


class Proxy:
    """Passes requests on to an upstream, as a fate decides.

    `fate(seen, chance)` is asked about every request, with a seeded source of randomness; it
    answers one of the words above, or a number of seconds to wait before passing it on.
    """

    def __init__(self, upstream, keys=None, fate=None, seed=0):
        self.upstream = upstream
        self.keys = {"AKIDEXAMPLE": "secret"} if keys is None else keys
        self.fate = fate or (lambda seen, chance: PASS)
        self.seen = []
        self.lock = threading.Lock()
        self.chance = random.Random(seed)
        handler = type("Handler", (_Handler,), {"proxy": self})
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.server.daemon_threads = True
        self.endpoint = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *error):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    @property
    def operations(self):
        with self.lock:
            return Counter(seen.operation for seen in self.seen)

    @property
    def fates(self):
        with self.lock:
            return Counter(seen.fate for seen in self.seen)

    def problems(self):
        """What was wrong with requests, whatever became of them."""
        with self.lock:
            return [(seen.operation, seen.problems) for seen in self.seen if seen.problems]

    def take(self, operation, body, key, problems):
        with self.lock:
            seen = Seen(operation, body, time.monotonic(), key, problems)
            fate = self.fate(seen, self.chance)
            wait = fate if isinstance(fate, (int, float)) else 0
            seen.fate = LATE if wait else fate
            self.seen.append(seen)
        return seen, wait

    def forward(self, path, headers, body):
        address = urlsplit(self.upstream)
        connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
        with contextlib.closing(connection):
            kept = {n: v for n, v in headers.items() if n.lower() not in HOP_HEADERS | {"host"}}
            connection.request("POST", path, body=body, headers=kept)
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read()


def problems_of_body(operation, body):
    """What botocore's validator says of a request."""
    if operation not in SERVICE.operation_names:
        return [f"there is no operation {operation}"]
    report = ParamValidator().validate(body, SERVICE.operation_model(operation).input_shape)
    return [report.generate_report()] if report.has_errors() else []


def problems_of_signature(path, headers, body, keys):
    """Whether botocore's signer makes the same signature; and the key's name."""
    authorization = headers.get("Authorization")
    if authorization is None:
        return ["the request is not signed"], None
    fields = dict(
        part.strip().split("=", 1) for part in authorization.split(" ", 1)[1].split(",")
    )
    name, _, region, service, _ = fields["Credential"].split("/")
    if name not in keys:
        return [f"the key {name} is unknown"], name
    names = fields["SignedHeaders"].split(";")
    request = AWSRequest(
        "POST",
        f"http://{headers['Host']}{path}",
        headers={n: headers[n] for n in names if n not in ("x-amz-date", "host")},
        data=body,
    )
    token = headers.get("X-Amz-Security-Token")
    now = isoparse(headers["X-Amz-Date"])
    with mock.patch("botocore.auth.get_current_datetime", return_value=now):
        botocore.auth.SigV4Auth(
            Credentials(name, keys[name], token), service, region
        ).add_auth(request)
    theirs = request.headers["Authorization"].rsplit("Signature=", 1)[1]
    problems = [] if theirs == fields["Signature"] else ["another signature than botocore's"]
    missing = {"host", "x-amz-date", "x-amz-target"} - set(names)
    return problems + [f"{name} is not signed" for name in missing], name


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proxy = None

    def do_POST(self):
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        operation = self.headers.get("X-Amz-Target", "").split(".")[-1]
        problems, key = problems_of_signature(self.path, self.headers, body, self.proxy.keys)
        content = json.loads(body)
        problems += problems_of_body(operation, content)
        seen, wait = self.proxy.take(operation, content, key, problems)
        if wait:
            time.sleep(wait)
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.pass_on(seen, body)

    def pass_on(self, seen, body):
        if seen.fate in REFUSALS:
            status, code, message = REFUSALS[seen.fate]
            text = json.dumps({"__type": code, "message": message}).encode()
            return self.answer(seen, status, {"Content-Type": "application/x-amz-json-1.1"}, text)
        if seen.fate != CUT:
            try:
                answer = self.proxy.forward(self.path, self.headers, body)
                if seen.fate == TWICE:
                    self.proxy.forward(self.path, self.headers, body)
            except OSError:
                seen.fate = CUT  # the upstream is not there
        if seen.fate in (CUT, LOST):
            self.close_connection = True
            self.connection.close()
            return None
        return self.answer(seen, *answer)

    def answer(self, seen, status, headers, body):
        seen.status = status
        self.send_response(status)
        for name, value in headers.items():
            if name.lower() not in HOP_HEADERS:
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        """Says nothing: what came is in `seen`."""
