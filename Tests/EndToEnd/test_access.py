"""Access keys and TLS, with boto3 signing as it always does."""

import json
import os
import re
import socket
import ssl
import stat
import subprocess
import urllib.error
import urllib.request
from datetime import datetime, timedelta, timezone
from unittest import mock

import pytest
from botocore.exceptions import ClientError
from jobs import OVER, STEPS, definition
from service import wait_for

SECRET = "s3cr3t-of-the-environment"


@pytest.fixture
def tuner(tuner_binary, tmp_path):
    """Runs commands of the program; they see no keys but those a test gives them."""

    def run(*arguments, code=0, **environment):
        clean = {name: value for name, value in os.environ.items() if "AWS_" not in name}
        done = subprocess.run(
            [tuner_binary, *map(str, arguments)],
            env={**clean, "HOME": str(tmp_path), **environment},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == code, done.stderr
        return done.stdout

    return run


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def new_key(tuner, data):
    """Makes access keys: pairs of an ID and a secret."""

    def create(*arguments):
        made = json.loads(tuner("keys", "create", "--data", data, "--json", *arguments))
        return made["AccessKeyId"], made["SecretAccessKey"]

    return create


def code_of(call, **arguments):
    """The code of the error that a call ends with; `None` when it is answered."""
    try:
        call(**arguments)
        return None
    except ClientError as error:
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 400
        return error.response["Error"]["Code"]


def training_job(name):
    request = definition(STEPS, environment={"SECRET": SECRET})
    del request["StaticHyperParameters"]
    parameters = {"x": "1", "steps": "1", "seconds": "0", "note": SECRET}
    return {"TrainingJobName": name, **request, "HyperParameters": parameters}


def wait_until_over(client, name):
    def is_over():
        return client.describe_training_job(TrainingJobName=name)["TrainingJobStatus"] in OVER

    wait_for(is_over)


def test_keys_are_created_listed_and_revoked(tuner, data):
    shown = tuner("keys", "create", "--name", "laptop", "--data", data)
    match = re.fullmatch(
        r"AWS_ACCESS_KEY_ID=(AKIA[A-Z2-7]{16})\n"
        r"AWS_SECRET_ACCESS_KEY=([A-Za-z0-9+/]{40})\n",
        shown,
    )
    assert match
    assert stat.S_IMODE((data / "keys.json").stat().st_mode) == 0o600
    listed = tuner("keys", "list", "--data", data)
    assert match[1] in listed and "laptop" in listed and match[2] not in listed
    tuner("keys", "revoke", match[1], "--data", data)
    assert json.loads(tuner("keys", "list", "--data", data, "--json")) == []
    tuner("keys", "revoke", match[1], "--data", data, code=2)


def test_who_may_do_what(serve, new_key, tuner, data):
    full, reading = new_key(), new_key("--read-only")
    service = serve(data, arguments=["--log-level", "trace"])
    client = service.client(full)
    # Its program does not know the hyperparameter, and quotes it before it gives up.
    client.create_training_job(**training_job("one"))
    wait_until_over(client, "one")
    assert SECRET in client.describe_training_job(TrainingJobName="one")["FailureReason"]
    assert client.list_training_jobs()["TrainingJobSummaries"]

    reader = service.client(reading)
    assert reader.describe_training_job(TrainingJobName="one")["TrainingJobName"] == "one"
    assert code_of(reader.create_training_job, **training_job("two")) == "AccessDeniedException"
    assert code_of(reader.delete_training_job, TrainingJobName="one") == "AccessDeniedException"

    for key, code in [
        ((full[0], reading[1]), "InvalidSignatureException"),
        (("AKIAUNKNOWN", full[1]), "UnrecognizedClientException"),
    ]:
        assert code_of(service.client(key).list_training_jobs) == code
        assert code_of(service.client(key).create_training_job, **training_job("three")) == code

    # What was made or revoked meanwhile counts without a restart.
    assert code_of(service.client(new_key()).list_training_jobs) is None
    tuner("keys", "revoke", full[0], "--data", data)
    assert code_of(client.list_training_jobs) == "UnrecognizedClientException"

    log = service.log_tail()
    assert f"key={full[0]}" in log and "operation=CreateTrainingJob" in log
    whole = service.log.read_text()
    for secret in (full[1], reading[1], SECRET):
        assert secret not in whole


def test_without_keys_loopback_is_open_and_the_log_says_so(serve):
    service = serve()
    assert code_of(service.client().list_training_jobs) is None
    assert "no access keys" in service.log_tail()


def test_the_first_key_closes_a_running_service(serve, new_key, data):
    service = serve(data)
    assert code_of(service.client().list_training_jobs) is None
    key = new_key()
    assert code_of(service.client().list_training_jobs) == "UnrecognizedClientException"
    assert code_of(service.client(key).list_training_jobs) is None


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_clock_that_is_wrong(serve, new_key, data, minutes):
    key = new_key()
    client = serve(data).client(key)
    wrong = datetime.now(timezone.utc) + timedelta(minutes=minutes)
    with mock.patch("botocore.auth.get_current_datetime", return_value=wrong):
        assert code_of(client.list_training_jobs) == "InvalidSignatureException"
    nearly = datetime.now(timezone.utc) + timedelta(minutes=minutes * 0.8)
    with mock.patch("botocore.auth.get_current_datetime", return_value=nearly):
        assert code_of(client.list_training_jobs) is None


def test_what_was_changed_on_the_way(serve, new_key, data):
    client = serve(data).client(new_key())

    def tamper(request, **_):
        request.body = b'{"MaxResults": 2}'
        request.headers["Content-Length"] = str(len(request.body))

    client.meta.events.register("before-send.sagemaker", tamper)
    assert code_of(client.list_training_jobs, MaxResults=1) == "InvalidSignatureException"


def test_requests_that_are_not_signed(serve, new_key, data):
    new_key()
    endpoint = serve(data).endpoint
    for path in ("/healthz", "/readyz"):
        assert urllib.request.urlopen(endpoint + path, timeout=30).status == 200
    headers = {"X-Amz-Target": "SageMaker.ListTrainingJobs"}
    for query in ("", "?X-Amz-Signature=0&X-Amz-Algorithm=AWS4-HMAC-SHA256"):
        request = urllib.request.Request(f"{endpoint}/{query}", b"{}", headers)
        with pytest.raises(urllib.error.HTTPError) as error:
            urllib.request.urlopen(request, timeout=30)
        answer = json.loads(error.value.read())
        assert error.value.code == 400
        assert answer["__type"] in (
            "MissingAuthenticationTokenException",
            "IncompleteSignatureException",
        )


def test_the_command_line_signs(serve, new_key, tuner, data):
    key = new_key()
    service = serve(data)
    service.client(key).create_training_job(**training_job("mine"))
    wait_until_over(service.client(key), "mine")
    names = dict(zip(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), key))
    at = ("--endpoint", service.endpoint)
    assert "mine" in tuner("describe", "mine", *at, **names)
    assert json.loads(tuner("list", "--json", *at, **names)) == []
    tuner("list", *at, code=2)
    tuner("list", *at, code=2, **{**names, "AWS_SECRET_ACCESS_KEY": "wrong"})


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for localhost that vouches for itself, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    files = folder / "certificate.pem", folder / "key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
        + ["-nodes", "-days", "2", "-subj", "/CN=localhost", "-out", files[0], "-keyout", files[1]]
        + ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
        check=True,
        capture_output=True,
    )
    return files


