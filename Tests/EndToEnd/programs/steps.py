"""A training program that does nothing but report, and leaves a trace of every step it takes.

Appends `start`, `step` and `end` lines to the file in TRACE, so that whoever reads it knows how
often each training job really ran, whatever the service says. Appending one short line is atomic.
"""

import argparse
import os
import sys
import time


def trace(*words):
    line = " ".join(map(str, (os.environ["TRAINING_JOB_NAME"], *words))) + "\n"
    descriptor = os.open(os.environ["TRACE"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(descriptor, line.encode())
    os.close(descriptor)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--x", type=float, required=True)
    parser.add_argument("--steps", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=0.05)
    parser.add_argument("--fail", type=int, default=0)
    arguments = parser.parse_args()
    trace("start", os.getpid())
    for step in range(1, arguments.steps + 1):
        time.sleep(arguments.seconds)
        value = arguments.x + 1 / step
        trace("step", step, value)
        print(f"step={step} objective={value!r}", flush=True)
    if arguments.fail:
        print("the disk of this program is full", file=sys.stderr)
        sys.exit(arguments.fail)
    trace("end")


if __name__ == "__main__":
    main()
