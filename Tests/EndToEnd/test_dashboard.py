"""The dashboard in a real browser, while the service tunes."""

import json
import re
import subprocess
import urllib.request

import pytest
from browser import CHROMIUM, DESKTOP, PHONE, barriers, browser, overflow, visit
from jobs import continuous, definition, describe, tuning_job, wait_until_over
from playwright.sync_api import expect
from service import REGION, wait_for

pytestmark = pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium on this machine")

LOSS = {"Name": "loss", "Regex": "loss=(.*)"}
# Names and categories are whatever somebody once typed.
HOSTILE = "</svg><script>document.title='taken'</script>"
RANGES = {
    "ContinuousParameterRanges": [
        continuous("x1", -5, 10),
        continuous("x2", 0, 15),
        continuous("rate", 1e-5, 1, "Logarithmic"),
    ],
    "IntegerParameterRanges": [
        {"Name": "layers", "MinValue": "1", "MaxValue": "8", "ScalingType": "Linear"}
    ],
    "CategoricalParameterRanges": [{"Name": "optimizer", "Values": ["adam", "sgd", HOSTILE]}],
}
CHARTS = [
    "history", "curves", "coordinates", "slice", "contour", "importance", "timeline", "savings",
]  # fmt: skip


def request(name, image, strategy="Random", ranges=RANGES, early=None, **sizes):
    body = tuning_job(name, definition(image, metric=LOSS), ranges, **sizes)
    config = body["HyperParameterTuningJobConfig"]
    config["Strategy"] = strategy
    if strategy == "Hyperband":
        hyperband = {"MinResource": 1, "MaxResource": 9}
        config["StrategyConfig"] = {"HyperbandStrategyConfig": hyperband}
    if early:
        config["TrainingJobEarlyStoppingType"] = early
    return body


@pytest.fixture(scope="module")
def chromium():
    with browser() as program:
        yield program


@pytest.fixture
def service(serve):
    return serve()


@pytest.fixture
def tuned(service):
    """A service with tuning jobs that are over: a modelled one and one of Hyperband."""
    client = service.client()
    image = "mock:branin?epochs=9&seconds=0.001&noise=0.5&failures=0.05"
    client.create_hyper_parameter_tuning_job(
        **request("modelled", image, "Bayesian", count=40, parallel=4, early="Auto")
    )
    client.create_hyper_parameter_tuning_job(
        **request("halved", image, "Hyperband", count=40, parallel=4)
    )
    for name in ("modelled", "halved"):
        wait_until_over(client, name)
    return service


def running(service, name="running", seconds=0.2, **sizes):
    """Starts a tuning job that goes on for a while."""
    body = request(name, f"mock:branin?epochs=1000&seconds={seconds}", **sizes)
    service.client().create_hyper_parameter_tuning_job(**body)


def see_all(page):
    """Scrolls to every chart, and waits until none is still being drawn."""
    for kind in CHARTS:
        panel = page.locator(f"#panel-{kind}")
        if panel.count():
            panel.scroll_into_view_if_needed()
    expect(page.locator("[data-pending]")).to_have_count(0, timeout=120_000)


# Pages


@pytest.mark.parametrize("scheme, viewport", [("light", DESKTOP), ("dark", DESKTOP), ("dark", PHONE)])
def test_every_page_is_usable_in_every_look(tuned, chromium, scheme, viewport):
    best = describe(tuned.client(), "modelled")["BestTrainingJob"]["TrainingJobName"]
    addresses = [
        "/", "/tuning-jobs/modelled", "/tuning-jobs/halved", "/training-jobs",
        f"/training-jobs/{best}", "/algorithms", "/backends", "/sign-in",
    ]  # fmt: skip
    for address in addresses:
        with visit(chromium, tuned.endpoint, address, scheme, viewport) as page:
            if address.startswith("/tuning-jobs/"):
                see_all(page)
            assert not barriers(page), address
            assert overflow(page) <= 0, address
            assert page.title() != "taken"


