"""Shows what a parent tuning job is worth: how far a search is after 10, 20 and 30 training jobs.

    swift build -c release --product tuner
    python3 Benchmarks/Quality/warm_start.py .build/release/tuner

Bayesian tuning jobs through `tuner run`, without a parent, and with TransferLearning from a related
one, from an unrelated one and from one that searched for the opposite. The training program is
this file. Needs nothing beyond Python's library.
"""

import argparse
import json
import math
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import typing

CHECKPOINTS = (10, 20, 30)
METRIC = "loss"
PARENTS = ("no", "related", "unrelated", "opposite")
RANGES = {
    "ContinuousParameterRanges": [
        {"Name": "rate", "MinValue": "1e-6", "MaxValue": "1", "ScalingType": "Logarithmic"},
        {"Name": "decay", "MinValue": "1e-8", "MaxValue": "1e-1", "ScalingType": "Logarithmic"},
        {"Name": "dropout", "MinValue": "0", "MaxValue": "0.8", "ScalingType": "Linear"},
    ],
    "IntegerParameterRanges": [
        {"Name": "units", "MinValue": "8", "MaxValue": "2048", "ScalingType": "Logarithmic"},
        {"Name": "layers", "MinValue": "1", "MaxValue": "12", "ScalingType": "Linear"}],
    "CategoricalParameterRanges": [
        {"Name": "optimizer", "Values": ["sgd", "adam", "adagrad"]}],
}


# --- The training program

class Task(typing.NamedTuple):
    """A data set: where its optimum lies, in coordinates of the unit cube, and its unit of cost."""

    optimum: tuple[float, ...]
    optimizers: dict[str, float]
    sign: float = 1.0
    scale: float = 1.0
    offset: float = 0.0


def task(name: str, seed: int) -> Task:
    """The child's task; a parent's that is near it, independent of it, or its opposite."""
    own = random.Random(f"optimum {seed}")
    optimum = tuple(own.uniform(0.15, 0.85) for _ in range(5))
    optimizers = dict(zip(("sgd", "adam", "adagrad"), own.sample((0.0, 0.1, 0.3), 3)))
    other = random.Random(f"{name} {seed}")
    if name == "child":
        return Task(optimum, optimizers)
    if name == "related":
        near = tuple(x + other.uniform(-0.07, 0.07) for x in optimum)
        return Task(near, optimizers, scale=40.0, offset=300.0)
    if name == "unrelated":
        far = tuple(other.uniform(0.05, 0.95) for _ in range(5))
        return Task(far, dict(zip(optimizers, other.sample((0.0, 0.1, 0.3), 3))), scale=40.0)
    if name == "opposite":
        return Task(optimum, optimizers, sign=-1.0)
    raise ValueError(f"there is no task '{name}'")


def loss(task: Task, values: dict[str, str]) -> float:
    """A bowl with an edge to it: steep where training diverges, and two parameters interact."""
    x = (
        (math.log10(float(values["rate"])) + 6) / 6, (math.log10(float(values["decay"])) + 8) / 7,
        float(values["dropout"]) / 0.8, math.log2(float(values["units"]) / 8) / 8,
        (float(values["layers"]) - 1) / 11)
    rate, decay, dropout, units, layers = (a - b for a, b in zip(x, task.optimum))
    cost = (2.5 * rate**2 + 0.6 * decay**2 + 0.4 * dropout**2 + 1.2 * units**2 + 0.8 * layers**2
            + 0.8 * rate * units + 4 * max(rate - 0.2, 0))
    cost += task.optimizers[values["optimizer"]]
    return task.offset + task.scale * task.sign * cost


def train(arguments: list[str]) -> None:
    """Takes hyperparameters as options and prints the loss."""
    values = {name.removeprefix("--"): text for name, text in zip(arguments[::2], arguments[1::2])}
    print(f"{METRIC}={loss(task(values['task'], int(values['seed'])), values)!r}")


# --- The comparison

