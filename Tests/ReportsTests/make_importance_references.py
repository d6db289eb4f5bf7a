"""Writes References/importances.json: trials, and what Optuna's fANOVA says of them.

    pip install optuna==5.0.0 scikit-learn==1.9.1
    python Tests/ReportsTests/make_importance_references.py

Shares are the mean over ten forests of optuna.importance.FanovaImportanceEvaluator, normalised to a
sum of 1 as optuna.importance.get_param_importances does it.
"""

import json
import math
import random
from pathlib import Path

import optuna
from optuna.distributions import (
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.importance import FanovaImportanceEvaluator

SEEDS = range(10)


def continuous(low, high):
    return {"kind": "continuous", "min": str(low), "max": str(high)}


def integer(low, high):
    return {"kind": "integer", "min": str(low), "max": str(high)}


def categorical(*values):
    return {"kind": "categorical", "values": values}


def ishigami(x):
    """Ishigami and Homma, 1990."""
    return math.sin(x["a"]) + 7 * math.sin(x["b"]) ** 2 + 0.1 * x["c"] ** 4 * math.sin(x["a"])


def branin(x):
    """Dixon and Szegö, 1978."""
    rest = x["y"] - 5.1 / (4 * math.pi**2) * x["x"] ** 2 + 5 / math.pi * x["x"] - 6
    return rest**2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x["x"]) + 10


def squares(x):
    return sum(x[f"x{i}"] ** 2 * (8 - 2 * i) for i in range(4)) + 0.1 * x["idle"]


def mixed(x):
    kinds = {"adam": 0.0, "sgd": 2.0, "none": 1.5, "rmsprop": 0.2}
    return kinds[x["kind"]] + 0.05 * (x["depth"] - 7) ** 2 + 0.5 * (x["rate"] - 0.3) ** 2


PI = round(math.pi, 6)
PROBLEMS = {
    "ishigami": (ishigami, {name: continuous(-PI, PI) for name in "abc"}, 300),
    "branin": (branin, {"x": continuous(-5, 10), "y": continuous(0, 15)}, 150),
    "squares": (
        squares,
        {name: continuous(-1, 1) for name in ("x0", "x1", "x2", "x3", "idle")},
        200,
    ),
    "mixed": (
        mixed,
        {
            "rate": continuous(0, 1),
            "depth": integer(1, 12),
            "kind": categorical("adam", "sgd", "none", "rmsprop"),
        },
        120,
    ),
}


def distribution(parameter):
    match parameter["kind"]:
        case "continuous":
            return FloatDistribution(float(parameter["min"]), float(parameter["max"]))
        case "integer":
            return IntDistribution(int(parameter["min"]), int(parameter["max"]))
        case _:
            return CategoricalDistribution(parameter["values"])


def value(parameter, chance):
    match parameter["kind"]:
        case "continuous":
            low, high = float(parameter["min"]), float(parameter["max"])
            return round(low + (high - low) * chance.random(), 4)
        case "integer":
            return chance.randint(int(parameter["min"]), int(parameter["max"]))
        case _:
            return chance.choice(parameter["values"])


def reference(name, function, space, count):
    chance = random.Random(name)
    trials = []
    for _ in range(count):
        values = {key: value(parameter, chance) for key, parameter in space.items()}
        trials.append((values, round(function(values), 5)))
    study = optuna.create_study()
    distributions = {key: distribution(parameter) for key, parameter in space.items()}
    for values, cost in trials:
        study.add_trial(
            optuna.trial.create_trial(params=values, distributions=distributions, value=cost)
        )
    shares = dict.fromkeys(space, 0.0)
    for seed in SEEDS:
        evaluator = FanovaImportanceEvaluator(seed=seed)
        found = optuna.importance.get_param_importances(study, evaluator=evaluator)
        for key, share in found.items():
            shares[key] += share / len(SEEDS)
    return {
        "name": name,
        "parameters": [{"name": key, **parameter} for key, parameter in space.items()],
        "trials": [
            {"values": {key: str(number) for key, number in values.items()}, "cost": cost}
            for values, cost in trials
        ],
        "shares": {key: round(share, 4) for key, share in shares.items()},
    }


def main():
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    references = [
        reference(name, function, space, count)
        for name, (function, space, count) in PROBLEMS.items()
    ]
    path = Path(__file__).parent / "References/importances.json"
    path.parent.mkdir(exist_ok=True)
    lines = ",\n".join(json.dumps(one, separators=(",", ":")) for one in references)
    path.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    for one in references:
        print(one["name"], one["shares"])


if __name__ == "__main__":
    main()