def options(certificate):
    return ["--tls-certificate", str(certificate[0]), "--tls-key", str(certificate[1])]


def test_tls(serve, new_key, tuner, data, certificate):
    key = new_key()
    service = serve(data, arguments=options(certificate))
    assert service.endpoint.startswith("https://127.0.0.1:")
    client = service.client(key, verify=str(certificate[0]))
    assert code_of(client.list_training_jobs) is None
    assert code_of(service.client(verify=str(certificate[0])).list_training_jobs)

    at = ("--endpoint", service.endpoint, "--json")
    names = dict(zip(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), key))
    assert json.loads(tuner("list", *at, "--ca-file", str(certificate[0]), **names)) == []
    assert json.loads(tuner("list", *at, AWS_CA_BUNDLE=str(certificate[0]), **names)) == []
    tuner("list", *at, code=2, **names)
    tuner("list", *at, "--ca-file", str(certificate[1]), code=2, **names)

    port = int(service.endpoint.rsplit(":", 1)[1])
    old = ssl.create_default_context(cafile=certificate[0])
    old.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        with pytest.raises((ssl.SSLError, OSError)):
            old.wrap_socket(connection, server_hostname="localhost")


def test_beyond_loopback_it_needs_keys_and_tls(
    tuner_binary, serve, new_key, tuner, data, certificate
):
    def refusal(*arguments):
        done = subprocess.run(
            [tuner_binary, "serve", "--port", "0", "--data", data, "--host", "0.0.0.0"]
            + list(arguments),
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 2 and not done.stdout
        return done.stderr

    assert "access keys and TLS" in refusal()
    assert "keys create" in refusal(*options(certificate))
    assert "keys create" in refusal("--behind-proxy")
    key = new_key()
    assert "--tls-certificate" in refusal()
    assert "/nowhere" in refusal("--tls-certificate", "/nowhere", "--tls-key", "/nowhere")
    service = serve(data, arguments=["--host", "0.0.0.0", *options(certificate)])
    service.endpoint = service.endpoint.replace("0.0.0.0", "127.0.0.1")
    assert code_of(service.client(key, verify=str(certificate[0])).list_training_jobs) is None


def test_behind_a_proxy(serve, new_key, data):
    key = new_key()
    service = serve(data, arguments=["--behind-proxy"])

    def proxy(request, **_):
        request.headers["X-Forwarded-For"] = "192.0.2.1, 192.0.2.7"

    client = service.client(key)
    client.meta.events.register("before-send.sagemaker", proxy)
    assert code_of(client.create_training_job, **training_job("proxied")) is None
    assert "address=192.0.2.7" in service.log_tail()
    wait_until_over(client, "proxied")
    assert code_of(service.client().list_training_jobs) == "UnrecognizedClientException"
