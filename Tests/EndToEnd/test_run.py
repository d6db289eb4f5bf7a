"""`tuner run` runs every job file of Config, and `tuner serve` reads the settings there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from service import ROOT, processes_of

JOBS = sorted(path.name for path in (ROOT / "Config/jobs").glob("*.yaml"))


@pytest.fixture
def tuner(tuner_binary, tmp_path):
    """Runs `tuner COMMAND ...` as somebody who has it, and this Python, in the PATH."""
    folders = [str(tuner_binary.parent), str(Path(sys.executable).parent), os.environ["PATH"]]

    def run(*words):
        return subprocess.run(
            ["tuner", *words],
            cwd=ROOT,
            env={**os.environ, "PATH": os.pathsep.join(folders)},
            capture_output=True,
            text=True,
            timeout=300,
        )

    yield run
    assert not processes_of(tmp_path)


@pytest.mark.parametrize("job", JOBS)
def test_a_job_file_runs_to_its_end(tuner, tmp_path, job):
    done = tuner("run", f"Config/jobs/{job}", "--data", str(tmp_path / "data"))
    assert done.returncode == 0, done.stdout + done.stderr


def test_there_are_job_files():
    assert {"digits.yaml", "grid-mock.yaml", "random-branin.yaml", "sklearn-digits.yaml"} <= {*JOBS}


@pytest.mark.parametrize(
    "words, part",
    [
        (["run", "nowhere.yaml"], "nowhere.yaml"),
        (["run", "README.md"], "README.md"),
        (["serve", "--config", "nowhere.yaml"], "nowhere.yaml"),
    ],
)
def test_wrong_use_is_one_line_and_exit_code_2(tuner, tmp_path, words, part):
    done = tuner(*words, "--data", str(tmp_path / "data"))
    assert done.returncode == 2, done.stdout + done.stderr
    assert done.stderr.count("\n") == 1 and part in done.stderr


def test_a_strategy_that_is_not_there_is_refused(tuner, tmp_path):
    done = tuner(
        "run",
        "Config/jobs/random-branin.yaml",
        "--data",
        str(tmp_path / "data"),
        "--set",
        "HyperParameterTuningJobConfig.Strategy=Psychic",
    )
    assert done.returncode == 2
    assert "Psychic" in done.stderr or "Strategy" in done.stderr


def test_the_settings_file_is_read(serve):
    assert serve(arguments=["--config", str(ROOT / "Config/tuner.yaml")]).endpoint
