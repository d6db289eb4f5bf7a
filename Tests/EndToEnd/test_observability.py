"""Metrics and logs of a real service, read as people's programs read them."""

import base64
import json
import re
import subprocess
import urllib.error
import urllib.request
from collections import Counter
from datetime import datetime

import proxy as fates
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.exceptions import ClientError
from jobs import X_RANGE, definition, steps_job, tuning_job, wait_until_over
from metrics import Scrape, scrape_text
from proxy import Proxy
from service import REGION, ROOT, processes_of, wait_for
from test_driving_sagemaker import chance, drive, remote_definition, upstream  # noqa: F401

TABLE = ROOT / "Sources/TuningServer/Documentation.docc/Observability.md"
FINISHED = ("Completed", "Failed", "Stopped")


def mock_job(name, count=5, parallel=2, image="mock:sphere?epochs=2&seconds=0"):
    metric = {"Name": "objective", "Regex": "objective=([0-9.eE+-]+)"}
    return tuning_job(name, definition(image, metric), X_RANGE, count=count, parallel=parallel)


def refused(call, **arguments):
    """The code that a call is refused with."""
    with pytest.raises(ClientError) as error:
        call(**arguments)
    return error.value.response["Error"]["Code"]


def test_requests_are_counted_exactly(serve):
    service = serve()
    client = service.client()
    for _ in range(7):
        client.list_training_jobs()
    for name in ("a", "b", "c"):
        code = refused(client.describe_training_job, TrainingJobName=name)
    post(service.endpoint, {"X-Amz-Target": "SageMaker.NoSuchThing"})
    post(service.endpoint, {"X-Amz-Target": "SageMaker.ListTags", "Origin": "http://evil"})
    post(service.endpoint, {"X-Amz-Target": "SageMaker.ListTags"}, b"{")
    scrape_text(service.endpoint)  # is no request of the API
    seen = Scrape(service.endpoint)
    expected = {
        ("ListTrainingJobs", "OK"): 7,
        ("DescribeTrainingJob", code): 3,
        ("Unknown", "UnknownOperationException"): 1,
        ("ListTags", "AccessDeniedException"): 1,
        ("ListTags", "SerializationException"): 1,
    }
    counted = {
        (dict(labels)["operation"], dict(labels)["code"]): value
        for (name, labels), value in seen.samples.items()
        if name == "tuner_requests_total"
    }
    assert counted == expected
    assert seen("tuner_request_seconds_count", operation="ListTrainingJobs") == 7
    assert seen("tuner_request_seconds_bucket", operation="ListTrainingJobs", le="+Inf") == 7
    assert 0 < seen("tuner_request_seconds_sum", operation="ListTrainingJobs") < 7
    assert seen.sum("tuner_request_seconds_count") == sum(expected.values())


def post(endpoint, headers, body=b"{}"):
    request = urllib.request.Request(endpoint + "/", data=body, headers=headers, method="POST")
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.urlopen(request, timeout=30)


def test_jobs_attempts_and_commits_add_up(serve):
    service = serve()
    client = service.client()
    client.create_hyper_parameter_tuning_job(**mock_job("fine"))
    client.create_hyper_parameter_tuning_job(
        **mock_job("broken", image="mock:sphere?epochs=2&seconds=0&failures=1")
    )
    jobs = [wait_until_over(client, name) for name in ("fine", "broken")]
    counters = [job["TrainingJobStatusCounters"] for job in jobs]
    completed = sum(counter["Completed"] for counter in counters)
    failed = sum(
        counter["RetryableError"] + counter["NonRetryableError"] for counter in counters
    )
    assert completed == 5 and failed > 0
    # The last attempt is let go of after its end is stored.
    wait_for(lambda: Scrape(service.endpoint)("tuner_slots", backend="mock", state="used") == 0)
    seen = Scrape(service.endpoint)
    assert seen("tuner_trials_finished_total", outcome="Completed") == completed
    assert seen("tuner_trials_finished_total", outcome="Failed") == failed
    assert seen("tuner_jobs", kind="training", status="Completed") == completed
    assert seen("tuner_jobs", kind="training", status="Failed") == failed
    for status in FINISHED:
        expected = sum(job["HyperParameterTuningJobStatus"] == status for job in jobs)
        assert seen("tuner_jobs", kind="tuning", status=status) == expected
        assert seen("tuner_tuning_jobs_finished_total", status=status) == expected
    assert seen("tuner_backend_launches_total", backend="mock") == completed + failed
    assert seen("tuner_backend_ends_total", backend="mock", end="completed") == completed
    assert seen.sum("tuner_backend_ends_total", backend="mock") == completed + failed
    assert seen("tuner_attempts_running", backend="mock") == 0
    assert seen("tuner_suggestion_seconds_count", strategy="Random") == completed + failed
    commits = seen("tuner_store_commits_total", outcome="committed")
    assert commits == seen("tuner_store_commit_seconds_count") > 0
    assert seen("tuner_store_commits_total", outcome="failed") == 0
    assert seen("tuner_store_events_total") > 3 * (completed + failed)


