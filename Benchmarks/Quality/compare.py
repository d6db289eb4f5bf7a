"""Compares how good the hyperparameters are that optimisers find with equal budgets.

    swift build -c release --product tuner
    python3 Benchmarks/Quality/compare.py .build/release/tuner
    python3 Benchmarks/Quality/compare.py "any ask-and-tell command" --budget 60 --seeds 3

Needs nothing beyond Python's library. Optuna and scikit-optimize take part where the Python that
runs it has them, a problem with real training where it has scikit-learn.

Regret is the cost of the best configuration as reported, without its noise, above the least there
is. It is divided by the median of random search after as many evaluations, and counts as 2 at most:
1 is no better than chance, 0 is perfect. The area is its mean over the evaluations. Ranks are of
the last regrets on one problem with one seed.
"""

import argparse
import dataclasses
import heapq
import json
import math
import pathlib
import random
import statistics
import sys

from participants import Start, participants
from problems import Problem, all_problems

RANDOM_RUNS, TRAINED_RANDOM_RUNS = 101, 9
RATIO_MAX = 2.0
REGRET_MIN = 1e-12


@dataclasses.dataclass
class Run:
    """What one optimiser found on one problem with one seed."""

    participant: str
    problem: str
    seed: int
    regrets: list[float] = dataclasses.field(default_factory=list)
    """After each evaluation; infinite while nothing has succeeded."""
    processor_milliseconds: float = 0.0
    """For each suggestion."""
    error: str | None = None
    ratios: list[float] = dataclasses.field(default_factory=list)

    def record(self) -> dict:
        """For JSON, which has no infinity: null while nothing has succeeded."""
        members = dataclasses.asdict(self)
        members["regrets"] = [r if math.isfinite(r) else None for r in self.regrets]
        return members


class Incumbent:
    """The best configuration as reported, and its regret."""

    def __init__(self, problem: Problem, seed: int) -> None:
        self.problem = problem
        self.random = random.Random(f"noise of {problem.name}, seed {seed}")
        self.least, self.regret = float("inf"), float("inf")

    def report(self, values: dict) -> float | None:
        """Trains; returns what is reported."""
        cost = self.problem.cost(values)
        if cost is None:
            return None
        reported = cost + self.random.gauss(0, self.problem.noise) if self.problem.noise else cost
        if reported < self.least:
            self.least = reported
            self.regret = max(cost - self.problem.optimum, REGRET_MIN)
        return reported


def search(
    name: str, start: Start, problem: Problem, budget: int, parallel: int, seed: int
) -> Run:
    """One search; evaluations that run at the same time end in an order drawn from the seed."""
    run, incumbent = Run(name, problem.name, seed), Incumbent(problem, seed)
    order = random.Random(f"order of {problem.name}, seed {seed}")
    pending, now, asked = [], 0.0, 0
    try:
        optimiser = start(problem, budget, parallel, seed)
        try:
            while len(run.regrets) < budget:
                while len(pending) < parallel and asked < budget:
                    suggestion = optimiser.ask()
                    if suggestion is None:
                        break
                    asked += 1
                    problem.check(suggestion[1])
                    heapq.heappush(
                        pending, (now + order.lognormvariate(0, 0.3), asked, *suggestion))
                if not pending:
                    break
                now, _, identifier, values = heapq.heappop(pending)
                optimiser.tell(identifier, incumbent.report(values))
                run.regrets.append(incumbent.regret)
        finally:
            run.processor_milliseconds = optimiser.close() * 1000 / max(asked, 1)
    except Exception as error:  # A peer that breaks must not end the comparison.
        run.error = f"{type(error).__name__}: {error}"
    run.regrets += [incumbent.regret] * (budget - len(run.regrets))
    return run


def random_medians(problem: Problem, budget: int) -> list[float]:
    """The median regret of random search after each evaluation."""
    runs = []
    for seed in range(TRAINED_RANDOM_RUNS if problem.is_trained else RANDOM_RUNS):
        incumbent, generator = Incumbent(problem, seed), random.Random(f"random search, {seed}")
        regrets = []
        for _ in range(budget):
            incumbent.report(problem.random_values(generator))
            regrets.append(incumbent.regret)
        runs.append(regrets)
    return [statistics.median(column) for column in zip(*runs)]


def ratio(regret: float, median: float) -> float:
    if regret == median:
        return 1.0
    return min(regret / median, RATIO_MAX)


