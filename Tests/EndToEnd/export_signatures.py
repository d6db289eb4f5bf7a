"""Writes the signatures that botocore makes, as rows of a Swift test.

    python3 Tests/EndToEnd/export_signatures.py \
        > Tests/SageMakerAPITests/Signing/BotocoreSignatures.swift
"""

import datetime
from unittest import mock

import botocore
import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

JSON = "application/x-amz-json-1.1"
ROWS = [
    # host and port, region, target, body, moment, further headers, session token
    ("127.0.0.1:8080", "us-east-1", "ListTrainingJobs", "{}", "20260101T000000Z", {}, None),
    ("[::1]:9", "eu-west-3", "DescribeTrainingJob", '{"TrainingJobName":"a"}',
     "20240229T235959Z", {}, None),
    ("tuner.example", "ap-southeast-2", "CreateTrainingJob", '{"é":"ü\\u0000 €"}',
     "20300615T120000Z", {"X-Amz-Content-SHA256": None, "X-Note": "  two   spaces  "}, None),
    ("localhost:65535", "us-gov-west-1", "StopTrainingJob", "x" * 5000,
     "20991231T010203Z", {"User-Agent": "not signed"}, "token/with+signs=="),
    ("sagemaker.example:443", "us-east-1", "Search", "", "19991231T235959Z", {}, None),
]


def signed(host, region, target, body, moment, headers, token):
    body = body.encode()
    request = AWSRequest(
        "POST", f"http://{host}/", data=body,
        headers={"Content-Type": JSON, "X-Amz-Target": f"SageMaker.{target}", "Host": host})
    for name, value in headers.items():
        if value is None:
            value = botocore.auth.sha256(body).hexdigest()
        request.headers[name] = value
    key = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", token)
    now = datetime.datetime.strptime(moment, "%Y%m%dT%H%M%SZ")
    with mock.patch("botocore.auth.get_current_datetime", return_value=now):
        botocore.auth.SigV4Auth(key, "sagemaker", region).add_auth(request)
    return request


def text(value):
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def main():
    print(f"// Made by Tests/EndToEnd/export_signatures.py with botocore {botocore.__version__}.\n")
    print("extension BotocoreSignatureTests {")
    print("    static let rows = [")
    for host, region, target, body, moment, headers, token in ROWS:
        request = signed(host, region, target, body, moment, headers, token)
        signature = request.headers["Authorization"].rsplit("=", 1)[1]
        print("        Row(")
        print(f"            region: {text(region)}, time: {text(moment)},")
        print("            headers: [")
        for name, value in request.headers.items():
            if name not in ("Authorization", "X-Amz-Date", "X-Amz-Security-Token", "User-Agent"):
                print(f"                ({text(name)}, {text(value)}),")
        print("            ],")
        shown = 'String(repeating: "x", count: 5_000)' if len(body) == 5000 else text(body)
        print(f"            body: {shown},")
        print(f"            token: {text(token) if token else 'nil'},")
        print(f"            signature: {text(signature)}),")
    print("    ]\n}")


if __name__ == "__main__":
    main()