def test_gauges_are_right_after_a_crash(serve, tmp_path):
    arguments = ["--config", settings(tmp_path, "local: {slots: 3, gracePeriodSeconds: 1}")]
    service = serve(arguments=arguments)
    client = service.client()
    client.create_hyper_parameter_tuning_job(**mock_job("over"))
    wait_until_over(client, "over")
    client.create_hyper_parameter_tuning_job(
        **steps_job("runs", tmp_path / "trace", count=2, parallel=2, steps=2000)
    )

    def gauges():
        seen = Scrape(service.endpoint)
        return {
            "running": seen("tuner_attempts_running", backend="local"),
            "used": seen("tuner_slots", backend="local", state="used"),
            "free": seen("tuner_slots", backend="local", state="free"),
            "tuning": seen("tuner_jobs", kind="tuning", status="InProgress"),
            "training": seen("tuner_jobs", kind="training", status="InProgress"),
            "completed": seen("tuner_jobs", kind="training", status="Completed"),
        }

    expected = dict(running=2, used=2, free=1, tuning=1, training=2, completed=5)
    wait_for(lambda: gauges() == expected)
    service.kill()
    service.start()
    wait_for(lambda: gauges() == expected)
    seen = Scrape(service.endpoint)
    assert seen("tuner_backend_launches_total", backend="local") == 0, "attached, not launched"
    service.client().stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="runs")
    wait_until_over(service.client(), "runs")
    wait_for(lambda: not processes_of(service.data / "training-jobs"))
    assert Scrape(service.endpoint).sum("tuner_backend_stops_total", backend="local") == 2


def settings(folder, text, name="settings.yaml"):
    path = folder / name
    path.write_text(text)
    return str(path)


def test_the_process_describes_itself(serve):
    service = serve()
    seen = Scrape(service.endpoint)
    version = subprocess.run(
        [service.command[0], "--version"], capture_output=True, text=True, check=True
    ).stdout.strip()
    assert seen("tuner_build_info", version=version) == 1
    start = seen("process_start_time_seconds")
    assert abs(start - datetime.now().timestamp()) < 60
    status = (
        line.split() for line in open(f"/proc/{service.process.pid}/status") if "VmRSS" in line
    )
    resident = int(next(status)[1]) * 1024
    assert 0.5 < seen("process_resident_memory_bytes") / resident < 2
    assert 5 < seen("process_open_fds") < seen("process_max_fds")
    assert 0 < seen("process_cpu_seconds_total") < 60


def test_the_documentation_lists_what_is_exposed(serve):
    """Both ways: name, type and labels."""
    documented = {}
    for line in TABLE.read_text().splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| `") and len(cells) >= 4 and cells[1] in KINDS:
            labels = set(re.findall(r"`(\w+)`", cells[2]))
            documented[cells[0].strip("`")] = (cells[1], labels)
    service = serve()
    client = service.client()
    client.create_hyper_parameter_tuning_job(**mock_job("some"))
    wait_until_over(client, "some")
    seen = Scrape(service.endpoint)
    exposed = {}
    for family in seen.families.values():
        name = family.name + ("_total" if family.type == "counter" else "")
        exposed[name] = family.type
        for sample in family.samples:
            assert set(sample.labels) - {"le"} == documented[name][1], sample
            assert re.match(r"tuner_|process_", sample.name)
    assert {name: kind for name, (kind, _) in documented.items()} == exposed


KINDS = {"counter", "gauge", "histogram"}


def test_with_keys_a_scrape_needs_one(serve, tuner_binary, tmp_path):
    data = tmp_path / "data"
    made = subprocess.run(
        [tuner_binary, "keys", "create", "--read-only", "--json", "--data", data],
        capture_output=True, text=True, check=True,
    )
    key = json.loads(made.stdout)
    pair = key["AccessKeyId"], key["SecretAccessKey"]
    service = serve(data=data)

    def status(headers):
        try:
            scrape_text(service.endpoint, headers)
            return 200
        except urllib.error.HTTPError as error:
            return error.code

    def basic(user, password):
        return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}

    with pytest.raises(urllib.error.HTTPError) as refusal:
        scrape_text(service.endpoint)
    assert refusal.value.code == 401
    assert refusal.value.headers["WWW-Authenticate"].startswith("Basic ")
    assert status(basic(*pair)) == 200
    assert status(basic(pair[0], pair[1][:-1])) == 401
    assert status(basic(pair[0], "")) == 401
    assert status(basic("AKIAAAAAAAAAAAAAAAAA", pair[1])) == 401
    assert status({"Authorization": "Basic ?"}) in (400, 401, 403)
    request = AWSRequest(method="GET", url=service.endpoint + "/metrics")
    SigV4Auth(Credentials(*pair), "sagemaker", REGION).add_auth(request)
    assert status(dict(request.headers)) == 200
    SigV4Auth(Credentials(pair[0], "wrong"), "sagemaker", REGION).add_auth(request)
    assert status(dict(request.headers)) in (400, 401, 403)


