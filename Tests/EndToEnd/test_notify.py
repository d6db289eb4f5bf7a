"""Webhooks and commands that are told how jobs end, whatever they or the service do."""

import base64
import hashlib
import hmac
import json
import subprocess
import threading
import time

from jobs import X_RANGE, definition, steps_job, tuning_job, wait_until_over
from metrics import Scrape
from receiver import Receiver
from service import processes_of, wait_for

SECRET = "whsec_" + base64.b64encode(b"0123456789abcdef").decode()


def quick_job(name, count=3, **options):
    return tuning_job(
        name, definition("mock:sphere?epochs=2&seconds=0"), X_RANGE, count=count, **options
    )


def configured(tmp_path, *targets, name="settings.json"):
    """The arguments that have targets told."""
    path = tmp_path / name
    path.write_text(json.dumps({"notify": targets}))
    return ["--config", str(path)]


def told(receiver):
    """What a receiver was sent, a body a request."""
    with receiver.lock:
        return [json.loads(body) for _, _, body in receiver.requests]


def test_a_webhook_hears_everything_about_the_end(serve, tmp_path):
    with Receiver() as receiver:
        target = {"url": receiver.url, "secret": SECRET, "headers": {"X-Team": "vision"}}
        client = serve(arguments=configured(tmp_path, target)).client()
        client.create_hyper_parameter_tuning_job(**quick_job("job"))
        job = wait_until_over(client, "job")
        wait_for(lambda: told(receiver))
        [(path, headers, body)] = receiver.requests
    assert path == "/hook"
    assert headers["Content-Type"] == "application/json"
    assert headers["X-Team"] == "vision"
    notice = json.loads(body)
    best = job["BestTrainingJob"]
    value = best["FinalHyperParameterTuningJobObjectiveMetric"]["Value"]
    assert notice["type"] == "tuning_job.completed"
    assert notice["arn"] == job["HyperParameterTuningJobArn"]
    assert (notice["name"], notice["status"], notice["kind"]) == ("job", "Completed", "tuning")
    assert notice["failureReason"] is None
    assert notice["trainingJobs"] == {"total": 3, "completed": 3, "failed": 0, "stopped": 0}
    assert notice["best"]["trainingJob"] == best["TrainingJobName"]
    assert notice["best"]["metric"] == "objective"
    assert abs(notice["best"]["value"] - value) < 1e-6
    assert notice["best"]["hyperparameters"] == best["TunedHyperParameters"]
    assert notice["createdAt"] <= notice["endedAt"]

    seconds = int(headers["Webhook-Timestamp"])
    assert abs(seconds - time.time()) < 60
    signed = f"{headers['Webhook-Id']}.{seconds}.".encode() + body
    digest = hmac.new(b"0123456789abcdef", signed, hashlib.sha256).digest()
    assert headers["Webhook-Signature"] == "v1," + base64.b64encode(digest).decode()
    assert headers["Webhook-Id"] == notice["id"]


def test_failures_are_tried_again_with_the_same_id_and_body(serve, tmp_path):
    with Receiver(answers=[503, 429]) as receiver:
        service = serve(arguments=configured(tmp_path, {"url": receiver.url}))
        service.client().create_hyper_parameter_tuning_job(**quick_job("job"))
        wait_for(lambda: len(receiver.requests) == 3)
        wait_for(lambda: Scrape(service.endpoint)("tuner_notifications_pending") == 0)
        seen = Scrape(service.endpoint)
    ids = {headers["Webhook-Id"] for _, headers, _ in receiver.requests}
    assert len(ids) == 1 and len({body for _, _, body in receiver.requests}) == 1
    assert seen("tuner_notification_attempts_total", outcome="failed") == 2
    assert seen("tuner_notification_attempts_total", outcome="accepted") == 1


def test_a_refusal_is_final_also_after_a_restart(serve, tmp_path):
    with Receiver(answers=[410]) as receiver:
        service = serve(arguments=configured(tmp_path, {"url": receiver.url}))
        service.client().create_hyper_parameter_tuning_job(**quick_job("first"))
        wait_for(lambda: "will not be told" in service.log_tail())
        assert service.terminate() == 0
        service.start()
        service.client().create_hyper_parameter_tuning_job(**quick_job("second"))
        wait_for(lambda: len(receiver.requests) >= 2)
        assert [notice["name"] for notice in told(receiver)] == ["first", "second"]


