"""Writes the addresses that botocore finds for services, as rows of a Swift test.

    python3 Tests/EndToEnd/export_endpoints.py > Tests/AWSClientTests/BotocoreEndpoints.swift
"""

import os
import random
import tempfile
from pathlib import Path
from unittest import mock

import botocore
import botocore.session
from botocore.exceptions import BotoCoreError

SEED = 2026
ROWS = 16
# botocore still gives S3 in us-east-1 its old address, which is none of that region alone.
REGIONS = ["eu-west-1", "us-gov-west-1", "cn-north-1", "ap-southeast-2"]
SERVICES = ["sagemaker", "s3", "sts"]


def setup(draw):
    """Variables and a configuration file."""

    def chance(share):
        return draw.random() < share

    variables = {}
    if chance(0.6):
        variables["AWS_DEFAULT_REGION"] = draw.choice(REGIONS)
    if chance(0.3):
        variables["AWS_ENDPOINT_URL"] = "http://all.example:1"
    for service in SERVICES:
        if chance(0.2):
            variables[f"AWS_ENDPOINT_URL_{service.upper()}"] = f"https://{service}.example/path"
    if chance(0.15):
        variables["AWS_IGNORE_CONFIGURED_ENDPOINT_URLS"] = draw.choice(["true", "True", "false"])
    if chance(0.4):
        variables["AWS_PROFILE"] = "p"
    lines = []
    for header in ("default", "profile p"):
        lines += [f"[{header}]", f"region = {draw.choice(REGIONS)}"]
        if chance(0.3):
            lines.append(f"endpoint_url = http://{header.split()[-1]}.example:2")
        if chance(0.5):
            lines.append(f"services = {draw.choice(['one', 'two', 'nowhere'])}")
        if chance(0.15):
            lines.append(f"ignore_configured_endpoint_urls = {draw.choice(['true', 'false'])}")
    for name in ("one", "two"):
        lines.append(f"[services {name}]")
        for service in SERVICES:
            if chance(0.4):
                lines += [f"{service} =", f"  endpoint_url = http://{name}.{service}"]
    return variables, "\n".join(lines)


def endpoint(service, variables, config):
    """The address, or `None` where something is wrong."""
    with tempfile.TemporaryDirectory() as home:
        (Path(home) / ".aws").mkdir()
        (Path(home) / ".aws/config").write_text(config)
        keys = {"AWS_ACCESS_KEY_ID": "A", "AWS_SECRET_ACCESS_KEY": "s"}
        with mock.patch.dict(os.environ, {"HOME": home, **keys, **variables}, clear=True):
            try:
                client = botocore.session.Session().create_client(service)
            except (BotoCoreError, ValueError):
                return None
            return client.meta.endpoint_url


def text(value):
    if value is None:
        return "nil"
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def main():
    draw = random.Random(SEED)
    print(
        f"// Made by Tests/EndToEnd/export_endpoints.py with botocore {botocore.__version__}.\n"
    )
    print("extension BotocoreEndpointTests {")
    print("    static let rows = [")
    for _ in range(ROWS):
        variables, config = setup(draw)
        pairs = ",\n".join(
            f"                {text(name)}: {text(value)}" for name, value in variables.items()
        )
        print("        Row(")
        print(f"            environment: [\n{pairs},\n            ]," if pairs else
              "            environment: [:],")
        print('            config: """')
        for line in config.splitlines():
            print(f"                {line}")
        print('                """,')
        print("            endpoints: [")
        for service in SERVICES:
            print(f"                {text(endpoint(service, variables, config))},")
        print("            ]),")
    print("    ]\n}")


if __name__ == "__main__":
    main()