def test_metrics_count_every_call_as_it_was_answered(upstream, drive, request):
    mock = upstream()
    seed = request.config.option.seed
    with Proxy(mock.endpoint, fate=chance(0.5, fates.THROTTLED), seed=seed) as proxy:
        driver = drive(proxy.endpoint)
        mine = driver.client()
        mine.create_hyper_parameter_tuning_job(
            **tuning_job("counted", remote_definition(), X_RANGE, count=4, parallel=2)
        )
        wait_until_over(mine, "counted", seconds=180)

        def throttled():
            return sum(seen.fate == fates.THROTTLED for seen in proxy.seen)

        def is_counted():
            scrape = Scrape(driver.endpoint)
            name = "tuner_sagemaker_calls_total"
            sent = Counter(seen.operation for seen in proxy.seen)
            counted = {operation: scrape.sum(name, operation=operation) for operation in sent}
            return counted == sent and scrape.sum(name, outcome="throttled") == throttled()

        wait_for(is_counted, seconds=20)
        assert throttled() > 0, seed
        states = Scrape(driver.endpoint)
        assert states.sum("tuner_sagemaker_health") == 1
        mock.kill()
        mine.create_hyper_parameter_tuning_job(
            **tuning_job("waits", remote_definition(), X_RANGE, count=1, parallel=1)
        )
        health = "tuner_sagemaker_health"
        wait_for(lambda: Scrape(driver.endpoint)(health, state="unreachable") == 1)
        assert Scrape(driver.endpoint)(health, state="reachable") == 0


def test_a_web_page_cannot_scrape(serve):
    endpoint = serve().endpoint
    for headers in ({"Origin": "http://evil"}, {"Host": "evil.example"}):
        with pytest.raises(urllib.error.HTTPError):
            scrape_text(endpoint, headers)


def log_lines(service):
    return [json.loads(line) for line in service.log.read_bytes().splitlines()]


def test_every_line_about_a_job_names_it(serve, tmp_path):
    service = serve(arguments=["--log-format", "json", "--log-level", "debug"])
    client = service.client()
    client.create_hyper_parameter_tuning_job(
        **mock_job("fails", image="mock:sphere?epochs=2&seconds=0&failures=1")
    )
    wait_until_over(client, "fails")
    client.create_hyper_parameter_tuning_job(**steps_job("runs", tmp_path / "t", count=2))
    wait_until_over(client, "runs")
    hostile = 'x"},{"level":"critical"\n\x00\x1b[31m\u2028'
    refused(client.stop_hyper_parameter_tuning_job, HyperParameterTuningJobName="no-such-job")
    body = json.dumps({"HyperParameterTuningJobName": hostile}).encode()
    target = {"X-Amz-Target": "SageMaker.StopHyperParameterTuningJob"}
    post(service.endpoint, target, body)
    lines = log_lines(service)
    for line in lines:
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", line["time"])
        assert line["label"] and line["message"]
        assert line["level"] in {"trace", "debug", "info", "notice", "warning", "error", "critical"}
        assert "job" not in line and "training-job" not in line
    changes = [line for line in lines if line["message"] == "Change"]
    assert [line["tuning_job"] for line in changes[:3]] == ["fails", "runs", "no-such-job"]
    assert changes[3]["tuning_job"].startswith("x???") and "\n" not in changes[3]["tuning_job"]
    about = [line for line in lines if line["message"].startswith(("attempt", "training job"))]
    assert {line["tuning_job"] for line in about} == {"fails", "runs"}
    for line in about:
        assert line["training_job"].startswith(line["tuning_job"] + "-")
    ends = [line for line in lines if line["message"].startswith("tuning job finished")]
    assert [line["tuning_job"] for line in ends] == ["fails", "runs"]


def test_a_run_logs_json_too(tuner_binary, tmp_path):
    job = tmp_path / "job.yaml"
    job.write_text(json.dumps(mock_job("fails", image="mock:sphere?seconds=0&failures=1")))
    run = subprocess.run(
        [tuner_binary, "run", job, "--data", tmp_path / "data"]
        + ["--log-format", "json", "--log-level", "info"],
        capture_output=True, text=True, timeout=120,
    )
    assert run.returncode == 1
    lines = [json.loads(line) for line in run.stderr.splitlines() if line.startswith("{")]
    failures = [line for line in lines if line["message"].startswith("training job failed")]
    assert failures and all(line["tuning_job"] == "fails" for line in failures)
    assert all(line["training_job"] for line in failures)