def request(name: str, trained: str, seed: int, count: int, parent: str | None) -> dict:
    """CreateHyperParameterTuningJob for a search on a task."""
    program = f"'{sys.executable}' '{pathlib.Path(__file__).resolve()}' train"
    body = {
        "HyperParameterTuningJobName": name,
        "HyperParameterTuningJobConfig": {
            "Strategy": "Bayesian",
            "HyperParameterTuningJobObjective": {"Type": "Minimize", "MetricName": METRIC},
            "ResourceLimits": {"MaxNumberOfTrainingJobs": count, "MaxParallelTrainingJobs": 1},
            "ParameterRanges": RANGES,
            "RandomSeed": seed,
        },
        "TrainingJobDefinition": {
            "StaticHyperParameters": {"task": trained, "seed": str(seed)},
            "AlgorithmSpecification": {
                "TrainingImage": f"exec:{program}",
                "TrainingInputMode": "File",
                "MetricDefinitions": [{"Name": METRIC, "Regex": f"{METRIC}=([0-9.e+-]+)"}],
            },
            "RoleArn": "arn:aws:iam::123456789012:role/benchmark",
            "OutputDataConfig": {"S3OutputPath": "s3://unused/output"},
            "ResourceConfig": {
                "InstanceType": "ml.m5.large", "InstanceCount": 1, "VolumeSizeInGB": 1},
            "StoppingCondition": {"MaxRuntimeInSeconds": 600},
        },
    }
    if parent:
        body["WarmStartConfig"] = {
            "WarmStartType": "TransferLearning",
            "ParentHyperParameterTuningJobs": [{"HyperParameterTuningJobName": parent}]}
    return body


class Directory:
    """A data directory and the tuner that works in it."""

    def __init__(self, tuner: str, path: str) -> None:
        self.tuner, self.path = tuner, path

    def call(self, *arguments: str) -> str:
        done = subprocess.run(
            [self.tuner, *arguments, "--data", self.path], capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"tuner {' '.join(arguments)}: {done.stderr or done.stdout}")
        return done.stdout

    def run(
        self, name: str, trained: str, seed: int, count: int, parent: str | None = None
    ) -> list[float]:
        """Runs a tuning job. Returns the losses of its training jobs in their order."""
        file = pathlib.Path(self.path, f"{name}.json")
        file.write_text(json.dumps(request(name, trained, seed, count, parent)))
        self.call("run", str(file))
        jobs = json.loads(self.call("training-jobs", name, "--json"))
        jobs.sort(key=lambda job: (job["CreationTime"], job["TrainingJobName"]))
        if len(jobs) != count:
            sys.exit(f"{name}: {len(jobs)} training jobs in place of {count}")
        return [job["FinalHyperParameterTuningJobObjectiveMetric"]["Value"] for job in jobs]


def compare(directory: Directory, seed: int, parent_count: int) -> dict[str, list[float]]:
    """The regrets at the checkpoints with each kind of parent; the least loss is 0."""
    regrets = {}
    for kind in PARENTS:
        parent = None if kind == "no" else f"{kind}-{seed}"
        if parent:
            directory.run(parent, kind, seed, parent_count)
        losses = directory.run(f"child-{kind}-{seed}", "child", seed, CHECKPOINTS[-1], parent)
        regrets[kind] = [min(losses[:count]) for count in CHECKPOINTS]
    return regrets


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("tuner", help="the program")
    parser.add_argument("--seeds", type=int, default=5, help="tasks, each with its seed (5)")
    parser.add_argument("--parent-jobs", type=int, default=30, help="a parent's training jobs (30)")
    parser.add_argument("--json", type=pathlib.Path, help="writes all regrets to this file")
    arguments = parser.parse_args()
    seeds = range(1, arguments.seeds + 1)
    print(f"seeds {', '.join(map(str, seeds))}; parents of {arguments.parent_jobs} training jobs")
    results = {}
    with tempfile.TemporaryDirectory() as path:
        for seed in seeds:
            results[seed] = compare(
                Directory(arguments.tuner, path), seed, arguments.parent_jobs)
    header = "".join(f"{f'after {count}':>12}" for count in CHECKPOINTS)
    print(f"{'median regret':16}{header}")
    for kind in PARENTS:
        columns = zip(*(regrets[kind] for regrets in results.values()))
        medians = [statistics.median(column) for column in columns]
        print(f"{f'{kind} parent':16}" + "".join(f"{median:12.4f}" for median in medians))
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=1) + "\n")


if __name__ == "__main__":
    if sys.argv[1:2] == ["train"]:
        train(sys.argv[2:])
    else:
        main()
