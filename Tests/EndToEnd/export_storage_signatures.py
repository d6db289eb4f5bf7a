"""Writes the signatures that botocore makes for S3, as rows of a Swift test.

    python3 Tests/EndToEnd/export_storage_signatures.py \
        > Tests/AWSClientTests/StorageSignatures.swift
"""

import datetime
from unittest import mock

import botocore
import botocore.auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

ROWS = [
    # method, address, region, body, moment, further headers, session token
    ("GET", "https://bucket.s3.eu-west-1.amazonaws.com/key", "eu-west-1", "",
     "20260101T000000Z", {}, None),
    ("GET", "http://127.0.0.1:5000/bucket/a%20b/%C3%BC%2Bc%26d", "us-east-1", "",
     "20260101T000000Z", {}, None),
    ("GET", "http://127.0.0.1:5000/bucket/a%2Fb%253D", "us-east-1", "",
     "20260101T000000Z", {"range": "bytes=0-99"}, None),
    ("PUT", "http://127.0.0.1:5000/bucket//a/./b/../c/", "us-east-1", "body é",
     "20260101T000000Z", {"content-type": "text/plain", "x-amz-meta-note": "a  b"}, None),
    ("PUT", "http://[::1]:9000/bucket/key?partNumber=2&uploadId=a%2Fb%3D", "cn-north-1",
     "x" * 5000, "20991231T010203Z", {}, "token/with+signs=="),
    ("POST", "http://[::1]:9000/bucket/key?uploads", "us-gov-west-1", "",
     "19991231T235959Z", {}, None),
    ("GET", "https://s3.us-east-1.amazonaws.com/bucket?list-type=2&prefix=a%2Fb%20c&delimiter=%2F"
     "&continuation-token=1%2B%2F%3D%3D&start-after=", "us-east-1", "",
     "20240229T235959Z", {}, "t"),
    ("HEAD", "https://s3.us-east-1.amazonaws.com:443/bucket/", "us-east-1", "",
     "20240229T235959Z", {}, None),
    ("DELETE", "http://localhost/bucket/~a-._!*'()@$,;:=", "us-east-1", "",
     "20240229T235959Z", {}, None),
]


def signature(method, address, region, body, moment, headers, token):
    headers = {"Host": botocore.auth._host_from_url(address), **headers}
    request = AWSRequest(method, address, data=body.encode(), headers=headers)
    key = Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", token)
    now = datetime.datetime.strptime(moment, "%Y%m%dT%H%M%SZ")
    # Addresses are without user, and bodies are signed, as no checksum is sent.
    with mock.patch("botocore.auth.get_current_datetime", return_value=now):
        botocore.auth.S3SigV4Auth(key, "s3", region).add_auth(request)
    return request.headers["Authorization"].rsplit("=", 1)[1]


def text(value):
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def main():
    print(
        "// Made by Tests/EndToEnd/export_storage_signatures.py with botocore "
        f"{botocore.__version__}.\n"
    )
    print("extension StorageSignatureTests {")
    print("    static let rows = [")
    for row in ROWS:
        method, address, region, body, moment, headers, token = row
        pairs = ", ".join(f"{text(name)}: {text(value)}" for name, value in headers.items())
        shown = 'String(repeating: "x", count: 5_000)' if len(body) == 5000 else text(body)
        cut = address.find("&delimiter")
        start, rest = (address[:cut], address[cut:]) if cut > 0 else (address, "")
        print("        Row(")
        print(f"            method: {text(method)},")
        joined = f"\n                + {text(rest)}" if rest else ""
        print(f"            address: {text(start)}{joined},")
        print(f"            region: {text(region)}, time: {text(moment)},")
        print(f"            headers: [{pairs or ':'}],")
        print(f"            body: {shown},")
        print(f"            token: {text(token) if token else 'nil'},")
        print(f"            signature: {text(signature(*row))}),")
    print("    ]\n}")


if __name__ == "__main__":
    main()