def ranks(runs: list[Run]) -> dict[str, float]:
    """Ranks by the last regret; equal ones share the mean of their places."""
    last = {run.participant: run.regrets[-1] for run in runs}
    return {
        name: 1 + sum(other < own for other in last.values())
        + (sum(other == own for other in last.values()) - 1) / 2
        for name, own in last.items()}


def summary(runs: list[Run]) -> list[dict]:
    """A row for each participant, the best first."""
    places: dict[str, list[float]] = {}
    for pair in sorted({(run.problem, run.seed) for run in runs}):
        for name, rank in ranks([r for r in runs if (r.problem, r.seed) == pair]).items():
            places.setdefault(name, []).append(rank)
    rows = []
    for name in places:
        own = [run for run in runs if run.participant == name]
        rows.append({
            "participant": name,
            "regret": statistics.mean(run.ratios[-1] for run in own),
            "area": statistics.mean(statistics.mean(run.ratios) for run in own),
            "meanRank": statistics.mean(places[name]),
            "processorMilliseconds": statistics.mean(run.processor_milliseconds for run in own),
            "failedRuns": sum(run.error is not None for run in own),
        })
    return sorted(rows, key=lambda row: (row["meanRank"], row["area"]))


def print_tables(runs: list[Run]) -> None:
    rows = summary(runs)
    print(f"\n{'':18}  regret    area  mean rank  CPU ms/suggestion  failed runs")
    for row in rows:
        print(
            f"{row['participant']:18}  {row['regret']:6.3f}  {row['area']:6.3f}  "
            f"{row['meanRank']:9.2f}  {row['processorMilliseconds']:17.2f}  "
            f"{row['failedRuns']:11}")
    names = [row["participant"] for row in rows]
    print("\nmean regret by problem")
    print(" " * 13 + "".join(f"{name:>17}" for name in names))
    for problem in dict.fromkeys(run.problem for run in runs):
        cells = [
            statistics.mean(
                r.ratios[-1] for r in runs if (r.participant, r.problem) == (name, problem))
            for name in names]
        print(f"{problem:13}" + "".join(f"{cell:17.3f}" for cell in cells))


def chosen(asked: str | None, known: dict, what: str) -> dict:
    """Those of the known whose names were asked for, separated by commas; all by default."""
    if asked is None:
        return known
    names = [name.strip() for name in asked.split(",")]
    for name in names:
        if name not in known:
            sys.exit(f"there is no {what} '{name}'; there are {', '.join(known)}")
    return {name: known[name] for name in names}


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", help="tuner, or a command line that speaks its protocol")
    parser.add_argument("--budget", type=int, default=60, help="evaluations of a search (60)")
    parser.add_argument("--seeds", type=int, default=3, help="searches of each problem (3)")
    parser.add_argument("--parallel", type=int, default=1, help="evaluations at once (1)")
    parser.add_argument("--problems", help="names, separated by commas (all)")
    parser.add_argument("--participants", help="names, separated by commas (all)")
    parser.add_argument("--json", type=pathlib.Path, help="writes rows and runs to this file")
    arguments = parser.parse_args()
    for name in ("budget", "seeds", "parallel"):
        if getattr(arguments, name) < 1:
            parser.error(f"--{name} must be at least 1")
    return arguments


def main() -> None:
    arguments = parse_arguments()
    everyone, absent = participants(arguments.command)
    everyone = chosen(arguments.participants, everyone, "participant")
    problems = chosen(arguments.problems, {p.name: p for p in all_problems()}, "problem")
    seeds = list(range(1, arguments.seeds + 1))
    print(f"{len(problems)} problems, {arguments.budget} evaluations, "
          f"{arguments.parallel} at once, seeds {', '.join(map(str, seeds))}")
    for line in absent:
        print(f"not taking part: {line}")
    runs = []
    for problem in problems.values():
        print(f"{problem.name} ...", file=sys.stderr)
        medians = random_medians(problem, arguments.budget)
        for seed in seeds:
            for name, start in everyone.items():
                run = search(name, start, problem, arguments.budget, arguments.parallel, seed)
                run.ratios = [ratio(*pair) for pair in zip(run.regrets, medians)]
                if run.error:
                    print(f"{name} on {problem.name}, seed {seed}: {run.error}", file=sys.stderr)
                runs.append(run)
    print_tables(runs)
    if arguments.json:
        arguments.json.write_text(json.dumps({
            "budget": arguments.budget, "parallel": arguments.parallel, "seeds": seeds,
            "absent": absent, "participants": summary(runs),
            "runs": [run.record() for run in runs]}, indent=1) + "\n")


if __name__ == "__main__":
    main()
