"""`tuner export` writes tables that pandas reads without options."""

import json
import math
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pandas
import pytest
from jobs import continuous, definition, tuning_job

METRIC = {"Name": "objective", "Regex": "objective=([0-9.eE+-]+)"}
NAME = 'x, "é"'
ODD = ['a,b "c"', "naïve ☃", "-x=1", " spaced "]


@pytest.fixture
def tuner(tuner_binary, tmp_path):
    """Runs `tuner COMMAND ...` in a directory of its own, on data of its own."""

    def run(*words, environment=None, code=0):
        done = subprocess.run(
            [str(tuner_binary), *words],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            timeout=120,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done

    return run


@pytest.fixture
def job(tuner, tmp_path):
    """A tuning job that is over, some of whose training jobs have failed."""
    ranges = {
        "ContinuousParameterRanges": [continuous(NAME, -5, 10), continuous("status", 0, 15)],
        "IntegerParameterRanges": [{"Name": "layers", "MinValue": "1", "MaxValue": "8"}],
        "CategoricalParameterRanges": [
            {"Name": "odd", "Values": ODD},
            {"Name": "batch", "Values": ["16", "32", "64"]},
        ],
    }
    request = tuning_job(
        "export",
        definition("mock:sphere?epochs=3&failures=0.3&seed=4", metric=METRIC),
        ranges,
        count=30,
        parallel=4,
    )
    file = tmp_path / "job.json"
    file.write_text(json.dumps(request), encoding="utf-8")
    tuner("run", str(file), "--data", "data")
    return "export"


def described(tuner, job):
    """The training jobs as the API lists them."""
    done = tuner("training-jobs", job, "--json", "--data", "data")
    return {one["TrainingJobName"]: one for one in json.loads(done.stdout)}


def read(tuner, tmp_path, job, form, *words):
    file = tmp_path / f"table.{form}"
    tuner("export", job, "--data", "data", "--out", str(file), *words)
    return pandas.read_csv(file) if form == "csv" else pandas.read_json(file)


@pytest.mark.parametrize("form", ["csv", "json"])
def test_pandas_reads_every_training_job_with_its_types(tuner, tmp_path, job, form):
    table = read(tuner, tmp_path, job, form)
    expected = described(tuner, job)
    assert list(table.columns) == [
        "name",
        "ordinal",
        "status",
        "objective",
        "layers",
        NAME,
        "hyperparameter_status",
        "odd",
        "batch",
        "start_time",
        "end_time",
        "duration_seconds",
        "rule",
        "stop_reason",
        "failure_reason",
    ]
    assert len(table) == len(expected) == 30
    assert list(table["ordinal"]) == list(range(30))
    for column in (NAME, "hyperparameter_status", "objective", "duration_seconds"):
        assert table[column].dtype == "float64", column
    for column in ("ordinal", "layers", "batch"):
        assert table[column].dtype == "int64", column
    statuses = set()
    for row in table.to_dict("records"):
        one = expected[row["name"]]
        tuned = one["TunedHyperParameters"]
        statuses.add(row["status"])
        assert row["status"] == one["TrainingJobStatus"]
        assert row[NAME] == pytest.approx(float(tuned[NAME]), rel=1e-14)
        assert row["hyperparameter_status"] == pytest.approx(float(tuned["status"]), rel=1e-14)
        assert row["layers"] == int(tuned["layers"])
        assert row["odd"] == tuned["odd"]
        assert row["batch"] == int(tuned["batch"])
        metric = one.get("FinalHyperParameterTuningJobObjectiveMetric")
        if one["TrainingJobStatus"] == "Failed":
            assert math.isnan(row["objective"]) and isinstance(row["failure_reason"], str)
        else:
            assert row["objective"] == pytest.approx(metric["Value"], rel=1e-14)
            assert pandas.isna(row["failure_reason"])
        start = pandas.Timestamp(row["start_time"]).timestamp()
        end = pandas.Timestamp(row["end_time"]).timestamp()
        assert start == pytest.approx(one["TrainingStartTime"], abs=0.002)
        assert end - start == pytest.approx(row["duration_seconds"], abs=0.002)
    assert statuses == {"Completed", "Failed"}
    assert set(table["odd"]) == set(ODD)
    assert set(table["rule"]) == {"random"}


@pytest.mark.parametrize("form", ["csv", "json"])
def test_pandas_reads_the_curves(tuner, tmp_path, job, form):
    table = read(tuner, tmp_path, job, form, "--curves")
    assert list(table.columns) == ["name", "ordinal", "step", "value"]
    final = read(tuner, tmp_path, job, form).set_index("name")
    completed = final[final["status"] == "Completed"]
    assert len(completed) > 10
    for name, curve in table.groupby("name"):
        assert list(curve["step"]) == list(range(1, len(curve) + 1))
        if name in completed.index:
            assert len(curve) == 3
            assert curve["value"].iloc[-1] == completed.loc[name, "objective"]


def test_standard_output_has_csv_unless_asked_otherwise(tuner, tmp_path, job):
    plain = tuner("export", job, "--data", "data").stdout
    assert plain.startswith(b"name,ordinal,status,objective,layers,") and plain.endswith(b"\r\n")
    assert tuner("export", job, "--data", "data", "--format", "csv").stdout == plain
    lines = tuner("export", job, "--data", "data", "--format", "json").stdout
    assert tuner("export", job, "--data", "data", "--json").stdout == lines
    assert len(json.loads(lines)) == 30
    out = tmp_path / "as-told.json"
    tuner("export", job, "--data", "data", "--format", "csv", "--out", str(out))
    assert out.read_bytes() == plain


@pytest.mark.parametrize(
    "words, part",
    [
        (["nothing"], b"nothing"),
        (["export", "--format", "xml"], b"xml"),
        (["export", "--out", "nowhere/table.csv"], b"nowhere"),
    ],
)
def test_wrong_use_is_told_with_exit_code_2(tuner, job, words, part):
    done = tuner("export", *words, "--data", "data", code=2)
    assert part in done.stderr and not done.stdout


@pytest.fixture
def tables():
    """A server of tables, and the requests it got."""
    requests = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            requests.append((self.path, self.headers.get("Authorization", "")))
            found = self.path.startswith("/tuning-jobs/export/")
            body = b"name,ordinal\r\none,0\r\n" if found else b"nothing here"
            self.send_response(200 if found else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", requests
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_service_is_asked_with_a_signature(tuner, tmp_path, tables):
    endpoint, requests = tables
    environment = {
        "HOME": str(tmp_path),
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
    }
    words = ["export", "export", "--endpoint", endpoint]
    done = tuner(*words, environment=environment)
    assert done.stdout == b"name,ordinal\r\none,0\r\n"
    tuner(*words, "--curves", "--format", "json", environment=environment)
    assert [path for path, _ in requests] == [
        "/tuning-jobs/export/training-jobs.csv",
        "/tuning-jobs/export/curves.json",
    ]
    assert all("Credential=AKIDEXAMPLE/" in signature for _, signature in requests)
    missing = tuner(
        "export", "../a b", "--endpoint", endpoint, environment=environment, code=2
    )
    assert b"404" in missing.stderr and missing.stderr.count(b"\n") == 1
    assert requests[-1][0] == "/tuning-jobs/..%2Fa%20b/training-jobs.csv"
