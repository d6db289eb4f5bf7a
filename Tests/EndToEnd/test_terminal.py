"""`tuner run` in a terminal: a plot and a line, redrawn in place, left clean; elsewhere lines."""

import os
import re
import signal
import subprocess

import pexpect
import pytest
from service import ROOT

ESCAPE = re.compile(r"\x1b\[([0-9?;]*)([A-Za-z])")
PLOT_HEIGHT = 8


class Screen:
    """What a terminal shows of what was written to it: the escapes that `tuner` uses, no others."""

    def __init__(self, text):
        self.lines, self.row, self.column = [""], 0, 0
        position = 0
        while position < len(text):
            escape = ESCAPE.match(text, position)
            if escape:
                self.move(*escape.groups())
                position = escape.end()
            else:
                self.put(text[position])
                position += 1

    def put(self, character):
        if character == "\r":
            self.column = 0
        elif character == "\n":
            self.row += 1
            if self.row == len(self.lines):
                self.lines.append("")
        else:
            assert character.isprintable(), repr(character)
            line = self.lines[self.row].ljust(self.column)
            self.lines[self.row] = line[: self.column] + character + line[self.column + 1 :]
            self.column += 1

    def move(self, argument, command):
        if command == "A":
            self.row -= int(argument)
            assert self.row >= 0
        elif command == "K":
            self.lines[self.row] = self.lines[self.row][: self.column]
        elif command == "J":
            self.lines[self.row] = self.lines[self.row][: self.column]
            del self.lines[self.row + 1 :]
        else:
            assert command == "m", command


def environment(**changes):
    base = {key: value for key, value in os.environ.items() if not key.startswith("LC_")}
    base.pop("NO_COLOR", None)
    return {**base, "TERM": "xterm-256color", "LANG": "C.UTF-8", **changes}


@pytest.fixture
def spawn(tuner_binary, tmp_path):
    """Starts `tuner run FILE ...` in a terminal of 70 columns."""
    children = []

    def start(file="Config/jobs/bayesian-branin.yaml", *words, size=(24, 70), **changes):
        child = pexpect.spawn(
            str(tuner_binary),
            ["run", file, "--data", str(tmp_path / "data"), *words],
            cwd=str(ROOT),
            env=environment(**changes),
            dimensions=size,
            encoding="utf-8",
            timeout=120,
            echo=False,
        )
        children.append(child)
        return child

    yield start
    for child in children:
        child.close(force=True)


def shown(child):
    """All that a program wrote until it ended."""
    child.expect(pexpect.EOF)
    child.close()
    return child.before


def test_a_plot_is_redrawn_in_place_and_stays_at_the_end(spawn):
    child = spawn()
    text = shown(child)
    assert child.exitstatus == 0, text
    lines = Screen(text).lines
    assert all(len(line) < 70 for line in lines)
    assert [len(line.split("│")) for line in lines[:PLOT_HEIGHT]] == [2] * PLOT_HEIGHT
    dots = "".join(lines[:PLOT_HEIGHT])
    assert sum(0x2800 < ord(character) <= 0x28FF for character in dots) > 30
    assert "40/40 done" in lines[PLOT_HEIGHT] and "best objective " in lines[PLOT_HEIGHT]
    assert lines[PLOT_HEIGHT + 1].startswith("Best training job: ")
    # One frame is one write, and none clears what is shown before it is replaced.
    assert "\x1b[2J" not in text and "\x1b[32m" in text


@pytest.mark.parametrize(
    "changes, is_braille, has_colours",
    [
        ({"LANG": "C"}, False, True),
        ({"LC_ALL": "POSIX"}, False, True),
        ({"NO_COLOR": "1"}, True, False),
        ({"TERM": "linux"}, False, True),
    ],
)
def test_the_environment_decides_characters_and_colours(spawn, changes, is_braille, has_colours):
    text = shown(spawn(**changes))
    lines = Screen(text).lines[:PLOT_HEIGHT]
    assert all(("│" if is_braille else "|") in line for line in lines)
    assert any(ord(character) > 127 for character in text) == is_braille
    assert bool(re.search(r"\x1b\[[0-9;]*m", text)) == has_colours
    if not is_braille:
        assert any("*" in line for line in lines)


@pytest.mark.parametrize("changes", [{"TERM": "dumb"}, {"size": (10, 70)}, {"size": (24, 20)}])
def test_without_room_or_a_cursor_there_is_one_line(spawn, changes):
    text = shown(spawn(**changes))
    lines = Screen(text).lines
    assert "│" not in text and lines[1].startswith("Best training job: ")
    if changes.get("TERM") == "dumb":
        assert "\x1b" not in text


def test_a_file_gets_plain_lines(tuner_binary, tmp_path):
    done = subprocess.run(
        [str(tuner_binary), "run", "Config/jobs/bayesian-branin.yaml", "--data", str(tmp_path)],
        cwd=ROOT,
        env=environment(),
        capture_output=True,
        timeout=120,
    )
    assert done.returncode == 0
    assert b"\x1b" not in done.stderr and b"\r" not in done.stderr
    assert b"40/40 done" in done.stderr.splitlines()[-1]
    assert done.stdout.startswith(b"Best training job: ")


def test_an_interrupted_run_leaves_the_plot_and_its_own_lines(spawn, tmp_path):
    job = tmp_path / "slow.yaml"
    text = (ROOT / "Config/jobs/bayesian-branin.yaml").read_text(encoding="utf-8")
    counts = "{MaxNumberOfTrainingJobs: 40, MaxParallelTrainingJobs: 4}"
    assert counts in text and "mock:branin" in text
    # Programs, as what is simulated is over at once.
    command = "exec:sh -c 'sleep 0.3; echo objective=$$; sleep 0.2' tuner"
    text = text.replace("mock:branin", f'"{command}"')
    job.write_text(text, encoding="utf-8")
    child = spawn(str(job))
    child.expect(r" ([4-9]|[1-3]\d)/40 done")
    before = child.before + child.after
    child.kill(signal.SIGINT)
    after = shown(child)
    assert child.exitstatus == 130, before + after
    lines = [line for line in Screen(before + after).lines if line]
    assert sum("│" in line for line in lines) == PLOT_HEIGHT, lines
    assert lines[-1] == "tuner: interrupted; the same command with the same --data goes on"
    assert "tuner: stopping the training jobs; again to leave them running" in lines
    assert "/40 done" in lines[PLOT_HEIGHT]
