"""The command line in the hands of people: wrong files, wrong words, closed streams."""

import json
import os
import re
import signal
import subprocess
import time

import pytest
from service import ROOT, processes_of

JOB = str(ROOT / "Config/jobs/random-branin.yaml")


@pytest.fixture
def tuner(tuner_binary, tmp_path):
    """Runs `tuner COMMAND ...` in an empty directory, its home."""

    def run(*words, environment=None, **options):
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **options}
        return subprocess.run(
            [str(tuner_binary), *words],
            cwd=tmp_path,
            env={**os.environ, "HOME": str(tmp_path), **(environment or {})},
            text=True,
            timeout=60,
            **options,
        )

    return run


def assert_refused(done, part):
    """One line that names what is wrong, and exit code 2."""
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stderr.count("\n") == 1 and len(done.stderr) < 1_200, done.stderr
    assert part in done.stderr and not done.stdout


ALIASES = "a: &a [1,1,1,1,1,1,1,1,1]\n" + "".join(
    f"{name}: &{name} [{','.join(['*' + before] * 9)}]\n"
    for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)


def test_the_version(tuner):
    done = tuner("--version")
    assert done.returncode == 0 and re.fullmatch(r"\d+\.\d+\.\d+\n", done.stdout)


@pytest.mark.parametrize(
    "words",
    [["run", JOB], ["serve", "--port", "0"], ["list"], ["keys", "create"], ["logs", "x"]],
)
def test_a_file_is_no_data_directory(tuner, tmp_path, words):
    (tmp_path / "data").write_text("kept")
    assert_refused(tuner(*words, "--data", "data"), "data' is a file; give a directory")
    assert (tmp_path / "data").read_text() == "kept"


@pytest.mark.parametrize(
    "path, part",
    [
        ("HyperParameterTuningJobname", "is 'HyperParameterTuningJobName' meant?"),
        ("HyperParameterTuningJobConfig.RandomSed", "is 'RandomSeed' meant?"),
        (
            "HyperParameterTuningJobConfig.ParameterRanges.ContinuousParameterRanges.0.ScaleType",
            "is 'ScalingType' meant?",
        ),
        ("Budget", "there are Autotune, "),
    ],
)
def test_a_member_that_means_nothing(tuner, tmp_path, path, part):
    done = tuner("run", JOB, "--data", "data", "--set", f"{path}=1")
    assert_refused(done, f"there is no member '{path}'; {part}")
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    "text, part",
    [
        ("- 1\n- 2\n", "object"),
        ("", "object"),
        ("a: [1\nb: {", "not YAML"),
        ("[" * 100_000, "not YAML"),
        (ALIASES, "1000000 values"),
        ("HyperParameterTuningJobName: |\n  a\n  b\n", "pattern"),
    ],
)
def test_a_refused_job_leaves_nothing_behind(tuner, tmp_path, text, part):
    (tmp_path / "job.yaml").write_text(text)
    assert_refused(tuner("run", "job.yaml", "--data", "data"), part)
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    "text, part",
    [
        ("port: abc", "port must be a whole number"),
        ("port: 1.5", "port must be a whole number"),
        ("local: 3", "local must be a mapping"),
        ("account: 123456789012", "account must be a text; put it in quotes"),
        ("local: {images: {a: 3}}", "local.images.a must be a text"),
        ("local: {cores: 3}", "local.cores"),
        ("mock: {image: 'mock:nothing'}", "mock.image"),
        ("mock: {images: {a: 'exec:b'}}", "mock.images.a: Training image 'exec:b': must begin"),
        ("mock: {speed: fast}", "mock.speed must be a number"),
        ("mock: {speed: 0}", "mock.speed 0.0 must be above 0"),
        ("mock: {speed: 2, time: virtual}", "mock.speed means nothing where mock.time is virtual"),
        ("mock: {time: slow}", "time"),
        ("mock: {seed: -1}", "mock.seed -1 must not be negative"),
        ("mock: {capacityErrors: 2}", "mock.capacityErrors 2.0 must be a probability"),
        ("mock: {instances: {large: {limit: 1}}}", "must be an instance type"),
        ("mock: {instances: {ml.m5.large: {max: 1}}}", "there are capacityErrors, limit"),
        ("mock: {instances: {ml.m5.large: {limit: -1}}}", "limit must not be negative"),
        ("mock: {faults: {all: {slow: 1}}}", "mock.faults.all.slow is no fault; there are"),
        ("mock: {faults: {all: {lost: 1}}}", "mock.faults needs the backend mock; it is local"),
        ("mock: {instances: {ml.m5.large: {limit: 1}}}", "mock.instances needs the backend mock"),
        ("mock: {time: virtual}", "mock.time needs the backend mock"),
        ("mock: {speed: 2}", "mock.speed needs the backend mock"),
        ("host: 0.0.0.0", "access keys and TLS"),
        ("dataDirectory: ''", "dataDirectory"),
    ],
)
def test_refused_settings_leave_nothing_behind(tuner, tmp_path, text, part):
    (tmp_path / "tuner.yaml").write_text(text)
    assert_refused(tuner("serve", "--port", "0", "--config", "tuner.yaml"), part)
    assert {path.name for path in tmp_path.iterdir()} == {"tuner.yaml"}