def test_all_charts_are_there_with_a_mark_for_each_training_job(tuned, chromium):
    with visit(chromium, tuned.endpoint, "/tuning-jobs/modelled") as page:
        see_all(page)
        for kind in CHARTS:
            assert page.locator(f"#chart-{kind} svg").count() >= 1, kind
            summary = page.locator(f"#panel-{kind} figcaption").inner_text()
            assert len(summary) > 30, kind
        counters = describe(tuned.client(), "modelled")["TrainingJobStatusCounters"]
        usable = counters["Completed"] + counters["Stopped"]
        for kind in ("history", "coordinates"):
            marks = page.locator(f"#chart-{kind} .mark[data-trial]").evaluate_all(
                "all => [...new Set(all.map(mark => mark.dataset.trial))].length"
            )
            assert usable <= marks <= 40, kind
        # The other two parameters of the model are asked for by a form.
        page.select_option("select[name=x]", "x1")
        page.select_option("select[name=y]", "x2")
        page.get_by_role("button", name="Show").click()
        see_all(page)
        assert "x1" in page.locator("#panel-contour").inner_text()


def test_without_scripts_everything_is_there(tuned, chromium):
    with visit(
        chromium, tuned.endpoint, "/tuning-jobs/modelled", java_script_enabled=False
    ) as page:
        for kind in CHARTS:
            panel = page.locator(f"#panel-{kind}")
            assert panel.locator("svg, img").count() >= 1, kind
        assert page.locator("#training-jobs-table tbody tr").count() > 10


def test_a_training_job_says_why_it_was_tried(tuned, chromium):
    best = describe(tuned.client(), "modelled")["BestTrainingJob"]
    with visit(chromium, tuned.endpoint, "/tuning-jobs/modelled") as page:
        expect(page.locator("#best-value")).to_contain_text(
            str(best["FinalHyperParameterTuningJobObjectiveMetric"]["Value"])[:4]
        )
        page.locator("#best-training-job").click()
        expect(page.locator("h1")).to_have_text(best["TrainingJobName"])
        text = page.locator("main").inner_text()
        for name, value in best["TunedHyperParameters"].items():
            assert name in text and value in text
        assert page.locator("#decision").inner_text()


def test_answers_let_nothing_in_from_elsewhere(tuned):
    with urllib.request.urlopen(tuned.endpoint + "/tuning-jobs/modelled") as answer:
        policy = answer.headers["Content-Security-Policy"]
        page = answer.read().decode()
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy and "http:" not in policy and "https:" not in policy
    assert "frame-ancestors 'none'" in policy
    assert " style=" not in page and "<style" not in page
    assert not re.search(r"\son\w+=", page)


# What happens while somebody looks


def test_a_page_follows_its_tuning_job_and_keeps_the_place(service, chromium):
    body = request("followed", "mock:branin?epochs=3&seconds=0.4", count=6, parallel=2)
    service.client().create_hyper_parameter_tuning_job(**body)
    with visit(chromium, service.endpoint, "/") as home:
        row = home.locator("tr[data-job=followed]")
        expect(row.locator(".status")).to_have_attribute("data-status", re.compile(".+"))
        with visit(chromium, service.endpoint, "/tuning-jobs/followed") as page:
            expect(page.locator("#live")).to_have_attribute("data-state", "on")
            page.evaluate("window.isTheSamePage = true")
            page.locator("#training-jobs-table th a").first.focus()
            expect(page.locator("#best-value")).to_be_visible(timeout=30_000)
            expect(page.locator("#summary .status").first).to_have_text(
                "Completed", timeout=60_000
            )
            assert page.evaluate("window.isTheSamePage")
            assert page.evaluate("document.activeElement.closest('#training-jobs-table th') !== null")
            expect(page.locator("#training-jobs-table tbody tr")).to_have_count(6)
        expect(row.locator(".status")).to_have_text("Completed", timeout=30_000)


