"""Says how much sooner a scheduler finds what others find, from records of simulated tuning.

    python3 Benchmarks/Quality/early_stopping.py ours/Hyperband RESULTS.jsonl PEERS.jsonl
    python3 Benchmarks/Quality/early_stopping.py ours/Hyperband RESULTS.jsonl --against random

A record is a line of JSON with `optimizer`, `problem`, `seed`, `parallel`, `budget` (the simulated
time of each worker) and `trace`: rows of the time and the best loss so far, whenever it improved.

For each other scheduler and problem, over the seeds both have: the time until its last loss is
reached, as a part of the whole time it had. As all workers are busy all the time, that is the part
of the training, too. A run that never gets there counts as infinite.
"""

import argparse
import json
import math
import pathlib
import statistics


def load(paths: list[pathlib.Path]) -> dict[tuple, dict]:
    """The runs that were not cut short, by optimizer, problem, seed and workers."""
    runs = {}
    for path in paths:
        for line in path.read_text().splitlines():
            run = json.loads(line)
            if run.get("error") or run.get("timeout") or not run["trace"]:
                continue
            runs[run["optimizer"], run["problem"], run["seed"], run["parallel"]] = run
    return runs


def time_to(run: dict, loss: float) -> float:
    """When a run has reached a loss; infinite when it never does."""
    return next((time for time, best, *_ in run["trace"] if best <= loss), math.inf)


def part(own: dict, other: dict) -> float:
    """The part of the other's time after which the other's last loss is reached."""
    return time_to(own, other["trace"][-1][1]) / other["budget"]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("optimizer", help="whose times are to be told")
    parser.add_argument("results", type=pathlib.Path, nargs="+", help="files of records")
    parser.add_argument("--against", help="others, separated by commas (all)")
    arguments = parser.parse_args()
    runs = load(arguments.results)
    parts: dict[tuple, list[float]] = {}
    for (name, *key), other in runs.items():
        own = runs.get((arguments.optimizer, *key))
        is_asked = not arguments.against or name in arguments.against.split(",")
        if own and is_asked and name != arguments.optimizer:
            parts.setdefault((name, key[0], key[2]), []).append(part(own, other))
    print(f"{'other':22} {'problem':24} {'workers':>7} {'runs':>5} {'reached':>8} "
          f"{'median part':>12}")
    for (name, problem, workers), values in sorted(parts.items()):
        reached = sum(math.isfinite(value) for value in values)
        print(f"{name:22} {problem:24} {workers:7} {len(values):5} {reached:8} "
              f"{statistics.median(values):12.2f}")


if __name__ == "__main__":
    main()
