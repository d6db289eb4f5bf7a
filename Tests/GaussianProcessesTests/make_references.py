"""Writes References/*.json, the numbers that the tests of numerics compare with.

    python3 -m venv .venv && .venv/bin/pip install numpy scipy mpmath
    .venv/bin/python make_references.py

Made with NumPy 2.4.6, SciPy 1.17.1 (LAPACK) and mpmath 1.3.0. Matrices are given by formulas whose
results are the same doubles in every language.
"""

import json
import pathlib

import mpmath
import numpy
from scipy import optimize, stats
from scipy.linalg import lapack, solve_triangular

DIRECTORY = pathlib.Path(__file__).parent / "References"
mpmath.mp.dps = 60


def write(name, value):
    text = json.dumps(value, indent=None, separators=(",", ":"))
    (DIRECTORY / f"{name}.json").write_text(text.replace("},{", "},\n{") + "\n")


def linear_algebra(size):
    """A: rational quadratic covariances with noise; B: three columns of small multiples of 1/8."""
    i, j = numpy.indices((size, size)).astype(float)
    a = 8 / (8 + (i - j) ** 2) + 0.5 * (i == j)
    i, j = numpy.indices((size, 3))
    b = ((7 * i + 13 * j) % 17 - 8) / 8
    factor, failure = lapack.dpotrf(a, lower=1, clean=1)
    assert failure == 0
    inverse, failure = lapack.dpotri(factor, lower=1)
    assert failure == 0
    return {
        "size": size,
        "logDeterminant": float(2 * numpy.log(numpy.diag(factor)).sum()),
        "lastRowOfFactor": factor[-1].tolist(),
        "diagonalOfFactor": numpy.diag(factor).tolist(),
        "solution": solve_triangular(factor, b, lower=True).ravel().tolist(),
        "solutionOfTransposed": solve_triangular(factor, b, lower=True, trans=1).ravel().tolist(),
        "lastRowOfInverse": inverse[-1].tolist(),
        "diagonalOfInverse": numpy.diag(inverse).tolist(),
    }


def density(z):
    return mpmath.exp(-z * z / 2) / mpmath.sqrt(2 * mpmath.pi)


def cumulative(z):
    return mpmath.erfc(-z / mpmath.sqrt(2)) / 2


def normal(z):
    z = mpmath.mpf(z)
    # ln Phi(37) is 6e-300; more digits than 1 - 6e-300 has.
    with mpmath.workdps(400):
        return {
            "z": float(z),
            "density": float(density(z)),
            "cumulativeProbability": float(cumulative(z)),
            "logCumulativeProbability": float(mpmath.log(cumulative(z))),
        }


def quantile(p):
    p = mpmath.mpf(p)  # the double, exactly
    guess = -mpmath.sqrt(-2 * mpmath.log(p)) if p < 0.01 else mpmath.mpf(0)
    # ln Phi is concave, so Newton's method from the left comes down on the root.
    for _ in range(200):
        step = (mpmath.log(cumulative(guess)) - mpmath.log(p)) * cumulative(guess) / density(guess)
        guess -= step
        if abs(step) < mpmath.mpf(10) ** -45 * max(1, abs(guess)):
            break
    return {"probability": float(p), "quantile": float(guess)}


def log_improvement(z):
    z = mpmath.mpf(z)
    # phi + z Phi cancels; more digits than it can lose.
    with mpmath.workdps(120):
        improvement = density(z) + z * cumulative(z)
        return {
            "z": float(z),
            "value": float(mpmath.log(improvement)),
            "densityRatio": float(density(z) / improvement),
            "probabilityRatio": float(cumulative(z) / improvement),
        }


def covariance(x, other, numeric_count, scales, variance, additive):
    """Matern 5/2 and the mean over dimensions of 1 / (1 + distance^2 / 2), in 60 digits."""
    squares = [
        ((x[d] - other[d]) if d < numeric_count else mpmath.mpf(x[d] != other[d])) ** 2
        / scales[d] ** 2
        for d in range(len(x))]
    r = mpmath.sqrt(5 * mpmath.fsum(squares))
    matern = variance * (1 + r + r * r / 3) * mpmath.exp(-r)
    return matern + additive * mpmath.fsum(1 / (1 + s / 2) for s in squares) / len(x)


