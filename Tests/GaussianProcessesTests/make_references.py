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


if __name__ == "__main__":
    main()
