"""The articles' programs, commands and files are used as they stand.

A comment above a fenced block says what becomes of it:

    <!-- file: NAME -->      it is written to a folder of the article's own
    <!-- run -->             python and sh are run there, in the order of the article
    <!-- serve -->           the same, and it stays until the end; port 8080 becomes a free one
    <!-- prints -->          what the block before has printed; ... stands for anything
    <!-- part of: PATH -->   it stands in that file of the repository, indented or not
    <!-- as it stands: WHY --> nothing
"""

import json
import os
import re
import shlex
import subprocess
import sys
import textwrap
import urllib.request
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from containers import IMAGE, engine  # noqa: F401  a fixture
from jobs import describe, steps_job, wait_until_over
from service import READY, ROOT, processes_of, wait_for

BLOCK = re.compile(
    r"^(?:<!-- (?P<mark>[a-z ]+?)(?:: (?P<argument>.*?))? -->\n)?"
    r"^```(?P<language>\w*)\n(?P<text>.*?)^```$",
    re.M | re.S,
)
MARKS = {"file", "run", "serve", "prints", "part of", "as it stands"}
ARTICLES = sorted(
    path
    for path in ROOT.glob("Sources/*/Documentation.docc/*.md")
    if re.search(r"^<!-- [a-z ]+.* -->\n```", path.read_text(), re.M)
)
CATALOGS = {path.parent.name: path for path in ROOT.glob("Sources/*/Documentation.docc")}
# Programs of others that an article compares with; without them its blocks are left out.
NEEDED = {"import optuna": "optuna"}


@dataclass
class Block:
    mark: str
    argument: str
    language: str
    text: str
    line: int


def blocks_of(article):
    text = article.read_text()
    for match in BLOCK.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        yield Block(
            match["mark"], match["argument"], match["language"], match["text"], line
        )


class Reader:
    """Does what an article says, in a folder of its own."""

    def __init__(self, folder, binary):
        self.folder = folder
        programs = folder / "programs"
        programs.mkdir()
        (programs / "tuner").symlink_to(binary)
        (programs / "python3").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
        (programs / "python3").chmod(0o755)
        self.environment = {
            **os.environ,
            "PATH": f"{programs}:{os.environ['PATH']}",
            "TUNER_DATA": str(folder / "data"),
            "HOME": str(folder),
        }
        self.endpoint = None
        self.service = None
        self.printed = ""

    def do(self, block):
        text = block.text
        if self.endpoint:
            text = re.sub(r"https?://127\.0\.0\.1:8080", self.endpoint, text)
        if block.mark == "file":
            path = self.folder / block.argument
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        elif block.mark == "run":
            self.run(block, text)
        elif block.mark == "serve":
            self.serve(text)
        elif block.mark == "prints":
            pattern = ".*?".join(map(re.escape, text.strip().split("...")))
            assert re.search(pattern, self.printed, re.S), f"printed:\n{self.printed}"
        elif block.mark == "part of":
            part = textwrap.dedent(text).strip("\n")
            whole = (ROOT / block.argument).read_text()
            found = any(
                textwrap.indent(part, " " * indent, lambda line: line.strip()) in whole
                for indent in (0, 4, 8)
            )
            assert found, f"{block.argument} has no such lines"

    def run(self, block, text):
        shell = ["bash", "-euo", "pipefail", "-c"] if block.language == "sh" else ["python3", "-c"]
        result = subprocess.run(
            [*shell, text], cwd=self.folder, env=self.environment, stdin=subprocess.DEVNULL,
            capture_output=True, text=True, timeout=240,
        )
        self.printed = result.stdout
        assert result.returncode == 0, f"{result.stdout}\n{result.stderr}"

    def serve(self, text):
        self.close()
        self.service = subprocess.Popen(
            [*shlex.split(text), "--port", "0"], cwd=self.folder, env=self.environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
        )
        match = READY.fullmatch(self.service.stdout.readline())
        assert match, f"{text} is not ready"
        self.endpoint = match[1]

    def close(self):
        if self.service:
            self.service.terminate()
            assert self.service.wait(60) == 0
            self.service.stdout.close()
            self.service = None


@pytest.mark.parametrize("article", ARTICLES, ids=lambda path: path.stem)
def test_what_an_article_shows_works(article, tuner_binary, tmp_path):
    reader = Reader(tmp_path, tuner_binary)
    try:
        for block in blocks_of(article):
            place = f"{article.relative_to(ROOT)}:{block.line}"
            assert block.mark in MARKS, f"{place} is not marked"
            needed = [module for line, module in NEEDED.items() if line in block.text]
            for module in needed:
                pytest.importorskip(module)
            try:
                reader.do(block)
            except (AssertionError, OSError, subprocess.SubprocessError) as error:
                raise AssertionError(f"{place}: {error}") from error
    finally:
        reader.close()
    assert not processes_of(tmp_path)


def test_there_are_articles_to_check():
    assert len(ARTICLES) >= 7, ARTICLES


