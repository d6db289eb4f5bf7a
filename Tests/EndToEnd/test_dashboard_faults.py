"""The dashboard when what it shows goes away: jobs, keys and what cannot be drawn."""

import re
import subprocess

import pytest
from browser import browser
from jobs import continuous, definition, describe, steps_job, tuning_job, wait_until_over
from playwright.sync_api import expect
from service import wait_for


@pytest.fixture(scope="module")
def chromium():
    with browser() as program:
        yield program


def asked(page):
    """The parts that a page asks for, as they are asked for."""
    paths = []
    page.on("request", lambda request: paths.append(request.url))
    return paths


def test_the_page_of_a_deleted_tuning_job_says_so_and_asks_no_more(serve, tmp_path, chromium):
    service = serve()
    client = service.client()
    job = steps_job("gone", tmp_path / "trace", count=2, steps=2000, seconds=0.2)
    client.create_hyper_parameter_tuning_job(**job)
    page = chromium.new_context().new_page()
    page.goto(f"{service.endpoint}/tuning-jobs/gone")
    expect(page.locator("#live")).to_have_text("Live")
    client.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="gone")
    wait_until_over(client, "gone")
    expect(page.locator("#summary")).to_contain_text("Stopped")
    client.delete_hyper_parameter_tuning_job(HyperParameterTuningJobName="gone")
    expect(page.locator("#live")).to_have_text("Deleted", timeout=20_000)
    # What is shown stays; the script's longest pause between two questions is 3 seconds.
    expect(page.locator("h1")).to_have_text("gone")
    paths = asked(page)
    page.evaluate("new Promise((done) => setTimeout(done, 5000))")
    assert paths == []
    page.reload()
    expect(page.locator("h1")).to_have_text("No such tuning job")


def test_a_row_shows_the_first_of_many_hyperparameters(serve, chromium):
    service = serve()
    client = service.client()
    many = {"ContinuousParameterRanges": [continuous(f"x{i:02}", 0, 1) for i in range(30)]}
    client.create_hyper_parameter_tuning_job(
        **tuning_job("many", definition("mock:sphere"), many, count=2)
    )
    wait_until_over(client, "many")
    page = chromium.new_context().new_page()
    page.goto(f"{service.endpoint}/tuning-jobs/many")
    row = page.locator("#training-jobs-table tbody tr").first
    expect(row).to_contain_text("x07")
    expect(row).to_contain_text("and 22 more")
    expect(page.locator("#summary")).to_contain_text("x29")


def test_a_revoked_key_sees_nothing_more(serve, tmp_path, tuner_binary, chromium):
    data = tmp_path / "data"

    def keys(*arguments):
        command = [tuner_binary, "keys", *arguments, "--data", str(data)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    def create(*arguments):
        text = keys("create", *arguments)
        return [
            re.search(f"{name}=(.*)", text).group(1)
            for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
        ]

    full, reading = create(), create("--read-only")
    service = serve(data=data)
    job = steps_job("seen", tmp_path / "trace", count=2, steps=2000, seconds=0.2)
    client = service.client(key=full)
    client.create_hyper_parameter_tuning_job(**job)
    page = chromium.new_context().new_page()
    page.goto(f"{service.endpoint}/tuning-jobs/seen")
    page.fill("[name=key]", reading[0])
    page.fill("[name=secret]", reading[1])
    page.click("#sign-in button")
    expect(page.locator("#live")).to_have_text("Live")
    expect(page.locator("#signed-in-key")).to_contain_text("read only")
    assert page.locator("#stop").count() == 0
    keys("revoke", reading[0])
    page.wait_for_url("**/sign-in?next=*", timeout=30_000)
    client.stop_hyper_parameter_tuning_job(HyperParameterTuningJobName="seen")
    wait_for(lambda: describe(client, "seen")["HyperParameterTuningJobStatus"] == "Stopped")