def test_a_page_goes_on_after_the_service_was_away(serve, tmp_path, chromium):
    """The browser says in its console that it was refused; that is all that goes wrong."""
    service = serve(tmp_path / "data")
    port = service.endpoint.rsplit(":", 1)[1]
    running(service, count=2, parallel=1)
    context = chromium.new_context(base_url=service.endpoint)
    page = context.new_page()
    page.goto("/tuning-jobs/running")
    expect(page.locator("#live")).to_have_attribute("data-state", "on")
    service.kill()
    expect(page.locator("#live")).to_have_attribute("data-state", "off", timeout=30_000)
    service.command[service.command.index("--port") + 1] = port
    service.start()
    expect(page.locator("#live")).to_have_attribute("data-state", "on", timeout=60_000)
    service.client().stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="running")
    expect(page.locator("#summary .status").first).to_have_text("Stopped", timeout=30_000)
    context.close()


@pytest.mark.parametrize("scripts", [True, False])
def test_stopping_asks_first(service, chromium, scripts):
    running(service, count=4, parallel=2)
    client = service.client()
    with visit(
        chromium, service.endpoint, "/tuning-jobs/running", java_script_enabled=scripts
    ) as page:
        page.locator("#stop").click()
        expect(page.locator("h1")).to_contain_text("running")
        page.get_by_role("link", name="Back", exact=True).click()
        assert describe(client, "running")["HyperParameterTuningJobStatus"] == "InProgress"
        page.locator("#stop").click()
        page.locator("#confirm-stop button").click()
        expect(page.locator("h1")).to_have_text("running")
    assert wait_until_over(client, "running")["HyperParameterTuningJobStatus"] == "Stopped"


def test_one_training_job_is_stopped_by_itself(service, chromium):
    running(service, count=2, parallel=2)
    client = service.client()
    with visit(chromium, service.endpoint, "/tuning-jobs/running") as page:
        page.locator("tr[data-training-job] a").first.click()
        name = page.locator("h1").inner_text()
        page.locator("#stop").click()
        page.locator("#confirm-stop button").click()
        expect(page.locator(".status").first).to_have_text("Stopped", timeout=30_000)
        assert page.locator("#stop").count() == 0
    assert client.describe_training_job(TrainingJobName=name)["TrainingJobStatus"] == "Stopped"
    assert describe(client, "running")["HyperParameterTuningJobStatus"] == "InProgress"
    client.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="running")
    wait_until_over(client, "running")


# By keyboard, and by mouse


def kept_lines(page):
    return page.locator("#chart-coordinates .mark[data-trial]:not(.out)").count()


def test_lines_are_brushed_by_mouse_and_by_keyboard(tuned, chromium):
    with visit(chromium, tuned.endpoint, "/tuning-jobs/modelled") as page:
        see_all(page)
        page.locator("#panel-coordinates").scroll_into_view_if_needed()
        everything = kept_lines(page)
        axis = page.locator("#chart-coordinates [role=slider]").nth(1)
        axis.focus()
        for _ in range(8):
            page.keyboard.press("ArrowUp")
        by_keyboard = kept_lines(page)
        assert 0 <= by_keyboard < everything
        said = page.locator(".announcement")
        expect(said.first).to_contain_text(str(by_keyboard))
        page.keyboard.press("Escape")
        assert kept_lines(page) == everything
        box = axis.bounding_box()
        middle = box["x"] + box["width"] / 2
        page.mouse.move(middle, box["y"] + box["height"] * 0.1)
        page.mouse.down()
        page.mouse.move(middle, box["y"] + box["height"] * 0.5, steps=5)
        page.mouse.up()
        assert kept_lines(page) < everything


