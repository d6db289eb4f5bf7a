"""`tuner plot` writes reports and charts of real tuning jobs, which parsers of others can read."""

import html.parser
import http.server
import json
import re
import subprocess
import threading
from xml.etree import ElementTree

import pytest
from jobs import continuous, definition, tuning_job

SVG = "{http://www.w3.org/2000/svg}"
COUNT = 12
RANGES = {
    "ContinuousParameterRanges": [
        continuous("x1", -5, 10),
        continuous("x2", 0, 15),
    ],
    "CategoricalParameterRanges": [{"Name": "kind", "Values": ["<b>&", "plain"]}],
}
KINDS = ["history", "curves", "coordinates", "slice", "contour", "importance", "timeline"]
# How many marks a training job has; curves leave out what never reported.
MARKS = {"history": 1, "coordinates": 1, "timeline": 1, "slice": 3, "contour": 2, "curves": 1}


def request(strategy):
    job = tuning_job(
        f"plot-{strategy.lower()}",
        definition("mock:branin?epochs=3&noise=0.1"),
        RANGES,
        count=COUNT,
        parallel=3,
    )
    config = job["HyperParameterTuningJobConfig"]
    config["Strategy"] = strategy
    if strategy == "Grid":
        ranges = {
            "IntegerParameterRanges": [
                {"Name": "x1", "MinValue": "1", "MaxValue": "3"},
                {"Name": "x2", "MinValue": "1", "MaxValue": "2"},
            ],
            "CategoricalParameterRanges": RANGES["CategoricalParameterRanges"],
        }
        config["ParameterRanges"] = ranges
        del config["ResourceLimits"]["MaxNumberOfTrainingJobs"]
    if strategy == "Hyperband":
        config["StrategyConfig"] = {
            "HyperbandStrategyConfig": {"MinResource": 1, "MaxResource": 3}
        }
    return job


@pytest.fixture(scope="module")
def tuner(tuner_binary, tmp_path_factory):
    """Runs `tuner` in a folder of its own."""
    folder = tmp_path_factory.mktemp("plot")

    def run(*arguments, code=0):
        result = subprocess.run(
            [tuner_binary, *arguments],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert result.returncode == code, result.stderr
        return result

    run.folder = folder
    return run


@pytest.fixture(scope="module", params=["Random", "Bayesian", "Grid", "Hyperband"])
def job(tuner, request):
    """A tuning job that is over."""
    body = globals()["request"](request.param)
    name = body["HyperParameterTuningJobName"]
    path = tuner.folder / f"{name}.json"
    path.write_text(json.dumps(body))
    tuner("run", str(path), "--data", "data")
    return name


class Page(html.parser.HTMLParser):
    """Counts elements, and collects what a page would load or run."""

    VOID = {"meta", "br", "link", "img", "input", "hr"}

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.foreign, self.policy = [], {}, [], None
        self.feed(text)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.tags[tag] = self.tags.get(tag, 0) + 1
        if attributes.get("http-equiv") == "Content-Security-Policy":
            self.policy = attributes["content"]
        for name, value in attributes.items():
            if name in {"src", "href", "style"} or name.startswith("on"):
                self.foreign.append((tag, name, value))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in self.VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def marks(picture):
    return [element for element in picture.iter() if "mark" in element.get("class", "").split()]


def test_every_chart_is_xml_with_a_mark_for_each_training_job(tuner, job):
    for kind in KINDS:
        tuner("plot", job, "--chart", kind, "--data", "data")
        root = ElementTree.parse(tuner.folder / f"{job}-{kind}.svg").getroot()
        assert root.tag == f"{SVG}svg" and root.get("role") == "img"
        assert root.find(f"{SVG}title").text and root.find(f"{SVG}desc").text
        if kind in MARKS:
            assert len(marks(root)) == MARKS[kind] * COUNT, kind
        for element in root.iter():
            assert not any(name == "style" or name.startswith("on") for name in element.keys())


def test_the_model_is_of_the_parameters_asked_for(tuner, job):
    tuner("plot", job, "--chart", "contour", "--parameters", "x2,kind", "--data", "data")
    root = ElementTree.parse(tuner.folder / f"{job}-contour.svg").getroot()
    assert "over x2 and kind" in root.find(f"{SVG}desc").text
    assert any("<b>&" in (text.text or "") for text in root.iter(f"{SVG}text"))


def test_a_report_is_one_file_that_asks_for_nothing(tuner, job):
    result = tuner("plot", job, "--data", "data")
    assert result.stdout == f"{job}.html\n"
    text = (tuner.folder / f"{job}.html").read_text()
    page = Page(text)
    assert page.foreign == []
    assert page.tags["figure"] >= len(KINDS)
    assert page.tags["script"] == page.tags["h1"] == 1
    assert page.policy.startswith("default-src 'none'") and page.policy.count("'sha256-") == 2
    assert "<b>&" not in text
    assert set(re.findall(r"https?://[^\"' ]+", text)) == {"http://www.w3.org/2000/svg"}
    assert re.findall(r'id="([^"]+)"', text) == sorted(
        set(re.findall(r'id="([^"]+)"', text)), key=text.index
    )


def test_what_cannot_be_plotted_is_said(tuner, job):
    for arguments, words in [
        (["nobody"], "there is no tuning job 'nobody'"),
        ([job, "--out", "a.svg"], "say which with --chart"),
        ([job, "--out", "a.html", "--chart", "slice"], "a report has all charts"),
        ([job, "--out", "a.pdf"], "must end in .html or .svg"),
        ([job, "--parameters", "x1,nobody"], "There is no hyperparameter 'nobody'; there are"),
        ([job, "--parameters", "x1"], "two different names"),
        ([job, "--out", "no/such/folder.html"], "cannot write 'no/such/folder.html'"),
    ]:
        result = tuner("plot", *arguments, "--data", "data", code=2)
        assert words in result.stderr


def test_charts_are_made_beside_a_service_that_uses_the_directory(serve, tuner, job):
    serve(data=tuner.folder / "data")
    tuner("plot", job, "--chart", "history", "--out", "beside.svg", "--data", "data")
    assert len(marks(ElementTree.parse(tuner.folder / "beside.svg").getroot())) == COUNT


@pytest.fixture
def pages():
    """A service that has pages alone: their texts by address; notes what was asked for."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append((self.path, self.headers.get("Authorization", "")))
            text = texts.get(self.path)
            self.send_response(404 if text is None else 200)
            self.end_headers()
            self.wfile.write((text or '{"message": "Nothing is there."}').encode())

        def log_message(self, *arguments):
            pass

    texts, asked = {}, []
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", texts, asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_service_is_asked_for_its_pages_with_a_signature(tuner, pages, monkeypatch):
    endpoint, texts, asked = pages
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    report = "/tuning-jobs/far/report.html"
    chart = "/tuning-jobs/far/charts/contour.svg?x=learning%20rate&y=%26k"
    texts |= {report: "<p>é</p>", chart: "<svg/>"}
    tuner("plot", "far", "--endpoint", endpoint)
    assert (tuner.folder / "far.html").read_text() == "<p>é</p>"
    picture = ["--chart", "contour", "--parameters", "learning rate,&k", "--endpoint", endpoint]
    tuner("plot", "far", *picture)
    assert (tuner.folder / "far-contour.svg").read_text() == "<svg/>"
    assert [path for path, _ in asked] == [report, chart]
    assert all("Credential=AKIAEXAMPLE/" in authorization for _, authorization in asked)
    result = tuner("plot", "near", "--endpoint", endpoint, code=2)
    assert "Nothing is there." in result.stderr
    assert not (tuner.folder / "near.html").exists()
