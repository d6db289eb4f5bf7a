"""Optimisers with one face: tuner's strategies over JSON lines, and the peers installed."""

import importlib.util
import json
import os
import pathlib
import shlex
import subprocess
import time
import typing
import warnings

from problems import Parameter, Problem, Values

# Peers compute with one thread, as processor time is compared and small matrices gain nothing.
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_variable, "1")


class Optimiser(typing.Protocol):
    """One search: asks for values and is told what they cost."""

    def ask(self) -> tuple[typing.Any, Values] | None:
        """An identifier and values; `None` when nothing is left to try."""

    def tell(self, identifier: typing.Any, cost: float | None) -> None:
        """Takes in a cost; `None` is a training that failed."""

    def close(self) -> float:
        """Ends the search. Returns its processor seconds."""


Start = typing.Callable[[Problem, int, int, int], Optimiser]
"""Begins a search: of a problem, with a budget, so many at once, from a seed."""


# --- tuner

def command_words(command: str) -> list[str]:
    """A command line that speaks the protocol; to `tuner` alone `suggest` is added."""
    words = shlex.split(command)
    if len(words) == 1 and pathlib.Path(words[0]).name == "tuner":
        words.append("suggest")
    return words


class Tuner:
    """A strategy of tuner in a process of its own, whose start-up counts as processor time."""

    def __init__(
        self, command: str, strategy: str, problem: Problem, budget: int, parallel: int, seed: int
    ) -> None:
        self.process = subprocess.Popen(
            command_words(command), stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.call({
            "space": problem.parameters, "strategy": strategy, "objective": "Minimize",
            "seed": seed, "budget": budget, "parallel": parallel})

    def call(self, request: dict[str, typing.Any]) -> dict[str, typing.Any]:
        print(json.dumps(request), file=self.process.stdin, flush=True)
        line = self.process.stdout.readline()
        answer = json.loads(line) if line else {"error": "the process ended"}
        if "error" in answer:
            raise RuntimeError(f"{answer['error']} (asked {json.dumps(request)[:200]})")
        return answer

    def ask(self) -> tuple[int, Values] | None:
        configurations = self.call({"op": "ask", "n": 1})["configs"]
        return (configurations[0]["id"], configurations[0]["values"]) if configurations else None

    def tell(self, identifier: int, cost: float | None) -> None:
        self.call({"op": "tell", "id": identifier, "value": cost})

    def close(self) -> float:
        self.process.stdin.close()
        _, status, usage = os.wait4(self.process.pid, 0)
        self.process.returncode = os.waitstatus_to_exitcode(status)
        self.process.stdout.close()
        return usage.ru_utime + usage.ru_stime


# --- Peers

class Peer:
    """Counts the processor time of this process while a library works."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def timed(self, work: typing.Callable[..., typing.Any], *arguments: typing.Any) -> typing.Any:
        start = time.process_time()
        result = work(*arguments)
        self.seconds += time.process_time() - start
        return result

    def close(self) -> float:
        return self.seconds


def linear_bounds(parameter: Parameter) -> tuple[float, float, bool]:
    """Bounds as libraries without a reverse logarithm take them, of 1 - x then; and whether log."""
    low, high = parameter["min"], parameter["max"]
    if parameter["scaling"] == "reverselog":
        return 1 - high, 1 - low, True
    return low, high, parameter["scaling"] == "log"


def original(parameter: Parameter, value: typing.Any) -> typing.Any:
    """Back from `linear_bounds`, as plain Python values within the bounds."""
    if parameter["type"] == "categorical":
        return str(value)
    value = int(value) if parameter["type"] == "integer" else float(value)
    value = 1 - value if parameter["scaling"] == "reverselog" else value
    return min(max(value, parameter["min"]), parameter["max"])


class Optuna(Peer):
    """Optuna with one of its samplers, at its defaults."""

    def __init__(
        self, sampler: str, problem: Problem, budget: int, parallel: int, seed: int
    ) -> None:
        super().__init__()
        import optuna
        warnings.simplefilter("ignore", optuna.exceptions.ExperimentalWarning)
        optuna.logging.set_verbosity(optuna.logging.ERROR)
        self.optuna, self.problem = optuna, problem
        self.study = optuna.create_study(sampler=getattr(optuna.samplers, sampler)(seed=seed))
        self.space = {p["name"]: self.distribution(p) for p in problem.parameters}

    def distribution(self, parameter: Parameter) -> typing.Any:
        kinds = self.optuna.distributions
        if parameter["type"] == "categorical":
            return kinds.CategoricalDistribution(parameter["values"])
        low, high, is_log = linear_bounds(parameter)
        if parameter["type"] == "integer":
            return kinds.IntDistribution(low, high, log=is_log)
        return kinds.FloatDistribution(low, high, log=is_log)

    def ask(self) -> tuple[typing.Any, Values]:
        trial = self.timed(self.study.ask, self.space)
        return trial, {
            p["name"]: original(p, trial.params[p["name"]]) for p in self.problem.parameters}

    def tell(self, identifier: typing.Any, cost: float | None) -> None:
        state = self.optuna.trial.TrialState
        self.timed(self.study.tell, identifier, cost, state.FAIL if cost is None else None)


class ScikitOptimize(Peer):
    """scikit-optimize at its defaults; a failure is told as the highest cost so far."""

    def __init__(self, problem: Problem, budget: int, parallel: int, seed: int) -> None:
        super().__init__()
        import skopt
        # It warns of each suggestion that it has to draw because its own was a repetition.
        warnings.filterwarnings("ignore", module="skopt")
        self.problem, self.dimensions = problem, skopt.space
        self.highest = 0.0
        self.optimizer = skopt.Optimizer(
            [self.dimension(p) for p in problem.parameters], random_state=seed)

    def dimension(self, parameter: Parameter) -> typing.Any:
        if parameter["type"] == "categorical":
            return self.dimensions.Categorical(parameter["values"])
        low, high, is_log = linear_bounds(parameter)
        prior = "log-uniform" if is_log else "uniform"
        if parameter["type"] == "integer":
            return self.dimensions.Integer(low, high, prior=prior)
        return self.dimensions.Real(low, high, prior=prior)

    def ask(self) -> tuple[typing.Any, Values]:
        point = self.timed(self.optimizer.ask)
        return point, {
            p["name"]: original(p, value) for p, value in zip(self.problem.parameters, point)}

    def tell(self, identifier: typing.Any, cost: float | None) -> None:
        cost = self.highest if cost is None else cost
        self.highest = max(self.highest, cost)
        self.timed(self.optimizer.tell, identifier, cost)


def participants(command: str) -> tuple[dict[str, Start], list[str]]:
    """Everyone who can take part, and which peers cannot, with the packages they miss."""
    everyone: dict[str, Start] = {}
    for strategy in ("Random", "Sobol", "Bayesian"):
        everyone[f"tuner {strategy}"] = (
            lambda *task, strategy=strategy: Tuner(command, strategy, *task))
    absent = []
    for name, packages, start in [
        ("Optuna TPE", ["optuna"], lambda *task: Optuna("TPESampler", *task)),
        ("Optuna GP", ["optuna", "scipy", "torch"], lambda *task: Optuna("GPSampler", *task)),
        ("scikit-optimize", ["skopt"], ScikitOptimize),
    ]:
        missing = [package for package in packages if not importlib.util.find_spec(package)]
        if missing:
            absent.append(f"{name} (not installed: {', '.join(missing)})")
        else:
            everyone[name] = start
    return everyone, absent
