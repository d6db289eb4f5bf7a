"""The problems that optimisers are compared on: what to set, what it costs, the least cost.

Every parameter is written as `tuner suggest` expects it. Less is better everywhere. Each problem is
there for one difficulty that real tuning has; the first four are the classics.
"""

import dataclasses
import functools
import importlib.util
import math
import random
import typing
import warnings

Values = dict[str, typing.Any]
Parameter = dict[str, typing.Any]


@dataclasses.dataclass(frozen=True)
class Problem:
    """A search space with a cost; `None` in place of a cost is a training that failed."""

    name: str
    parameters: list[Parameter]
    cost: typing.Callable[[Values], float | None]
    optimum: float
    """The least cost, or the least ever seen where nobody knows it."""
    noise: float = 0.0
    """The standard deviation of what is reported around the cost."""
    is_trained: bool = False
    """Whether a cost takes a real training, and so a while."""

    def random_values(self, generator: random.Random) -> Values:
        return {p["name"]: random_value(p, generator) for p in self.parameters}

    def check(self, values: Values) -> None:
        """Raises ValueError unless the values are legal: nothing is repaired."""
        if values.keys() != {p["name"] for p in self.parameters}:
            raise ValueError(f"{self.name}: wrong names in {values}")
        for parameter in self.parameters:
            value = values[parameter["name"]]
            if parameter["type"] == "categorical":
                is_legal = value in parameter["values"]
            else:
                is_legal = parameter["min"] <= value <= parameter["max"]
                if parameter["type"] == "integer":
                    is_legal = is_legal and value == int(value)
            if not is_legal:
                raise ValueError(f"{self.name}: {value!r} is illegal for {parameter}")


# --- Parameters

def continuous(name: str, low: float, high: float, scaling: str = "linear") -> Parameter:
    return {"name": name, "type": "continuous", "min": low, "max": high, "scaling": scaling}


def integer(name: str, low: int, high: int, scaling: str = "linear") -> Parameter:
    return {"name": name, "type": "integer", "min": low, "max": high, "scaling": scaling}


def categorical(name: str, *values: str) -> Parameter:
    return {"name": name, "type": "categorical", "values": list(values)}


def random_value(parameter: Parameter, generator: random.Random) -> typing.Any:
    """A value drawn uniformly on the parameter's own scale."""
    if parameter["type"] == "categorical":
        return generator.choice(parameter["values"])
    low, high, scaling = parameter["min"], parameter["max"], parameter["scaling"]
    is_integer = parameter["type"] == "integer"
    if is_integer and scaling == "linear":
        return generator.randint(low, high)
    if scaling == "log":
        value = math.exp(generator.uniform(math.log(low), math.log(high)))
    elif scaling == "reverselog":
        value = 1 - math.exp(generator.uniform(math.log(1 - high), math.log(1 - low)))
    else:
        value = generator.uniform(low, high)
    value = round(value) if is_integer else value
    return min(max(value, low), high)


# --- Classics

def branin(values: Values) -> float:
    x, y = values["x1"], values["x2"]
    valley = y - 5.1 * (x / (2 * math.pi)) ** 2 + 5 * x / math.pi - 6
    return valley**2 + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10


HARTMANN_HEIGHTS = (1.0, 1.2, 3.0, 3.2)
HARTMANN_WIDTHS = (
    (10, 3, 17, 3.5, 1.7, 8), (0.05, 10, 17, 0.1, 8, 14),
    (3, 3.5, 1.7, 10, 17, 8), (17, 8, 0.05, 10, 0.1, 14))
HARTMANN_CENTRES = (
    (0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886),
    (0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991),
    (0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650),
    (0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381))


def hartmann(values: Values) -> float:
    x = [values[f"x{i}"] for i in range(1, 7)]
    peaks = zip(HARTMANN_HEIGHTS, HARTMANN_WIDTHS, HARTMANN_CENTRES)
    return -sum(
        height * math.exp(-sum(w * (a - c) ** 2 for w, a, c in zip(widths, x, centre)))
        for height, widths, centre in peaks)


ACKLEY_CENTRE = (7.3, -11.9, 3.1, -19.7, 14.4)


