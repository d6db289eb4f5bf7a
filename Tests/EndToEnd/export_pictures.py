"""Takes the pictures of the dashboard that the README and the articles show.

    swift build -c release --product tuner
    .ci/prepare --tests
    TUNER=.build/release/tuner .venv-tests/bin/python Tests/EndToEnd/export_pictures.py

A service of its own tunes the handwritten digits as `tuner demo` does, by Bayesian optimisation
with early stopping, in local processes. What is seen is what came of that.
"""

import os
import tempfile
from pathlib import Path

import yaml
from browser import browser, visit
from jobs import describe, wait_until_over
from playwright.sync_api import expect
from service import ROOT, Service

FOLDER = ROOT / "Sources/TuningServer/Documentation.docc/Resources"
WINDOW = {"width": 1240, "height": 960}


def digits(tuner):
    request = yaml.safe_load((ROOT / "Config/jobs/digits.yaml").read_text())
    config = request["HyperParameterTuningJobConfig"]
    config["Strategy"] = "Bayesian"
    config["ResourceLimits"]["MaxNumberOfTrainingJobs"] = 60
    config["TrainingJobEarlyStoppingType"] = "Auto"
    definition = request["TrainingJobDefinition"]
    definition["AlgorithmSpecification"]["TrainingImage"] = f"exec:{tuner} train-digits"
    return request


def take(program, service, address, panels, name):
    """A picture in light and one in dark, which documentation shows to those who prefer it."""
    for scheme, suffix in (("light", ""), ("dark", "~dark")):
        with visit(program, service.endpoint, address, scheme, WINDOW) as page:
            for panel in panels:
                page.locator(panel).scroll_into_view_if_needed()
            expect(page.locator("[data-pending]")).to_have_count(0, timeout=60_000)
            page.locator(panels[0]).evaluate("panel => panel.scrollIntoView({block: 'start'})")
            page.screenshot(path=FOLDER / f"{name}{suffix}.png")


def main():
    tuner = Path(os.environ.get("TUNER", ROOT / ".build/debug/tuner")).resolve()
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as directory, browser() as program:
        service = Service(tuner, Path(directory) / "data").start()
        client = service.client()
        client.create_hyper_parameter_tuning_job(**digits(tuner))
        wait_until_over(client, "digits", seconds=900)
        print(describe(client, "digits")["BestTrainingJob"])
        address = "/tuning-jobs/digits"
        kinds = ["coordinates", "slice", "contour", "importance", "timeline", "savings"]
        panels = [f"#panel-{kind}" for kind in kinds]
        take(program, service, address, ["header", *panels], "dashboard-overview")
        take(program, service, address, ["#panel-contour", *panels], "dashboard-model")
        service.terminate()


if __name__ == "__main__":
    main()
