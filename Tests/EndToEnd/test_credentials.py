"""What requests are signed with, against what botocore finds in the same surroundings."""

import json
import os
import random
import shlex
import socket
import subprocess
import sys
import time
from unittest import mock

import boto3
import botocore.session
import pytest
from amazon import Container, Instance, Recorder, TokenService, document, secret_of, token_of
from botocore.exceptions import BotoCoreError, ClientError, NoRegionError
from moto.server import ThreadedMotoServer

STANDARD_REGION = "us-east-1"
SETUPS = 200
PROFILES = ["default", "a", "b", "with space"]


def server(kind, *arguments):
    @pytest.fixture(scope="module")
    def running():
        made = kind(*arguments)
        yield made
        made.close()

    return running


recorder = server(Recorder)
# Reached by an address that is not one of loopback.
far_recorder = server(Recorder, "0.0.0.0")
# Of moto's keys nobody knows the secrets.
trusting_recorder = server(Recorder, "127.0.0.1", False)
sts = server(TokenService)
container = server(Container)
instance = server(Instance)


class Setup:
    """Variables and files, in a home directory of their own."""

    def __init__(self, home):
        self.home = home
        self.variables = {"AWS_EC2_METADATA_DISABLED": "true"}
        (home / ".aws").mkdir()

    def write(self, name, text):
        (self.home / name).write_text(text)
        return str(self.home / name)

    @property
    def environment(self):
        kept = {name: os.environ[name] for name in ("PATH", "LD_LIBRARY_PATH") if name in os.environ}
        return {**kept, "HOME": str(self.home), **self.variables}

    def found_by_botocore(self):
        """Key, token and region; the class of the error; `None` where there is nothing."""
        with mock.patch.dict(os.environ, self.environment, clear=True):
            session = botocore.session.Session()
            try:
                credentials = session.get_credentials()
                region = session.get_config_variable("region") or STANDARD_REGION
                if credentials is None:
                    return None
                frozen = credentials.get_frozen_credentials()
            except (BotoCoreError, ClientError, ValueError, OSError, KeyError) as error:
                return type(error)
        return frozen.access_key, frozen.token, region

    def found_by_tuner(self, binary, recorder):
        recorder.last = None
        done = subprocess.run(
            [binary, "list", "--json", "--endpoint", recorder.address],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=60,
        )
        said = done.stdout + done.stderr
        assert "secret/of+" not in said and "token/of+" not in said
        if done.returncode != 0:
            assert done.returncode == 2 and done.stderr and recorder.last is None, said
            return done.stderr
        seen = recorder.last
        if seen.key is None:
            return None
        assert seen.service == "sagemaker"
        return seen.key, seen.token, seen.region

    def __str__(self):
        texts = [f"== {path.name}\n{path.read_text()}" for path in (self.home / ".aws").iterdir()]
        return "\n".join([json.dumps(self.variables, indent=1), *texts])


@pytest.fixture
def setup(tmp_path, sts):
    made = Setup(tmp_path)
    made.variables["AWS_ENDPOINT_URL_STS"] = sts.address
    return made


def key_members(name, token=False):
    members = {"aws_access_key_id": name, "aws_secret_access_key": secret_of(name)}
    return {**members, "aws_session_token": token_of(name)} if token else members


def section(header, members):
    return "".join([f"[{header}]\n", *(f"{name} = {value}\n" for name, value in members.items())])


def program(name):
    """A command that prints a key."""
    text = json.dumps(document(name, token="SessionToken"))
    return f"{sys.executable} -c {shlex.quote(f'print({text!r})')}"