def gaussian_process(name, numeric_count, categorical_count, count, seed, duplicates=0, priors=0):
    """A process on random data; coordinates, costs and parameters are multiples of 1/64."""
    random = numpy.random.default_rng(seed)
    dimension = numeric_count + categorical_count

    def points(number):
        return [
            [int(c) / 64 for c in random.integers(0, 65, numeric_count)]
            + [float(c) for c in random.integers(0, 3, categorical_count)]
            for _ in range(number)]

    x = points(count)
    x += x[:duplicates]
    n = len(x)
    y = [int(c) / 64 for c in random.integers(-128, 129, n)]
    factors = [(1.0, 0.5, 0.25)[i % 3] for i in range(n)]
    extra = [0.375 if i >= n - priors else 0.0 for i in range(n)]
    theta = [int(t) / 64 for t in random.integers(-96, 64, dimension)]
    theta += [int(t) / 64 for t in random.integers(-64, 32, 2)] + [-4.5]
    exact = [mpmath.exp(t) for t in theta]
    scales, (variance, additive, noise) = exact[:dimension], exact[dimension:]

    def k(a, b):
        a, b = [[mpmath.mpf(c) for c in point] for point in (a, b)]
        return covariance(a, b, numeric_count, scales, variance, additive)

    kernel = mpmath.matrix([[k(a, b) for b in x] for a in x])
    c = kernel + mpmath.diag([noise * factors[i] + extra[i] for i in range(n)])
    inverse = mpmath.inverse(c)
    costs, ones = mpmath.matrix(y), mpmath.ones(n, 1)
    mean = (ones.T * inverse * costs)[0] / ((ones.T * inverse * ones)[0] + 1)
    alpha = inverse * (costs - mean * ones)
    likelihood = (
        ((costs - mean * ones).T * alpha)[0] / 2 + mpmath.log(mpmath.det(c)) / 2 + mean**2 / 2)
    modes = [mpmath.log(dimension) / 2 - mpmath.mpf("1.3")] * dimension
    modes += [mpmath.mpf("-0.7")] * 2 + [mpmath.mpf(-5)]
    deviations = [mpmath.mpf("0.85")] * dimension + [mpmath.mpf(1)] * 3
    prior = mpmath.fsum(
        ((t - m) / s) ** 2 / 2 for t, m, s in zip(theta, modes, deviations))
    queries = points(6) + x[:1]
    means, spreads = [], []
    for query in queries:
        row = mpmath.matrix([k(query, b) for b in x])
        means.append(float(mean + (row.T * alpha)[0]))
        spreads.append(float(mpmath.sqrt(variance + additive - (row.T * inverse * row)[0])))
    return {
        "name": name,
        "numericCount": numeric_count,
        "categoricalCount": categorical_count,
        "points": x,
        "costs": y,
        "noiseFactors": factors,
        "extraVariances": extra,
        "parameters": theta,
        "lastRowOfCovariances": [float(value) for value in kernel[n - 1, :]],
        "objective": float(likelihood + prior),
        "queries": queries,
        "means": means,
        "deviations": spreads,
    }


