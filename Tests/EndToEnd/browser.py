"""A real browser that notes whatever a page does wrong."""

import os
import shutil
from contextlib import contextmanager
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
# What is asked of every page: the levels A and AA of WCAG 2.2.
STANDARD = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}


class Watch:
    """What a page said and asked for that it should not have."""

    def __init__(self, page, endpoint):
        self.problems = []
        self.host = urlsplit(endpoint).netloc
        page.on("console", self.hear)
        page.on("pageerror", lambda error: self.problems.append(f"script: {error}"))
        page.on("request", self.see)
        page.on("response", self.read)

    def hear(self, message):
        if message.type in ("error", "warning"):
            self.problems.append(f"console: {message.text}")

    def read(self, response):
        if response.status >= 400:
            self.problems.append(f"answer: {response.status} to {response.url}")

    def see(self, request):
        address = urlsplit(request.url)
        if address.scheme not in ("data", "blob") and address.netloc != self.host:
            self.problems.append(f"request to another host: {request.url}")


@contextmanager
def browser():
    """A browser without a window."""
    with sync_playwright() as playwright:
        program = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield program
        program.close()


@contextmanager
def visit(program, endpoint, path="/", scheme="light", viewport=DESKTOP, **options):
    """A page of a service; at the end nothing may have gone wrong with it."""
    context = program.new_context(
        base_url=endpoint, color_scheme=scheme, viewport=viewport, **options
    )
    page = context.new_page()
    watch = Watch(page, endpoint)
    page.goto(path)
    yield page
    context.close()
    assert not watch.problems, watch.problems


def barriers(page):
    """What keeps people from using the page as it is now, each in a line."""
    results = Axe().run(page, options=STANDARD).response
    return [
        f"{violation['id']}: {violation['help']}: {node['html'][:200]} {node['failureSummary']}"
        for violation in results["violations"]
        for node in violation["nodes"][:3]
    ]


def overflow(page):
    """By how many pixels the page is wider than the window."""
    return page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