def test_a_receiver_that_hangs_delays_nobody(serve, tmp_path):
    hang = threading.Event()
    with Receiver(answers=[hang] * 3) as slow, Receiver() as quick:
        targets = [{"url": slow.url, "timeoutSeconds": 2}, {"url": quick.url}]
        client = serve(arguments=configured(tmp_path, *targets)).client()
        names = [f"job-{number}" for number in range(3)]
        for name in names:
            client.create_hyper_parameter_tuning_job(**quick_job(name))
        for name in names:
            wait_until_over(client, name, seconds=20)
        wait_for(lambda: len(quick.requests) == 3, seconds=5)
        # Each hanging try is given up in time, and the end told by another.
        wait_for(lambda: len(slow.requests) == 6)
        hang.set()
    assert sorted(notice["name"] for notice in told(slow)[3:]) == names


def test_what_is_not_told_outlives_a_kill(serve, tmp_path):
    """The receiver is away when jobs end; the service is killed; both come back."""
    receiver = Receiver()
    port, url = receiver.port, receiver.url
    receiver.close()
    service = serve(arguments=configured(tmp_path, {"url": url}))
    client = service.client()
    for name in ("one", "two"):
        client.create_hyper_parameter_tuning_job(**quick_job(name))
        wait_until_over(client, name)
    service.kill()
    with Receiver(port=port) as receiver:
        service.start()
        wait_for(lambda: len(receiver.requests) == 2)
        assert sorted(notice["name"] for notice in told(receiver)) == ["one", "two"]
        wait_for(lambda: Scrape(service.endpoint)("tuner_notifications_pending") == 0)
        # And it stays told.
        service.kill()
        service.start()
        service.client().create_hyper_parameter_tuning_job(**quick_job("three"))
        wait_for(lambda: len(receiver.requests) >= 3)
        assert [notice["name"] for notice in told(receiver)[2:]] == ["three"]


def test_a_kill_between_the_end_and_the_answer_repeats_with_the_same_id(serve, tmp_path):
    hang = threading.Event()
    with Receiver(answers=[hang]) as receiver:
        service = serve(arguments=configured(tmp_path, {"url": receiver.url}))
        service.client().create_hyper_parameter_tuning_job(**quick_job("job"))
        wait_for(lambda: receiver.requests)
        service.kill()
        hang.set()
        service.start()
        wait_for(lambda: len(receiver.requests) == 2)
        first, second = receiver.requests
        assert first[1]["Webhook-Id"] == second[1]["Webhook-Id"]
        assert first[2] == second[2]


def test_what_ended_before_anybody_asked_is_not_told(serve, tmp_path):
    service = serve()
    service.client().create_hyper_parameter_tuning_job(**quick_job("before"))
    wait_until_over(service.client(), "before")
    assert service.terminate() == 0
    with Receiver() as receiver:
        again = serve(service.data, configured(tmp_path, {"url": receiver.url}))
        again.client().create_hyper_parameter_tuning_job(**quick_job("after"))
        wait_for(lambda: receiver.requests)
        assert [notice["name"] for notice in told(receiver)] == ["after"]


def test_ends_and_kinds_are_chosen(serve, tmp_path):
    with Receiver() as stops, Receiver() as trainings:
        targets = [
            {"url": stops.url, "on": ["Stopped"]},
            {"url": trainings.url, "jobs": ["training"], "on": ["Completed", "Failed"]},
        ]
        service = serve(arguments=configured(tmp_path, *targets))
        client = service.client()
        client.create_hyper_parameter_tuning_job(**quick_job("completes"))
        wait_until_over(client, "completes")
        client.create_hyper_parameter_tuning_job(
            **steps_job("stops", tmp_path / "trace", count=1, steps=2000)
        )
        client.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="stops")
        for name, failures in (("trains", 0), ("breaks", 1)):
            request = definition(f"mock:sphere?epochs=1&seconds=0&failures={failures}")
            request["HyperParameters"] = request.pop("StaticHyperParameters")
            client.create_training_job(TrainingJobName=name, **request)
        wait_for(lambda: len(trainings.requests) == 2 and stops.requests)
        wait_until_over(client, "stops")
        arns = {
            name: client.describe_training_job(TrainingJobName=name)["TrainingJobArn"]
            for name in ("trains", "breaks")
        }
    assert [notice["name"] for notice in told(stops)] == ["stops"]
    notices = {notice["name"]: notice for notice in told(trainings)}
    assert {name: notice["arn"] for name, notice in notices.items()} == arns
    assert notices["trains"]["type"] == "training_job.completed"
    assert notices["breaks"]["type"] == "training_job.failed"
    assert notices["breaks"]["failureReason"]