def test_everything_is_reached_by_keyboard(tuned, chromium):
    with visit(chromium, tuned.endpoint, "/") as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "content"
        for _ in range(20):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.textContent").strip() == "halved":
                break
        outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert outline != "none"
        page.keyboard.press("Enter")
        expect(page.locator("h1")).to_have_text("halved")


# Access


@pytest.fixture
def keys(tuner_binary, tmp_path):
    """A full access key and one that may only read."""
    made = []
    for arguments in ([], ["--read-only"]):
        output = subprocess.run(
            [tuner_binary, "keys", "create", "--data", tmp_path / "data", "--json", *arguments],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        key = json.loads(output)
        made.append((key["AccessKeyId"], key["SecretAccessKey"]))
    return made


def sign_in(page, key):
    page.fill("input[name=key]", key[0])
    page.fill("input[name=secret]", key[1])
    page.locator("#sign-in button").click()


def test_with_access_keys_people_sign_in(serve, tmp_path, keys, chromium):
    service = serve(tmp_path / "data")
    client = service.client(keys[0])
    body = request("secret", "mock:branin?epochs=1000&seconds=0.2", count=2, parallel=1)
    client.create_hyper_parameter_tuning_job(**body)
    for address in ("/api/tuning-jobs", "/tuning-jobs/secret/report.html"):
        with pytest.raises(urllib.error.HTTPError) as refusal:
            urllib.request.urlopen(service.endpoint + address)
        assert refusal.value.code == 401, address

    with visit(chromium, service.endpoint, "/tuning-jobs/secret") as page:
        assert "secret" not in page.locator("main").inner_text().replace("Secret access key", "")
        sign_in(page, keys[1])
        expect(page.locator("h1")).to_have_text("secret")
        assert page.locator("#stop").count() == 0
        assert keys[1][0] in page.locator("#signed-in-key").inner_text()
        page.locator("#sign-out button").click()
        sign_in(page, keys[0])
        page.goto("/tuning-jobs/secret")
        page.locator("#stop").click()
        page.locator("#confirm-stop button").click()
        expect(page.locator("#summary .status").first).to_have_text("Stopped", timeout=30_000)
        cookies = page.context.cookies()
        assert all(cookie["httpOnly"] and cookie["sameSite"] == "Strict" for cookie in cookies)
    wait_for(lambda: describe(client, "secret")["HyperParameterTuningJobStatus"] == "Stopped")


def test_a_wrong_secret_signs_nobody_in(serve, tmp_path, keys, chromium):
    service = serve(tmp_path / "data")
    context = chromium.new_context(base_url=service.endpoint)
    page = context.new_page()
    page.goto("/")
    sign_in(page, (keys[0][0], "x" * 40))
    expect(page.locator("#problem")).to_be_visible()
    page.goto("/")
    expect(page.locator("#sign-in")).to_be_visible()
    context.close()


# Size


def test_ten_thousand_training_jobs_are_shown_at_once(serve, tmp_path, chromium):
    service = serve(tmp_path / "data")
    client = service.client()
    body = request("large", "mock:branin?epochs=2&seconds=0", count=10_000, parallel=100)
    client.create_hyper_parameter_tuning_job(**body)
    wait_until_over(client, "large", seconds=300)
    with visit(chromium, service.endpoint, "/tuning-jobs/large") as page:
        see_all(page)
        transferred = page.evaluate(
            "performance.getEntries().reduce((sum, e) => sum + (e.decodedBodySize || 0), 0)"
        )
        assert transferred < 1_500_000, "the page, its scripts and all of its charts"
        assert page.locator("#training-jobs-table tbody tr").count() <= 100
        assert "10,000" in page.locator("#panel-history").inner_text()
        page.get_by_role("link", name="Next page").click()
        expect(page.locator("#training-jobs-table tbody tr").first).to_be_visible()
    with urllib.request.urlopen(service.endpoint + "/tuning-jobs/large") as answer:
        assert len(answer.read()) < 1_000_000