@pytest.mark.parametrize(
    "words, part",
    [
        (["stop", "x", "--data", "data"], "there is none"),
        (["list", "--data", ""], "path is empty"),
        (["list", "--endpoint", "http://127.0.0.1:1"], "http://127.0.0.1:1"),
        (["list", "--endpoint", "127.0.0.1:1"], "http://"),
    ],
)
def test_what_is_not_there_is_said_at_once(tuner, tmp_path, words, part):
    start = time.monotonic()
    assert_refused(tuner(*words), part)
    assert time.monotonic() - start < 20
    assert not list(tmp_path.iterdir())


def test_a_command_names_what_it_does_not_find(tuner):
    assert tuner("run", JOB, "--data", "data").returncode == 0
    for command in ("describe", "stop", "delete", "logs", "training-jobs"):
        assert_refused(tuner(command, "nobody", "--data", "data"), "nobody")
    assert "is over" in tuner("stop", "random-branin", "--data", "data").stdout


@pytest.mark.parametrize("way", ["settings", "environment"])
def test_every_command_finds_the_data_directory(tuner, tmp_path, way):
    (tmp_path / "tuner.yaml").write_text(f"dataDirectory: {tmp_path}/there")
    settings = ["--config", "tuner.yaml"] if way == "settings" else []
    environment = {"TUNER_DATA": str(tmp_path / "there")} if way == "environment" else {}
    assert tuner("run", JOB, *settings, environment=environment).returncode == 0
    listed = tuner("list", "--json", "--data", "there")
    assert [job["HyperParameterTuningJobName"] for job in json.loads(listed.stdout)] == [
        "random-branin"
    ]
    assert not (tmp_path / ".tuner").exists()


@pytest.mark.parametrize("closed", [[0, 1, 2], [1], [2]])
def test_closed_streams_do_no_harm(tuner, tmp_path, closed):
    def close():
        for descriptor in closed:
            os.close(descriptor)

    streams = {"stdout": None, "stderr": None, "preexec_fn": close}
    assert tuner("run", JOB, "--data", "data", **streams).returncode == 0
    assert not (tmp_path / "data/tuner.lock").read_bytes()


def test_a_full_disk_for_the_messages_does_no_harm(tuner):
    with open("/dev/full", "w") as full:
        assert tuner("run", JOB, "--data", "data", stderr=full).returncode == 0


def test_a_failed_job_says_why(tuner, tmp_path):
    image = "TrainingJobDefinition.AlgorithmSpecification.TrainingImage=exec:/no/such/program"
    done = tuner("run", JOB, "--data", "data", "--set", image)
    assert done.returncode == 1
    assert "/no/such/program" in done.stderr.splitlines()[-1]


def test_an_interrupted_run_goes_on(tuner_binary, tuner, tmp_path):
    command = ["run", JOB, "--data", str(tmp_path / "data")]
    command += ["--set", "HyperParameterTuningJobConfig.ResourceLimits.MaxNumberOfTrainingJobs=4"]
    command += ["--set", "TrainingJobDefinition.AlgorithmSpecification.TrainingImage=exec:"]
    program = tmp_path / "a program's file"
    program.write_text("#!/bin/sh\nsleep 0.3\necho objective=1\n")
    program.chmod(0o755)
    command[-1] += f'"{program}"'
    running = subprocess.Popen(
        [str(tuner_binary), *command], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    )
    assert running.stderr.readline()
    running.send_signal(signal.SIGINT)
    assert running.wait(60) == 130
    running.stderr.close()
    assert not processes_of(tmp_path / "data")
    done = tuner(*command)
    assert done.returncode == 0 and "goes on" in done.stderr and "4/4 done" in done.stderr