PROGRAM = """
import json, os, sys
variables = {name: value for name, value in os.environ.items() if name.startswith("TUNER_")}
told = {"arguments": sys.argv[2:], "input": json.load(sys.stdin), "variables": variables}
with open(sys.argv[1], "a") as file:
    file.write(json.dumps(told) + "\\n")
"""


def command(tmp_path, text, *arguments):
    program = tmp_path / "tell it.py"
    program.write_text(text)
    return f"python3 '{program}' " + " ".join(arguments)


def test_a_command_gets_json_and_variables(serve, tmp_path):
    output = tmp_path / "told"
    line = command(tmp_path, PROGRAM, str(output), "'two words'", "'$HOME;'")
    client = serve(arguments=configured(tmp_path, {"command": line})).client()
    client.create_hyper_parameter_tuning_job(**quick_job("job"))
    wait_for(lambda: output.exists() and output.read_text().endswith("\n"))
    told = json.loads(output.read_text())
    assert told["arguments"] == ["two words", "$HOME;"], "no shell runs"
    notice, variables = told["input"], told["variables"]
    assert notice["name"] == variables["TUNER_JOB_NAME"] == "job"
    assert notice["status"] == variables["TUNER_JOB_STATUS"] == "Completed"
    assert notice["id"] == variables["TUNER_DELIVERY_ID"]
    assert float(variables["TUNER_BEST_VALUE"]) == notice["best"]["value"]


def test_a_command_that_hangs_is_killed_with_what_it_started(serve, tmp_path):
    mark = f"marker-{tmp_path.name}"
    hang = f"""
import subprocess, sys, time
open({str(tmp_path / "tries")!r}, "a").write("x")
subprocess.run([sys.executable, "-c", "import time; time.sleep(600)", {mark!r}])
"""
    line = command(tmp_path, hang)
    target = {"command": line, "timeoutSeconds": 1, "attempts": 2}
    service = serve(arguments=configured(tmp_path, target))
    service.client().create_hyper_parameter_tuning_job(**quick_job("job"))
    wait_for(lambda: "will not be told" in service.log_tail())
    assert (tmp_path / "tries").read_text() == "xx"
    wait_for(lambda: not processes_of(mark))


def test_a_run_waits_for_those_who_want_to_hear(tuner_binary, tmp_path):
    job = tmp_path / "job.yaml"
    job.write_text(json.dumps(quick_job("job")))
    with Receiver(answers=[500]) as receiver:
        arguments = configured(tmp_path, {"url": receiver.url})
        command = [tuner_binary, "run", job, "--data", tmp_path / "data", *arguments]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        assert [notice["name"] for notice in told(receiver)] == ["job", "job"]
        subprocess.run(command, check=True, capture_output=True, timeout=120)
        assert len(receiver.requests) == 2, "once heard, it is not told again"


def test_wrong_settings_are_refused_by_name(tuner_binary, tmp_path):
    def refusal(target):
        arguments = configured(tmp_path, target)
        done = subprocess.run(
            [tuner_binary, "serve", "--port", "0", "--data", tmp_path / "data", *arguments],
            capture_output=True, text=True, timeout=60,
        )
        assert done.returncode == 2
        return done.stderr

    assert "notify[0].url must be like" in refusal({"url": "example.com"})
    assert "notify[0].attempts must be" in refusal({"command": "a", "attempts": "3"})
    assert "there is no setting 'notify[0].uri'" in refusal({"uri": "http://a"})