def shifted_ackley(values: Values) -> float:
    """Many local optima; the deep one is neither in the middle nor at an edge."""
    x = [values[f"x{i + 1}"] - centre for i, centre in enumerate(ACKLEY_CENTRE)]
    distance = math.sqrt(sum(a * a for a in x) / len(x))
    waves = sum(math.cos(2 * math.pi * a) for a in x) / len(x)
    return 20 + math.e - 20 * math.exp(-0.2 * distance) - math.exp(waves)


def rosenbrock(values: Values) -> float:
    x = [values[f"x{i}"] for i in range(1, 5)]
    return sum(100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in zip(x, x[1:]))


# --- What tuning is like

MIXED_OPTIMISERS = {"sgd": (-1.0, 0.06), "adam": (-3.0, 0.0), "adagrad": (-1.8, 0.11)}
MIXED_ACTIVATIONS = {"relu": 0.0, "gelu": 0.015, "tanh": 0.07}


def mixed(values: Values) -> float:
    """As a network's loss: the right learning rate depends on the optimiser and the batch."""
    best_rate, penalty = MIXED_OPTIMISERS[values["optimiser"]]
    best_rate += 0.25 * math.log2(values["batch"] / 64)
    rate = math.log10(values["rate"]) - best_rate
    inertia = math.log10(1 - values["momentum"]) + 1.2
    width = math.log2(values["units"] / 160)
    decay = math.log10(values["decay"]) + 4.0
    loss = 0.09 * rate**2 + 0.05 * inertia**2 * (values["optimiser"] == "sgd")
    loss += 0.02 * width**2 + 0.012 * decay**2 + 0.03 * (values["layers"] - 4) ** 2
    loss += 0.25 * (values["dropout"] - 0.3) ** 2 + 0.004 * abs(math.log2(values["batch"] / 64))
    return 1 - math.exp(-(loss + penalty + MIXED_ACTIVATIONS[values["activation"]]))


def noisy(values: Values) -> float:
    """A bowl whose reports scatter as much as the last tenth of the way to its bottom."""
    rate = math.log10(values["rate"]) + 2.3
    ratio = values["subsample"] - 0.7
    return (0.15 * rate**2 + 1.1 * ratio**2 + 0.02 * (values["depth"] - 6) ** 2
            + 0.1 * rate * ratio + 0.3 * abs(values["columns"] - 0.45))


def failing(values: Values) -> float | None:
    """Fails beyond an edge, and is at its best close to it."""
    rate, scale = math.log10(values["rate"]), values["scale"]
    memory = math.log2(values["batch"]) + 0.8 * math.log2(values["units"])
    if rate + 0.5 * scale > -0.4 or memory > 15.5:
        return None
    return (0.2 * (rate + 0.5 * scale + 0.5) ** 2 + 0.02 * (scale - 0.6) ** 2
            + 0.05 * (math.log2(values["units"]) - 8) ** 2
            + 0.01 * (math.log2(values["batch"]) - 7) ** 2)


def scattered(values: Values) -> float:
    """Integers and categories alone; what is best of one depends on another."""
    favourite = {"a": 3, "b": 11, "c": 17, "d": 8, "e": 14}[values["kind"]]
    base = {"a": 0.4, "b": 0.0, "c": 0.25, "d": 0.1, "e": 0.3}[values["kind"]]
    mode = {"fast": 0.15, "exact": 0.0, "none": 0.5}[values["mode"]]
    return (base + mode * (1 + (values["kind"] == "c")) + 0.01 * abs(values["count"] - favourite)
            + 0.02 * abs(values["window"] - 2 * values["levels"])
            + 0.05 * abs(values["levels"] - 4))


WIDE_CENTRES = {3: 0.22, 8: 0.81, 13: 0.47, 17: 0.64}


def wide(values: Values) -> float:
    """Twenty parameters, of which four matter and the others nearly not."""
    matters = sum(3 * (values[f"x{i}"] - centre) ** 2 for i, centre in WIDE_CENTRES.items())
    crossed = (values["x3"] + values["x8"] - 1.03) ** 2
    rest = sum((values[f"x{i}"] - 0.5) ** 2 for i in range(1, 21) if i not in WIDE_CENTRES)
    return matters + 2 * crossed + 0.01 * rest


