"""Stand-ins for what hands out credentials, and for a service that takes them.

All keys follow from what was asked, and all secrets from the key: whoever asks the same is given
the same, and signatures can be checked.
"""

import datetime
import hashlib
import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from unittest import mock
from urllib.parse import parse_qs

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

END = "2099-01-01T00:00:00Z"
OWN_SESSION = re.compile(r"(botocore-session|tuner)-\d+")


def secret_of(key_id):
    return f"secret/of+{key_id}"


def token_of(key_id):
    return f"token/of+{key_id}=="


def document(key_id, token="Token"):
    """The JSON in which credentials are handed out."""
    return {
        "Code": "Success",
        "Version": 1,
        "AccessKeyId": key_id,
        "SecretAccessKey": secret_of(key_id),
        token: token_of(key_id),
        "Expiration": END,
    }


class Signed:
    """Who signed a request, and for what; botocore has to sign it the same."""

    def __init__(self, request, body, is_checked=True):
        self.headers = {name.lower(): value for name, value in request.headers.items()}
        self.key = self.token = self.region = self.service = None
        authorization = self.headers.get("authorization")
        if authorization is None:
            return
        found = re.fullmatch(
            r"AWS4-HMAC-SHA256 Credential=([^/]+)/\d+/([^/]+)/([^/]+)/aws4_request, "
            r"SignedHeaders=(\S+), Signature=([0-9a-f]+)",
            authorization,
        )
        self.key, self.region, self.service, names, signature = found.groups()
        self.token = self.headers.get("x-amz-security-token")
        if not is_checked:
            return
        again = AWSRequest(
            request.command,
            f"http://{self.headers['host']}{request.path}",
            data=body,
            headers={
                name: self.headers[name]
                for name in names.split(";")
                if name not in ("x-amz-date", "x-amz-security-token")
            },
        )
        moment = datetime.datetime.strptime(self.headers["x-amz-date"], "%Y%m%dT%H%M%SZ")
        signer = SigV4Auth(
            Credentials(self.key, secret_of(self.key), self.token), self.service, self.region
        )
        with mock.patch("botocore.auth.get_current_datetime", return_value=moment):
            signer.add_auth(again)
        assert again.headers["Authorization"].endswith(f"Signature={signature}"), authorization


class Server:
    """An HTTP server on a free port; `answer(handler, body)` gives a status and a text."""

    def __init__(self, answer, host="127.0.0.1"):
        self.problems = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(handler):
                body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
                try:
                    status, text = answer(handler, body)
                except Exception as problem:
                    self.problems.append(problem)
                    status, text = 500, ""
                handler.send_response(status)
                handler.send_header("Content-Length", str(len(text.encode())))
                handler.end_headers()
                handler.wfile.write(text.encode())

            do_GET = do_POST = do_PUT = handle_any

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer((host, 0), Handler)
        self.server.daemon_threads = True
        self.address = f"http://{host}:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()
        assert self.problems == []


class Recorder(Server):
    """A service that answers everything with nothing, and remembers who signed last."""

    def __init__(self, host="127.0.0.1", is_checked=True):
        self.last = None
        self.is_checked = is_checked
        super().__init__(self.record, host)

    def record(self, request, body):
        self.last = Signed(request, body, self.is_checked)
        return 200, "{}"


class TokenService(Server):
    """An STS whose keys follow from the role, how it is asked for, and by whom."""

    def __init__(self):
        super().__init__(self.assume)

    def assume(self, request, body):
        form = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        signed = Signed(request, body)
        if OWN_SESSION.fullmatch(form["RoleSessionName"]):
            del form["RoleSessionName"]
        if form["RoleArn"].endswith("/denied"):
            return 403, "<E><Error><Code>AccessDenied</Code><Message>no</Message></Error></E>"
        asked = [sorted(form.items()), signed.key, signed.token, signed.region, signed.service]
        key = "ASIA" + hashlib.sha256(json.dumps(asked).encode()).hexdigest()[:16].upper()
        action = form["Action"]
        return 200, (
            f'<{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
            f"<{action}Result><Credentials><AccessKeyId>{key}</AccessKeyId>"
            f"<SecretAccessKey>{secret_of(key)}</SecretAccessKey>"
            f"<SessionToken>{token_of(key)}</SessionToken><Expiration>{END}</Expiration>"
            f"</Credentials></{action}Result></{action}Response>"
        )


class Container(Server):
    """What hands out credentials to a container, by the token that it sends along."""

    def __init__(self):
        super().__init__(self.hand_out)

    def hand_out(self, request, body):
        token = request.headers.get("Authorization")
        name = hashlib.sha256(f"{request.path} {token}".encode()).hexdigest()[:8].upper()
        return 200, json.dumps(document(f"CONTAINER{name}"))


class Instance(Server):
    """The metadata of a machine, in sessions alone."""

    ROLES = "/latest/meta-data/iam/security-credentials/"

    def __init__(self):
        super().__init__(self.tell)

    def tell(self, request, body):
        if request.command == "PUT" and request.path == "/latest/api/token":
            assert request.headers["x-aws-ec2-metadata-token-ttl-seconds"] == "21600"
            return 200, "session"
        if request.headers.get("x-aws-ec2-metadata-token") != "session":
            return 401, ""
        answers = {
            self.ROLES: "my-role",
            self.ROLES + "my-role": json.dumps(document("INSTANCE")),
            "/latest/meta-data/placement/region": "mars-1",
        }
        return (200, answers[request.path]) if request.path in answers else (404, "")
