"""Training jobs whose data and results are in S3: channels, the cache, results, checkpoints."""

import hashlib
import io
import json
import random
import sys
import tarfile
import time

import pytest
from jobs import ROLE, X_RANGE, tuning_job, wait_until_over
from service import wait_for
from storage import Line, Storage

MEGABYTE = 1 << 20
PARTS_AT_ONCE = 8
DIGEST = """\
import hashlib, json, os, sys
found = {}
root = os.environ["SM_CHANNEL_TRAIN"]
for directory, _, names in os.walk(root):
    for name in names:
        path = os.path.join(directory, name)
        digest = hashlib.sha256(open(path, "rb").read()).hexdigest()
        found[os.path.relpath(path, root)] = digest
json.dump(found, open(os.environ["SM_MODEL_DIR"] + "/found.json", "w"))
open(os.environ["SM_OUTPUT_DATA_DIR"] + "/more.txt", "w").write("more")
base = os.environ["SAGEMAKER_BASE_DIR"] + "/checkpoints/"
rounds = base + "rounds"
count = int(open(rounds).read()) if os.path.exists(rounds) else 0
open(rounds, "w").write(str(count + 1))
print("objective=1")
"""


@pytest.fixture
def storage(tmp_path):
    storage = Storage(tmp_path).start()
    yield storage
    storage.stop()


@pytest.fixture
def line(storage):
    line = Line(storage.port)
    yield line
    line.close()


@pytest.fixture
def program(tmp_path):
    path = tmp_path / "digest.py"
    path.write_text(DIGEST)
    return f"exec:{sys.executable} {path}"