class Generator:
    """Draws setups of every kind, the wrong ones included."""

    def __init__(self, seed, setup, container):
        self.random = random.Random(seed)
        self.setup = setup
        self.container = container

    def chance(self, share):
        return self.random.random() < share

    def fill(self):
        names = [name for name in PROFILES if self.chance(0.8)]
        config, credentials = [], []
        for name in names:
            members = self.profile(name)
            key = "KEY" + name.replace(" ", "").upper()
            if self.chance(0.35):
                credentials.append(section(name, key_members(key + "FILE", self.chance(0.5))))
            if members or self.chance(0.5):
                quoted = f'"{name}"' if " " in name else name
                plain = name == "default" and self.chance(0.7)
                config.append(section(name if plain else f"profile {quoted}", members))
        self.random.shuffle(config)
        config.append("[plugins]\nx = 1\n")
        comments = ["# a comment\n", "; another\n\n", "  # far out\n", ""]
        self.setup.write(".aws/config", self.random.choice(comments).join(["", *config]))
        self.setup.write(".aws/credentials", "\n".join(credentials))
        self.draw_variables(names)

    def profile(self, name):
        members = {}
        key = "KEY" + name.replace(" ", "").upper()
        if self.chance(0.5):
            members["region"] = self.random.choice(["eu-west-1", "ap-south-1"])
        if self.chance(0.25):
            members |= key_members(key + "CONFIG", self.chance(0.5))
        elif self.chance(0.05):
            members["aws_access_key_id"] = "HALF"
        if self.chance(0.2):
            members["credential_process"] = program(key + "PROGRAM")
        if self.chance(0.45):
            members |= self.role(name)
        if self.chance(0.1):
            members["web_identity_token_file"] = self.setup.write("token-" + key, "of-" + key)
        return members

    def role(self, name):
        part = self.random.choice(["role/x", "role/y/z", "role/denied"])
        members = {"role_arn": f"arn:aws:iam::123456789012:{part}"}
        if self.chance(0.75):
            members["source_profile"] = self.random.choice([*PROFILES, "nowhere"])
        if self.chance(0.3):
            places = ["Environment", "EcsContainer", "Moon"]
            members["credential_source"] = self.random.choice(places)
        options = {
            "external_id": "e/&+= x",
            "duration_seconds": "900",
            "role_session_name": f"me-{len(name)}",
        }
        return members | {name: value for name, value in options.items() if self.chance(0.4)}

    def draw_variables(self, names):
        variables = self.setup.variables
        if self.chance(0.3):
            variables["AWS_ACCESS_KEY_ID"] = "ENVIRONMENT"
            if self.chance(0.9):
                variables["AWS_SECRET_ACCESS_KEY"] = secret_of("ENVIRONMENT")
            if self.chance(0.5):
                variables["AWS_SESSION_TOKEN"] = token_of("ENVIRONMENT")
        if self.chance(0.5):
            variables["AWS_PROFILE"] = self.random.choice([*names, *PROFILES])
        if self.chance(0.4):
            variables["AWS_DEFAULT_REGION"] = "us-west-2"
        if self.chance(0.15):
            path = self.setup.write("token", "of-environment")
            variables["AWS_WEB_IDENTITY_TOKEN_FILE"] = path
            if self.chance(0.8):
                variables["AWS_ROLE_ARN"] = "arn:aws:iam::123456789012:role/web"
        if self.chance(0.3):
            variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = self.container.address + "/c"
            if self.chance(0.5):
                variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = "Basic of-variable"
            if self.chance(0.3):
                path = self.setup.write("container-token", "Basic of-file")
                variables["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] = path


@pytest.mark.parametrize("seed", range(SETUPS))
def test_the_same_as_botocore(tuner_binary, setup, recorder, container, seed):
    Generator(seed, setup, container).fill()
    found = setup.found_by_tuner(tuner_binary, recorder)
    expected = setup.found_by_botocore()
    if expected is NoRegionError:
        # Roles are taken on in the standard region then.
        setup.variables["AWS_DEFAULT_REGION"] = STANDARD_REGION
        expected = setup.found_by_botocore()
    if isinstance(expected, type):
        assert isinstance(found, str), f"{expected} was due\n{setup}"
    else:
        assert found == expected, str(setup)


def test_the_setups_are_of_every_kind(tmp_path_factory, container, sts):
    kinds = set()
    for seed in range(SETUPS):
        setup = Setup(tmp_path_factory.mktemp("kinds"))
        setup.variables["AWS_ENDPOINT_URL_STS"] = sts.address
        Generator(seed, setup, container).fill()
        found = setup.found_by_botocore()
        if isinstance(found, tuple):
            name = found[0]
            place = ["ENVIRONMENT", "FILE", "CONFIG", "PROGRAM", "CONTAINER", "ASIA"]
            kinds.add(next(word for word in place if word in name))
        else:
            kinds.add(found)
    assert kinds >= {None, "ENVIRONMENT", "FILE", "CONFIG", "PROGRAM", "CONTAINER", "ASIA"}
    assert len(kinds) >= 12


def test_an_instance(tuner_binary, setup, far_recorder, recorder, instance):
    setup.variables |= {"AWS_EC2_METADATA_SERVICE_ENDPOINT": instance.address}
    del setup.variables["AWS_EC2_METADATA_DISABLED"]
    key, token, _ = setup.found_by_botocore()
    # botocore does not ask the machine for its region.
    assert setup.found_by_tuner(tuner_binary, far_recorder) == (key, token, "mars-1")
    setup.variables["AWS_DEFAULT_REGION"] = "eu-west-1"
    assert setup.found_by_tuner(tuner_binary, far_recorder) == (key, token, "eu-west-1")
    assert setup.found_by_tuner(tuner_binary, recorder) is None
    setup.variables["AWS_EC2_METADATA_DISABLED"] = "true"
    assert setup.found_by_tuner(tuner_binary, far_recorder) is None


def test_an_instance_that_does_not_answer(tuner_binary, setup, far_recorder):
    del setup.variables["AWS_EC2_METADATA_DISABLED"]
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        setup.variables["AWS_EC2_METADATA_SERVICE_ENDPOINT"] = f"http://127.0.0.1:{port}"
        start = time.monotonic()
        assert setup.found_by_tuner(tuner_binary, far_recorder) is None
        # It is asked for credentials and for its region, a second each.
        assert time.monotonic() - start < 20


def test_a_sign_on_profile_is_refused_with_a_way_out(tuner_binary, setup, recorder):
    members = {"sso_start_url": "https://x", "sso_account_id": "1", "sso_role_name": "r"}
    setup.write(".aws/config", section("default", {**members, "sso_region": "us-east-1"}))
    assert isinstance(setup.found_by_botocore(), type)
    assert "aws configure export-credentials" in setup.found_by_tuner(tuner_binary, recorder)


@pytest.mark.parametrize("kind", ["role", "web identity"])
def test_roles_of_moto(tuner_binary, setup, trusting_recorder, kind):
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    try:
        host, port = moto.get_host_and_port()
        address = f"http://{host}:{port}"
        setup.variables["AWS_ENDPOINT_URL_STS"] = address
        arn = "arn:aws:iam::123456789012:role/tuning"
        members = {"role_arn": arn, "role_session_name": "me"}
        if kind == "role":
            members["source_profile"] = "keys"
        else:
            members["web_identity_token_file"] = setup.write("token", "any")
        setup.write(".aws/config", section("default", members))
        setup.write(".aws/credentials", section("keys", key_members("AKIAKEYS")))
        key, token, region = setup.found_by_tuner(tuner_binary, trusting_recorder)
        client = boto3.client(
            "sts",
            endpoint_url=address,
            region_name=region,
            aws_access_key_id=key,
            aws_secret_access_key="any",
            aws_session_token=token,
        )
        identity = client.get_caller_identity()["Arn"]
        assert identity == "arn:aws:sts::123456789012:assumed-role/tuning/me"
    finally:
        moto.stop()