def power_transform(costs, exponent):
    """Yeo and Johnson's transformation of standardised costs, standardised.

    Where the deviation is more than ten times the spread of the better half, median and spread
    standardise in place of mean and deviation.
    """
    v = numpy.array(costs)
    ordered = numpy.sort(v)
    median = ordered[len(v) // 2]
    spread = (median - ordered[len(v) // 4]) / 0.6745
    if len(v) >= 4 and 0 < 10 * spread < v.std():
        v = (v - median) / spread
    else:
        v = (v - v.mean()) / v.std()
    raised = stats.yeojohnson(v, lmbda=exponent)
    return {
        "costs": costs,
        "exponent": exponent,
        "transformed": ((raised - raised.mean()) / raised.std()).tolist(),
    }


def bounded_minimum(name, function, start, lower, upper):
    result = optimize.minimize(
        function, start, method="L-BFGS-B", bounds=list(zip(lower, upper)),
        options={"ftol": 1e-15, "gtol": 1e-10, "maxiter": 2000, "maxfun": 100000})
    return {
        "name": name, "start": start, "lower": lower, "upper": upper,
        "point": result.x.tolist(), "value": float(result.fun),
    }


def quadratic(x):
    """Ten coordinates, coupled with their neighbours; the free minimum is partly out of the box."""
    i = numpy.arange(len(x))
    x = x - (i % 4 - 1)
    return float(((i + 1) * x * x).sum() + (x[1:] * x[:-1]).sum())


def minima():
    ten = [0.25] * 10
    low, high = [-2.0] * 4, [2.0] * 4
    return [
        bounded_minimum("quadratic", quadratic, ten, [-9.0] * 10, [9.0] * 10),
        bounded_minimum("quadratic", quadratic, ten, [0.0] * 10, [0.75] * 10),
        bounded_minimum(
            "quadratic", quadratic, ten, [0.0] * 5 + [0.25] * 5, [0.75] * 5 + [0.25] * 5),
        bounded_minimum("rosenbrock", optimize.rosen, [-1.2, 1.0], low[:2], high[:2]),
        bounded_minimum("rosenbrock", optimize.rosen, [-1.2, 1.0], low[:2], [0.5, 2.0]),
        bounded_minimum("rosenbrock", optimize.rosen, [0.5, 0.25, 0.5, 0.25], low, [0.8] * 4),
    ]


def main():
    DIRECTORY.mkdir(exist_ok=True)
    write("LinearAlgebra", [linear_algebra(n) for n in (1, 2, 3, 8, 24, 25, 121, 130)])
    write(
        "StandardNormal",
        [normal(z) for z in (
            -37.5, -30, -20.1, -19.9, -10, -6.25, -3, -1.001, -0.999, -0.5, -1e-8, 0, 1e-300, 0.7,
            1, 2.5, 5, 8, 8.3, 20, 37)],
    )
    write(
        "Quantile",
        [quantile(p) for p in (
            5e-324, 1e-300, 1e-100, 1e-20, 1.4e-11, 1.3e-11, 1e-8, 1e-4, 0.0749, 0.0751, 0.2,
            0.4999999, 0.5, 0.5000001, 0.7, 0.9249, 0.9251, 0.99, 0.999999, 1 - 2**-53)],
    )
    write(
        "LogImprovement",
        [log_improvement(z) for z in (
            5, 3, 1, 0.25, 0, -0.5, -0.999, -1.001, -2, -4, -7, -9.999, -10.001, -13, -14.2, -25,
            -38, -40, -100, -1e3, -1e5, -1e8)],
    )
    write(
        "GaussianProcess",
        [
            gaussian_process("one point", 2, 0, 1, seed=1),
            gaussian_process("two points", 1, 0, 2, seed=2),
            gaussian_process("numbers", 3, 0, 20, seed=3),
            gaussian_process("categories", 0, 3, 14, seed=4),
            gaussian_process("numbers and categories", 4, 2, 30, seed=5),
            gaussian_process("duplicates", 2, 1, 10, seed=6, duplicates=5),
            gaussian_process("parents", 3, 1, 16, seed=7, priors=8),
            gaussian_process("many dimensions", 15, 5, 12, seed=8, duplicates=2, priors=3),
        ],
    )
    costs = [
        [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0, 6.0],
        [0.1, 0.11, 0.12, 0.1, 0.2, 7.0, 900.0],
        [-1e6, -0.5, 0.0, 1e-3, 2.0],
        [1e300, 3e300, -2e300],
        [1e-300, 3e-300, 2e-300, 9e-300],
    ]
    write(
        "PowerTransform",
        [power_transform(c, e) for c in costs[:3] for e in (-1.0, -0.5, 0.0, 0.5, 1.0, 2.0)]
        # Their ratios are all that counts; squares of the costs themselves would overflow.
        + [
            {**power_transform([v / s for v in c], e), "costs": c}
            for c, s in zip(costs[3:], (1e300, 1e-300)) for e in (-1.0, 0.0, 0.5)
        ],
    )
    write("Minima", minima())


if __name__ == "__main__":
    main()