def settings_of(value, path=()):
    """The settings below a value of the settings file, by their dotted names."""
    if not isinstance(value, dict) or not value:
        return {".".join(path): value}
    leaves = {}
    for name, member in value.items():
        leaves.update(settings_of(member, (*path, name)))
    return leaves


def test_the_table_of_settings_is_that_of_the_settings_file():
    article = (CATALOGS["TuningServer"] / "Settings.md").read_text()
    rows = re.findall(r"^\| `([A-Za-z][\w.]*)` \| `([^`]*)` \|", article, re.M)
    table = {name: yaml.safe_load(default) for name, default in rows}
    assert len(table) == len(rows), "a setting is there twice"
    standard = settings_of(yaml.safe_load((ROOT / "Config/tuner.yaml").read_text()))
    assert table == standard


def test_a_backup_of_a_running_service_goes_on_where_it_was(serve, tuner_binary, tmp_path):
    article = CATALOGS["TuningServer"] / "OperatingTheService.md"
    (backup,) = (block for block in blocks_of(article) if "VACUUM INTO" in block.text)
    reader = Reader(tmp_path, tuner_binary)
    service = serve(data=tmp_path / "data")
    client = service.client()
    request = steps_job("saved", tmp_path / "trace", count=8, parallel=2, steps=4, seconds=0.2)
    client.create_hyper_parameter_tuning_job(**request)
    wait_for(lambda: describe(client, "saved")["TrainingJobStatusCounters"]["Completed"] >= 2)
    reader.do(backup)
    service.kill()

    client = serve(data=tmp_path / "backup").client()
    job = wait_until_over(client, "saved")
    counts = job["TrainingJobStatusCounters"]
    assert counts["Completed"] + counts["NonRetryableError"] + counts["RetryableError"] == 8, counts
    assert counts["Completed"] >= 6, counts  # at most two ran at that moment
    replay = [tuner_binary, "replay", "saved", "--data", tmp_path / "backup"]
    subprocess.run(replay, check=True, stdout=subprocess.DEVNULL)
    wait_for(lambda: not processes_of(tmp_path / "data"))


def guide_files():
    """The files of the guide to other backends, by their names."""
    article = CATALOGS["Orchestration"] / "PastOneMachine.md"
    return {block.argument: block.text for block in blocks_of(article) if block.mark == "file"}


@pytest.mark.parametrize(
    "name", [name for name, text in guide_files().items() if "\nbackend:" in "\n" + text]
)
def test_the_settings_of_the_guide_are_taken(serve, tmp_path, name):
    """Also where nothing of what they name can be reached."""
    (tmp_path / name).write_text(guide_files()[name])
    settings = yaml.safe_load(guide_files()[name])
    with urllib.request.urlopen(
        serve(arguments=["--config", str(tmp_path / name)]).endpoint + "/api/backends"
    ) as answer:
        backends = {one["name"] for one in json.load(answer)["backends"]}
    assert {settings["backend"], *settings.get("backends", {})} <= backends


def test_the_guide_s_containers_run(engine, tuner_binary, tmp_path):  # noqa: F811
    """With this machine's engine, image and network, and without limits, which need control groups."""
    files = {name: yaml.safe_load(text) for name, text in guide_files().items()}
    (tmp_path / "runs").mkdir()
    settings, request = files["containers.yaml"], files["in-containers.yaml"]
    settings["container"] |= {
        "socket": str(engine.socket), "network": "host", "instances": {},
        "mounts": [f"{tmp_path}/runs:/runs"],
    }
    request["TrainingJobDefinition"]["AlgorithmSpecification"]["TrainingImage"] = IMAGE
    for name, value in (("settings.json", settings), ("job.json", request)):
        (tmp_path / name).write_text(json.dumps(value))
    subprocess.run(
        [tuner_binary, "run", "job.json", "--config", "settings.json", "--data", "data"],
        cwd=tmp_path, check=True, stdout=subprocess.DEVNULL, timeout=240,
    )
    assert (tmp_path / "runs/runs").read_text().count("run in-containers-") == 8


def test_the_table_of_operations_has_all_of_them():
    article = (CATALOGS["SageMakerAPI"] / "ComingFromSageMaker.md").read_text()
    operations = (ROOT / "Sources/SageMakerAPI/Operations/Operation.swift").read_text()
    section = article.split("## Operations")[1].split("##")[0]
    told = re.findall(r"^\| ([A-Z]\w+) \|", section, re.M)
    assert sorted(told) == sorted(re.findall(r'case \w+ = "(\w+)"', operations))


def test_links_in_articles_name_what_is_there():
    """Of plain words too: what documentation of another target cannot link to, it names."""
    articles = {path.stem for path in ROOT.glob("Sources/*/Documentation.docc/*.md")}
    for path in ROOT.glob("Sources/*/Documentation.docc/*.md"):
        links = re.findall(r"<doc:([\w/]+)>", path.read_text())
        named = re.findall(r"`(\w+)`,? in the\s+documentation\s+of", path.read_text())
        unknown = {name.split("/")[-1] for name in (*links, *named)} - articles
        assert not unknown, f"{path.relative_to(ROOT)}: {unknown}"
