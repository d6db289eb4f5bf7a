"""The commands that other programs use as processes: `tuner suggest` and `tuner train-digits`."""

import json
import os
import re
import signal
import subprocess

HEADER = {
    "space": [
        {"name": "lr", "type": "continuous", "min": 1e-5, "max": 1.0, "scaling": "log"},
        {"name": "k", "type": "integer", "min": 1, "max": 100},
        {"name": "m", "type": "categorical", "values": ["a", "b"]},
    ],
    "strategy": "Random",
    "objective": "Minimize",
    "seed": 1,
}


def suggest(binary, *lines):
    """The answers to some lines, and the exit code."""
    text = "".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines)
    done = subprocess.run(
        [binary, "suggest"], input=text, capture_output=True, text=True, timeout=60
    )
    return [json.loads(line) for line in done.stdout.splitlines()], done.returncode


def test_a_conversation(tuner_binary):
    answers, code = suggest(
        tuner_binary,
        HEADER,
        {"op": "ask", "n": 2},
        {"op": "tell", "id": 0, "value": 0.25},
        {"op": "tell", "id": 1, "value": 0.9, "step": 3},
        "what?",
        {"op": "close"},
    )
    assert code == 0
    ready, asked, told, going, refused = answers
    assert ready == {"ready": True}
    assert [one["id"] for one in asked["configs"]] == [0, 1]
    assert all(isinstance(one["values"]["k"], int) for one in asked["configs"])
    assert told == {"ok": True} and going == {"stop": False} and "error" in refused


def test_a_grid_ends(tuner_binary):
    header = {**HEADER, "strategy": "Grid", "space": HEADER["space"][2:]}
    answers, _ = suggest(tuner_binary, header, {"op": "ask", "n": 5})
    assert sorted(one["values"]["m"] for one in answers[1]["configs"]) == ["a", "b"]
    assert answers[1]["exhausted"] is True


def test_a_refused_header_ends_the_conversation(tuner_binary):
    answers, code = suggest(tuner_binary, {**HEADER, "strategy": "Psychic"}, {"op": "ask"})
    assert code == 2 and len(answers) == 1 and "Psychic" in answers[0]["error"]


def train(binary, *options, **environment):
    return subprocess.run(
        [binary, "train-digits", *options],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
    )


def test_the_digits_are_learned_and_the_model_is_saved(tuner_binary, tmp_path):
    done = train(tuner_binary, "--learning_rate", "0.1", SM_MODEL_DIR=str(tmp_path))
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    pattern = re.compile(r"epoch=(\d+) loss=\d+\.\d{4} validation:accuracy=(0\.\d{4})")
    matches = [pattern.fullmatch(line) for line in lines]
    assert [int(match.group(1)) for match in matches] == list(range(1, 11))
    assert float(matches[-1].group(2)) >= 0.95
    assert len(json.loads((tmp_path / "model.json").read_text())["layers"]) == 2


def test_a_wrong_option_is_one_line_and_exit_code_2(tuner_binary):
    done = train(tuner_binary, "--momentum", "1")
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1 and "momentum" in done.stderr


def test_a_model_that_cannot_be_saved_is_exit_code_1(tuner_binary, tmp_path):
    done = train(tuner_binary, "--epochs", "1", SM_MODEL_DIR=str(tmp_path / "nowhere"))
    assert done.returncode == 1
    assert "nowhere" in done.stderr


def test_training_ends_at_sigterm_and_its_lines_come_at_once(tuner_binary):
    command = [tuner_binary, "train-digits", "--epochs", "10000"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline().startswith("epoch=1 ")
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == -signal.SIGTERM
