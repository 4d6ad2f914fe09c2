"""Models on simulated data: the likelihood is scipy's, and no direct maximization finds a higher
one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scipy import optimize, special, stats

import autoem
from tests.test_models import ROOT, declared

Arrays = dict[str, Any]
RNG = np.random.default_rng(20)


@dataclass(frozen=True)
class Simulated:
    """Parameters that make the data, with what is given, and log p(data) by scipy."""

    truth: Arrays
    log_likelihood: Callable[[Arrays, Arrays], np.ndarray]
    given: Arrays = field(default_factory=dict)
    sizes: dict[str, int] = field(default_factory=dict)
    data: str = "x"


def mixed(log_density: Callable[[Arrays, Arrays], np.ndarray]) -> Callable[..., np.ndarray]:
    """log sum_k weight_k p_k(x), each log density with its components last."""
    return lambda x, a: special.logsumexp(np.log(a["weight"]) + log_density(x, a), axis=-1)


def column(arrays: Arrays) -> np.ndarray:
    return np.asarray(arrays["x"])[:, None]


def student(x: Arrays, a: Arrays) -> np.ndarray:
    return stats.t.logpdf(column(x), a["nu"], a["mean"], np.sqrt(a["scale2"]))


def experts(x: Arrays, a: Arrays) -> np.ndarray:
    gate = special.log_softmax(x["v"] @ a["gate"].T, axis=1)
    fit = stats.norm.logpdf(x["y"][:, None], x["v"] @ a["beta"].T, np.sqrt(a["variance"]))
    return special.logsumexp(gate + fit, axis=1)


def inflated(x: Arrays, a: Arrays) -> np.ndarray:
    barren = special.expit(x["v"] @ a["gamma"])
    count = (1 - barren) * stats.poisson.pmf(x["x"], np.exp(x["v"] @ a["beta"]))
    return np.log(np.where(x["x"] == 0, barren, 0) + count)


def skewed(x: Arrays, a: Arrays) -> np.ndarray:
    ratio = a["skew"] / np.sqrt(a["variance"])
    return stats.skewnorm.logpdf(
        x["x"], ratio, a["mean"], np.hypot(a["skew"], a["variance"] ** 0.5)
    )


def in_noise(x: Arrays, a: Arrays) -> np.ndarray:
    cluster = stats.norm.pdf(x["x"], a["mean"], np.sqrt(a["variance"]))
    noise = stats.uniform.pdf(x["x"], x["start"], x["width"])
    share = np.ravel(a["share"])[0]
    return np.log(share * cluster + (1 - share) * noise)


def two_causes(x: Arrays, a: Arrays) -> np.ndarray:
    center = np.asarray(a["mean"])[:, None] + np.asarray(a["effect"])
    distance = (x["x"][:, None, None] - center) ** 2
    fit = -(np.log(2 * np.pi * a["variance"]) + distance / a["variance"]).sum(axis=-1) / 2
    prior = np.log(np.asarray(a["weight"]))[:, None] + np.log(a["other"])
    return special.logsumexp(prior + fit, axis=(1, 2))


ROWS = 300
TWO = {"n": ROWS, "k": 2}
WEIGHT = np.array([0.4, 0.6])
V = np.stack([np.ones(ROWS), np.linspace(-1, 1, ROWS)], axis=1)

CASES: dict[str, Simulated] = {
    "von_mises_mixture": Simulated(
        {"weight": WEIGHT, "mean": [-1.0, 1.5], "concentration": [5.0, 3.0]},
        mixed(lambda x, a: stats.vonmises.logpdf(column(x), a["concentration"], a["mean"])),
        sizes=TWO,
    ),
    "gamma_mixture": Simulated(
        {"weight": WEIGHT, "shape": [2.0, 20.0], "rate": [2.0, 3.0]},
        mixed(lambda x, a: stats.gamma.logpdf(column(x), a["shape"], scale=1 / a["rate"])),
        sizes=TWO,
    ),
    "log_normal_mixture": Simulated(
        {"weight": WEIGHT, "mean": [-1.0, 2.0], "variance": [0.3, 0.5]},
        mixed(
            lambda x, a: stats.lognorm.logpdf(
                column(x), np.sqrt(a["variance"]), scale=np.exp(a["mean"])
            )
        ),
        sizes=TWO,
    ),
    "weibull_mixture": Simulated(
        {"weight": WEIGHT, "shape": [1.5, 4.0], "scale": [1.0, 6.0]},
        mixed(lambda x, a: stats.weibull_min.logpdf(column(x), a["shape"], scale=a["scale"])),
        sizes=TWO,
    ),
    "poisson_regression_mixture": Simulated(
        {"weight": WEIGHT, "beta": [[0.2, -1.0], [2.0, 0.7]]},
        mixed(
            lambda x, a: stats.poisson.logpmf(
                column(x), x["exposure"][:, None] * np.exp(x["v"] @ a["beta"].T)
            )
        ),
        {"v": V, "exposure": RNG.uniform(0.5, 2, ROWS)},
        TWO,
    ),
    "mixture_of_experts": Simulated(
        {
            "gate": np.array([[0.0, 2.0], [0.0, -2.0]]),
            "beta": [[1.0, 2.0], [-1.0, 1.0]],
            "variance": [0.1, 0.2],
        },
        experts,
        {"v": V},
        TWO,
        "y",
    ),
    "beta_binomial": Simulated(
        {"a": 2.0, "b": 5.0},
        lambda x, a: stats.betabinom.logpmf(x["x"], x["trials"], a["a"], a["b"]),
        {"trials": np.arange(ROWS) % 9 + 4},
        {"n": ROWS},
    ),
    "multinomial_mixture": Simulated(
        {"weight": WEIGHT, "share": [[0.1, 0.2, 0.3, 0.4], [0.4, 0.3, 0.2, 0.1]]},
        mixed(
            lambda x, a: np.stack(
                [stats.multinomial.logpmf(x["x"], x["length"], p / p.sum()) for p in a["share"]], -1
            )
        ),
        {"length": np.arange(ROWS) % 10 + 8},
        {**TWO, "w": 4},
    ),
    "student_mixture": Simulated(
        {"weight": WEIGHT, "mean": [-4.0, 4.0], "scale2": [1.0, 0.5], "nu": [3.0, 4.0]},
        mixed(student),
        sizes=TWO,
    ),
    "zero_inflated_poisson_regression": Simulated(
        {"gamma": [-0.5, 1.0], "beta": [1.0, 0.5]}, inflated, {"v": V}, {"n": ROWS}
    ),
    "skew_normal": Simulated(
        {"mean": 1.0, "skew": 2.0, "variance": 0.3}, skewed, sizes={"n": ROWS}
    ),
    "cluster_in_noise": Simulated(
        {"share": 0.6, "mean": 1.0, "variance": 0.3},
        in_noise,
        {"start": -5.0, "width": 10.0},
        {"n": ROWS},
    ),
    "laplace_mixture": Simulated(
        {"weight": WEIGHT, "mean": [-2.0, 3.0], "scale": [1.0, 0.5]},
        mixed(lambda x, a: stats.laplace.logpdf(column(x), a["mean"], a["scale"])),
        sizes=TWO,
    ),
    "dirichlet_multinomial": Simulated(
        {"concentration": [2.0, 5.0, 0.7]},
        lambda x, a: stats.dirichlet_multinomial.logpmf(x["x"], a["concentration"], x["total"]),
        {"total": np.arange(ROWS) % 9 + 4},
        {"n": ROWS, "k": 3},
    ),
    "factorial_mixture": Simulated(
        {
            "weight": WEIGHT,
            "other": [0.3, 0.7],
            "mean": [[0.0, 0.0], [4.0, 1.0]],
            "effect": [[0.0, 0.0], [1.0, 4.0]],
            "variance": 0.3,
        },
        two_causes,
        sizes={**TWO, "j": 2, "d": 2},
    ),
}

each = pytest.mark.parametrize("name", CASES)


@cache
def fitted(name: str) -> tuple[Any, Arrays]:
    """The fit of a model to data that its own declaration has made."""
    case = CASES[name]
    model = declared(ROOT / "models" / f"{name}.py")
    truth = {key: np.asarray(value, dtype=float) for key, value in case.truth.items()}
    drawn = autoem.sample(model, truth, case.sizes, seed=3, given=case.given)
    data = {**case.given, case.data: drawn[case.data]}
    return autoem.fit(model, data, sizes=case.sizes, seed=0, tol=1e-11, max_iterations=5000), data


@each
def test_the_likelihood_is_that_of_scipy(name: str) -> None:
    fit, data = fitted(name)
    wanted = CASES[name].log_likelihood(data, fit.parameters).sum()
    assert_allclose(fit.log_likelihood, wanted, rtol=1e-10)


@each
def test_no_direct_maximization_is_higher(name: str) -> None:
    fit, data = fitted(name)
    case = CASES[name]
    truth = {key: np.asarray(value, dtype=float) for key, value in case.truth.items()}
    assert fit.log_likelihood >= case.log_likelihood(data, truth).sum()
    for start in (fit.parameters, truth):
        gain = highest(case, data, start) - fit.log_likelihood
        assert gain < 1e-6 * (1 + abs(fit.log_likelihood)), f"scipy finds {gain:.3g} more"


def highest(case: Simulated, data: Arrays, start: Arrays) -> float:
    """The log-likelihood where scipy's BFGS ends, in unconstrained coordinates."""
    names = list(start)
    kinds = {name: kind_of(name, np.asarray(case.truth[name])) for name in names}
    shapes = [np.shape(start[name]) for name in names]

    def placed(t: np.ndarray) -> Arrays:
        ends = np.cumsum([int(np.prod(shape)) for shape in shapes])
        parts = np.split(t, ends[:-1])
        found = (part.reshape(shape) for part, shape in zip(parts, shapes, strict=True))
        return {n: DOWN[kinds[n]](part) for n, part in zip(names, found, strict=True)}

    def loss(t: np.ndarray) -> float:
        with np.errstate(all="ignore"):
            value = -float(case.log_likelihood(data, placed(t)).sum())
        return value if np.isfinite(value) else 1e12

    begin = np.concatenate(
        [np.ravel(UP[kinds[n]](np.asarray(start[n], dtype=float))) for n in names]
    )
    return -float(optimize.minimize(loss, begin, method="BFGS", options={"gtol": 1e-6}).fun)


REALS = ("mean", "beta", "gate", "gamma", "skew", "effect")
UP: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "real": lambda x: x,
    "share": special.logit,
    "positive": np.log,
    "simplex": np.log,
}
DOWN: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "real": lambda t: t,
    "share": special.expit,
    "positive": np.exp,
    "simplex": lambda t: special.softmax(t, axis=-1),
}


def kind_of(name: str, value: np.ndarray) -> str:
    """real, share, positive or simplex."""
    if name in REALS:
        return "real"
    if not value.ndim and name == "share":
        return "share"
    return "simplex" if value.ndim and np.allclose(value.sum(axis=-1), 1) else "positive"


QUICK = ("von_mises_mixture", "log_normal_mixture", "multinomial_mixture", "beta_binomial")


@pytest.mark.parametrize(
    "name", [n if n in QUICK else pytest.param(n, marks=pytest.mark.slow) for n in CASES]
)
def test_it_is_certified(name: str) -> None:
    certificate = autoem.verify(autoem.derive(declared(ROOT / "models" / f"{name}.py")))
    assert certificate, str(certificate)
