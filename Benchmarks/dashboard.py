"""Measures the dashboard: what a page of a large tuning job costs, and what a live one does.

    swift build -c release --product tuner
    python3 Benchmarks/dashboard.py .build/release/tuner

The page of a tuning job with 10,000 training jobs is fetched right after a start of the service,
which has read nothing of it, and again and again; with everything it needs to be drawn, and with
all charts. Then somebody looks at a tuning job with one running training job, as a browser does: a
stream of events, and after each the parts of the page that changed. Needs nothing beyond Python's
library.
"""

import argparse
import re
import statistics
import tempfile
import threading
import time
import urllib.request

from service import Service

COUNT, LIVE_SECONDS = 10_000, 60


def fetch(service, path):
    """The bytes of a page, and the milliseconds that it took."""
    start = time.perf_counter()
    with urllib.request.urlopen(service.address + path, timeout=60) as answer:
        body = answer.read()
    return body, (time.perf_counter() - start) * 1000


def pending(page):
    """The pictures that a page leaves for later."""
    return [address.decode() for address in re.findall(rb'<img src="([^"]*/charts/[^"]*)"', page)]


def wait_until_over(service, name):
    while True:
        job = service.call("DescribeHyperParameterTuningJob", {"HyperParameterTuningJobName": name})
        if job["HyperParameterTuningJobStatus"] != "InProgress":
            return
        time.sleep(0.2)


def measure_large(tuner, directory):
    service = Service(tuner, directory)
    service.create("large", "mock:branin?epochs=3&seconds=0", COUNT, 100)
    wait_until_over(service, "large")
    service.process.terminate()
    service.process.wait()
    service = Service(tuner, directory)
    page, first = fetch(service, "/tuning-jobs/large")
    later = pending(page)
    print(f"{COUNT} training jobs, first page after a start: {first:.0f} ms, "
          f"{len(page) / 1e6:.2f} MB, {len(later)} pictures to follow")
    for address in later:
        picture, milliseconds = fetch(service, address.replace("&amp;", "&"))
        print(f"  {address.split('/')[-1]}: {milliseconds:.0f} ms, {len(picture) / 1e3:.0f} kB")
    times = []
    for _ in range(20):
        page, milliseconds = fetch(service, "/tuning-jobs/large")
        times.append(milliseconds)
    print(f"again: {statistics.median(times):.0f} ms in the median, {max(times):.0f} ms at most, "
          f"{len(page) / 1e6:.2f} MB, {len(pending(page))} pictures to follow; "
          f"{service.resident_megabytes():.0f} MB resident")
    _, milliseconds = fetch(service, "/tuning-jobs/large/report.html")
    print(f"report: {milliseconds:.0f} ms; list of tuning jobs: {fetch(service, '/')[1]:.0f} ms")
    service.process.terminate()
    service.process.wait()


def follow(service, name, stop):
    """Does what the page's script does: fetches what changed after each event."""
    fetch(service, f"/tuning-jobs/{name}")
    stream = urllib.request.urlopen(f"{service.address}/api/events?job={name}", timeout=60)
    fragments = 0
    for line in stream:
        if stop.is_set():
            break
        if line.startswith(b"data:"):
            fetch(service, f"/tuning-jobs/{name}/fragments/summary")
            fetch(service, f"/tuning-jobs/{name}/fragments/training-jobs")
            fragments += 2
    print(f"  {fragments} parts fetched")


def measure_live(tuner, directory, watched):
    service = Service(tuner, directory)
    service.create("live", "mock:branin?epochs=100000&seconds=1", 1, 1)
    time.sleep(2)
    stop = threading.Event()
    thread = threading.Thread(target=follow, args=(service, "live", stop), daemon=True)
    if watched:
        thread.start()
        time.sleep(3)
    before, start = service.processor_seconds(), time.perf_counter()
    time.sleep(LIVE_SECONDS)
    used = service.processor_seconds() - before
    share = used / (time.perf_counter() - start)
    who = "somebody looks" if watched else "nobody looks"
    print(f"one running training job, a report a second, {who}: {100 * share:.2f} % of a core")
    stop.set()
    if watched:
        thread.join(10)
    service.process.terminate()
    service.process.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("tuner", help="the program")
    tuner = parser.parse_args().tuner
    with tempfile.TemporaryDirectory() as directory:
        measure_large(tuner, directory + "/large")
        for watched in (False, True):
            measure_live(tuner, f"{directory}/live-{watched}", watched)


if __name__ == "__main__":
    main()