def steep(values: Values) -> float:
    """Costs and ranges over many orders of magnitude, as regularisation has."""
    ridge, lasso = math.log10(values["ridge"]) + 7.5, math.log10(values["lasso"]) + 1.25
    bend = ridge + 0.4 * lasso
    tail = (math.log10(1 - values["average"]) + 2.4) ** 2
    return math.expm1(min(0.12 * bend**2 + 0.3 * lasso**2 + 0.5 * tail, 40))


# --- A real training

@functools.cache
def digits() -> tuple[typing.Any, ...]:
    import sklearn.datasets
    import sklearn.model_selection
    pixels, labels = sklearn.datasets.load_digits(return_X_y=True)
    return tuple(sklearn.model_selection.train_test_split(
        pixels / 16, labels, train_size=400, test_size=500, stratify=labels, random_state=0))


# The least in two searches of 250 evaluations; they agreed in the first five digits.
TRAINED_OPTIMUM = 0.0954


def trained(values: Values) -> float | None:
    """Kernel ridge regression of handwritten digits; the error of its predictions."""
    import sklearn.kernel_ridge
    pixels, unseen_pixels, labels, unseen_labels = digits()
    model = sklearn.kernel_ridge.KernelRidge(
        kernel=values["kernel"], alpha=values["alpha"], gamma=values["gamma"],
        degree=values["degree"], coef0=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(pixels ** values["contrast"], (labels[:, None] == range(10)) * 1.0)
        guess = model.predict(unseen_pixels ** values["contrast"])
    error = math.sqrt(((guess - (unseen_labels[:, None] == range(10))) ** 2).mean())
    return min(error, 10) if math.isfinite(error) else None


def all_problems() -> list[Problem]:
    """The problems; the trained one only where scikit-learn is installed."""
    problems = [
        Problem("branin", [continuous("x1", -5, 10), continuous("x2", 0, 15)], branin, 0.39788736),
        Problem("hartmann6", [continuous(f"x{i}", 0, 1) for i in range(1, 7)], hartmann,
                -3.32236801),
        Problem("ackley5", [continuous(f"x{i}", -32, 32) for i in range(1, 6)], shifted_ackley, 0),
        Problem("rosenbrock4", [continuous(f"x{i}", -5, 10) for i in range(1, 5)], rosenbrock, 0),
        Problem("mixed", [
            continuous("rate", 1e-6, 1, "log"), continuous("momentum", 0.3, 0.999, "reverselog"),
            continuous("decay", 1e-8, 1e-1, "log"), continuous("dropout", 0, 0.8),
            integer("layers", 1, 10), integer("units", 8, 2048, "log"),
            integer("batch", 8, 512, "log"), categorical("optimiser", *MIXED_OPTIMISERS),
            categorical("activation", *MIXED_ACTIVATIONS)], mixed, 0),
        Problem("noisy", [
            continuous("rate", 1e-5, 1, "log"), continuous("subsample", 0.1, 1),
            continuous("columns", 0.1, 1), integer("depth", 1, 15)], noisy, 0, noise=0.1),
        Problem("failing", [
            continuous("rate", 1e-6, 10, "log"), continuous("scale", -2, 2),
            integer("units", 4, 4096, "log"), integer("batch", 4, 4096, "log")], failing, 0),
        Problem("scattered", [
            categorical("kind", *"abcde"), categorical("mode", "fast", "exact", "none"),
            integer("count", 1, 20), integer("window", 1, 20), integer("levels", 1, 8)],
            scattered, 0),
        Problem("wide", [continuous(f"x{i}", 0, 1) for i in range(1, 21)], wide, 0),
        Problem("steep", [
            continuous("ridge", 1e-12, 1, "log"), continuous("lasso", 1e-6, 1e6, "log"),
            continuous("average", 0, 0.9999, "reverselog")], steep, 0),
    ]
    if importlib.util.find_spec("sklearn"):
        problems.append(Problem("trained", [
            categorical("kernel", "rbf", "laplacian", "polynomial"), integer("degree", 1, 6),
            continuous("alpha", 1e-8, 1e2, "log"), continuous("gamma", 1e-5, 1e1, "log"),
            continuous("contrast", 0.2, 3)], trained, TRAINED_OPTIMUM, is_trained=True))
    return problems