def training_job(name, image, uri, kind="S3Prefix", distribution="FullyReplicated", **members):
    return {
        "TrainingJobName": name,
        "AlgorithmSpecification": {"TrainingImage": image, "TrainingInputMode": "File"},
        "RoleArn": ROLE,
        "InputDataConfig": [
            {
                "ChannelName": "train",
                "DataSource": {
                    "S3DataSource": {
                        "S3DataType": kind,
                        "S3Uri": uri,
                        "S3DataDistributionType": distribution,
                    }
                },
            }
        ],
        "OutputDataConfig": {"S3OutputPath": "s3://bucket/output"},
        "ResourceConfig": {"InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
        "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        **members,
    }


def run(client, request, seconds=120):
    """Runs a training job to its end, and returns its description."""
    client.create_training_job(**request)
    return over(client, request["TrainingJobName"], seconds)


def over(client, name, seconds=120):
    def description():
        job = client.describe_training_job(TrainingJobName=name)
        return job if job["TrainingJobStatus"] in ("Completed", "Failed", "Stopped") else None

    return wait_for(description, seconds)


def archive(s3, key):
    """The members of an archive in the bucket, by name."""
    body = s3.get_object(Bucket="bucket", Key=key)["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(body)) as opened:
        return {
            member.name.removeprefix("./"): opened.extractfile(member).read()
            for member in opened.getmembers()
            if member.isfile()
        }


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def put(s3, objects):
    s3.create_bucket(Bucket="bucket")
    for key, content in objects.items():
        s3.put_object(Bucket="bucket", Key=key, Body=content)


def test_every_kind_of_channel(serve, storage, program):
    s3 = storage.client()
    objects = {
        "data/a.csv": b"1,2\n" * 1000,
        "data/deep/b c+ü%.csv": b"x",
        "data/empty": b"",
        "data-2/other": b"not this",
    }
    put(s3, objects)
    manifest = [{"prefix": "s3://bucket/data"}, "/a.csv", "-2/other"]
    put(s3, {"lists/manifest.json": json.dumps(manifest).encode()})
    client = serve(environment=storage.environment).client()
    everything = {
        "a.csv": sha256(objects["data/a.csv"]),
        "deep/b c+ü%.csv": sha256(b"x"),
        "empty": sha256(b""),
    }
    named = {"a.csv": everything["a.csv"], "-2/other": sha256(b"not this")}
    expected = {
        "prefix": (training_job("prefix", program, "s3://bucket/data/"), everything),
        "sharded": (
            training_job("sharded", program, "s3://bucket/data/", distribution="ShardedByS3Key"),
            everything,
        ),
        "manifest": (
            training_job("manifest", program, "s3://bucket/lists/manifest.json", "ManifestFile"),
            named,
        ),
    }
    fast = training_job("fast", program, "s3://bucket/data/")
    fast["InputDataConfig"][0]["InputMode"] = "FastFile"
    expected["fast"] = (fast, everything)
    for name, (request, files) in expected.items():
        job = run(client, request)
        assert job["TrainingJobStatus"] == "Completed", job
        address = job["ModelArtifacts"]["S3ModelArtifacts"]
        assert address == f"s3://bucket/output/{name}/output/model.tar.gz"
        found = json.loads(archive(s3, f"output/{name}/output/model.tar.gz")["found.json"])
        assert found == files
        assert archive(s3, f"output/{name}/output/output.tar.gz") == {"more.txt": b"more"}
        phases = [entry["Status"] for entry in job["SecondaryStatusTransitions"]]
        assert phases == ["Starting", "Downloading", "Training", "Uploading", "Completed"]


@pytest.mark.parametrize(
    "uri, words",
    [
        ("s3://nowhere/data/", "NoSuchBucket"),
        ("s3://bucket/none/", "no objects were found under s3://bucket/none/"),
    ],
)
def test_data_that_is_not_there(serve, storage, program, uri, words):
    put(storage.client(), {})
    client = serve(environment=storage.environment).client()
    job = run(client, training_job("missing", program, uri))
    assert job["TrainingJobStatus"] == "Failed"
    assert job["FailureReason"].startswith("ClientError: Data download failed: Channel 'train': ")
    assert words in job["FailureReason"]


def test_the_jobs_of_a_tuning_job_bring_each_object_once(serve, storage, program):
    s3 = storage.client()
    put(s3, {f"data/{number}": bytes([number]) * 1000 for number in range(10)})
    client = serve(environment=storage.environment).client()
    template = training_job("unused", program, "s3://bucket/data/")
    definition = {key: value for key, value in template.items() if key != "TrainingJobName"}
    definition["StaticHyperParameters"] = {}
    definition["AlgorithmSpecification"]["MetricDefinitions"] = [
        {"Name": "objective", "Regex": "objective=([0-9.]+)"}
    ]
    definition["CheckpointConfig"] = {"S3Uri": "s3://bucket/checkpoints"}
    client.create_hyper_parameter_tuning_job(
        **tuning_job("shared", definition, X_RANGE, count=6, parallel=3)
    )
    job = wait_until_over(client, "shared")
    assert job["TrainingJobStatusCounters"]["Completed"] == 6, job
    for number in range(10):
        assert storage.count(f"GET /bucket/data/{number} ") == 1
    listing = s3.list_objects_v2(Bucket="bucket", Prefix="checkpoints/")["Contents"]
    keys = [entry["Key"] for entry in listing]
    # Each job has a place of its own.
    assert len(keys) == 6 and all(key.endswith("/rounds") for key in keys)


def test_checkpoints_come_back_on_another_machine(serve, storage, program):
    s3 = storage.client()
    put(s3, {"data/a": b"1"})
    for number, name in enumerate(["first", "second"], 1):
        client = serve(environment=storage.environment).client()
        request = training_job(name, program, "s3://bucket/data/")
        request["CheckpointConfig"] = {"S3Uri": "s3://bucket/place"}
        assert run(client, request)["TrainingJobStatus"] == "Completed"
        rounds = s3.get_object(Bucket="bucket", Key="place/rounds")["Body"].read()
        assert int(rounds) == number


def test_a_long_download_survives_a_kill(serve, storage, program):
    s3 = storage.client()
    content = random.Random(1).randbytes(200 * MEGABYTE)
    put(s3, {"data/large": content})
    part_count = len(content) // (8 * MEGABYTE)
    service = serve(environment=storage.environment)
    client = service.client()
    client.create_training_job(**training_job("long", program, "s3://bucket/data/"))

    def parts():
        found = list((service.data / "cache").glob("*.parts"))
        return len(json.loads(found[0].read_text())["parts"]) if found else 0

    wait_for(lambda: parts() >= 12, interval=0.005)
    service.kill()
    assert 12 <= parts() < part_count
    service.start()
    client = service.client()
    job = over(client, "long", 300)
    assert job["TrainingJobStatus"] == "Completed", job
    # Only what was under way at the kill was asked for twice.
    assert part_count <= storage.count("GET /bucket/data/large ") <= part_count + PARTS_AT_ONCE
    found = json.loads(archive(s3, "output/long/output/model.tar.gz")["found.json"])
    assert found == {"large": sha256(content)}


def test_a_line_that_is_cut_in_a_download(serve, storage, line, program):
    s3 = storage.client()
    content = random.Random(3).randbytes(60 * MEGABYTE)
    put(s3, {})
    s3.upload_fileobj(io.BytesIO(content), "bucket", "data/large")  # in parts
    environment = {**storage.environment, "AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{line.port}"}
    service = serve(environment=environment)
    client = service.client()
    client.create_training_job(**training_job("outage", program, "s3://bucket/data/"))
    wait_for(lambda: list((service.data / "cache").glob("*.parts")), interval=0.005)
    line.cut()
    wait_for(lambda: line.refused >= 3)
    job = client.describe_training_job(TrainingJobName="outage")
    assert job["SecondaryStatus"] == "Downloading"
    line.mend()
    job = over(client, "outage")
    assert job["TrainingJobStatus"] == "Completed", job
    found = json.loads(archive(s3, "output/outage/output/model.tar.gz")["found.json"])
    assert found == {"large": sha256(content)}


def test_a_large_result_is_uploaded_in_parts(serve, storage, tmp_path):
    s3 = storage.client()
    put(s3, {"data/a": b"1"})
    path = tmp_path / "large.py"
    path.write_text(
        "import os, random\n"
        "content = random.Random(2).randbytes(30 << 20)\n"
        "open(os.environ['SM_MODEL_DIR'] + '/weights', 'wb').write(content)\n"
    )
    client = serve(environment=storage.environment).client()
    request = training_job("large", f"exec:{sys.executable} {path}", "s3://bucket/data/")
    assert run(client, request)["TrainingJobStatus"] == "Completed"
    found = archive(s3, "output/large/output/model.tar.gz")
    assert sha256(found["weights"]) == sha256(random.Random(2).randbytes(30 << 20))
    assert s3.head_object(Bucket="bucket", Key="output/large/output/model.tar.gz")[
        "ETag"
    ].endswith('-4"')
    assert "Uploads" not in s3.list_multipart_uploads(Bucket="bucket")


def test_a_stop_ends_a_download_at_once(serve, storage, line, program):
    put(storage.client(), {"data/a": b"1"})
    environment = {**storage.environment, "AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{line.port}"}
    client = serve(environment=environment).client()
    line.cut()
    client.create_training_job(**training_job("stopped", program, "s3://bucket/data/"))
    wait_for(lambda: line.refused >= 2)
    start = time.monotonic()
    client.stop_training_job(TrainingJobName="stopped")
    assert over(client, "stopped")["TrainingJobStatus"] == "Stopped"
    assert time.monotonic() - start < 5
