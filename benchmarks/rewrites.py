"""What algebra saves: an iteration on condensed rows against one that goes through all of them.

python -m benchmarks.rewrites [--rounds 5] [--write]
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from types import ModuleType

import numpy as np
from sklearn.decomposition import FactorAnalysis
from threadpoolctl import threadpool_limits

from autoem.cli.find import find_model
from autoem.pipeline import generate
from benchmarks.gaussian_mixtures import Arrays, peak, seconds
from benchmarks.table import machine, table, write

AGREE = 1e-10
OURS = 50
"""Iterations that are timed together: one is too short for the clock."""


@dataclass
class Iteration:
    """The generated module on some rows, one map at a time."""

    module: ModuleType
    data: Arrays
    parameters: Arrays
    weights: np.ndarray | None = None
    first: Arrays = field(default_factory=dict)

    def once(self) -> None:
        """One EM iteration."""
        statistics, _ = self.module.e_step(self.data, self.parameters, self.weights)
        self.parameters = self.module.m_step(statistics, self.parameters)

    def often(self) -> None:
        """As many as are timed together."""
        for _ in range(OURS):
            self.once()


@dataclass(frozen=True)
class Case:
    """A workload: a model, its data and a start; what it is measured against, and the goal."""

    name: str
    model: str
    make: Callable[[np.random.Generator], tuple[Arrays, Arrays]]
    rival: str
    goal: int = 100


def factors(rng: np.random.Generator) -> tuple[Arrays, Arrays]:
    """A hundred thousand rows of fifty columns with five common factors."""
    loading = rng.normal(size=(50, 5))
    noise = rng.uniform(0.5, 2, 50)
    x = rng.normal(size=(100_000, 5)) @ loading.T
    x += 3 + np.sqrt(noise) * rng.normal(size=x.shape)
    start = {"loading": rng.normal(size=(50, 5)), "mean": np.zeros(50), "noise": np.ones(50)}
    return {"x": x}, start


def answers(rng: np.random.Generator) -> tuple[Arrays, Arrays]:
    """A hundred thousand respondents with ten binary answers, from four classes."""
    p = rng.uniform(0.1, 0.9, (4, 10))
    x = (rng.uniform(size=(100_000, 10)) < p[rng.integers(4, size=100_000)]).astype(float)
    return {"x": x}, {"weight": np.full(4, 0.25), "p": rng.uniform(0.2, 0.8, (4, 10))}


def counts(rng: np.random.Generator) -> tuple[Arrays, Arrays]:
    """A million counts of three rates."""
    rate = np.array([2.0, 9.0, 20.0])
    x = rng.poisson(rate[rng.integers(3, size=1_000_000)]).astype(float)
    return {"deaths": x}, {"weight": np.full(3, 1 / 3), "rate": np.array([1.0, 5.0, 15.0])}


CASES = (
    Case("factor analysis, d 50, q 5", "factor_analysis", factors, "scikit-learn"),
    Case("latent classes, 10 binary, k 4", "latent_classes", answers, "all rows at once"),
    Case("Poisson mixture, k 3", "death_notices", counts, "all rows at once"),
)


def measure(case: Case, rounds: int) -> tuple[str, ...]:
    """One row of the table; an AssertionError where condensed rows give another iteration."""
    data, start = case.make(np.random.default_rng(0))
    module = generate(find_model(case.model)).module
    gathered = seconds(lambda: module.condensed(module.SCHEMA, data))
    rows = module.condensed(module.SCHEMA, data)
    ours = Iteration(module, rows.data, start, rows.weights)
    plain = Iteration(module, data, start)
    for _ in range(3):
        ours.once()
        plain.once()
    difference = max(
        float(np.max(np.abs(ours.parameters[name] - value) / (1 + np.abs(value))))
        for name, value in plain.parameters.items()
    )
    assert difference < AGREE, f"{case.name}: parameters differ by {difference}"
    rival = peer(data["x"]) if case.rival == "scikit-learn" else naive(plain)
    times = [(seconds(ours.often) / OURS, seconds(plain.once), rival()) for _ in range(rounds)]
    own, blocks, theirs = (1e3 * median(column) for column in zip(*times, strict=True))
    ratio = median(other / one for one, _, other in times)
    count = len(next(iter(data.values())))
    return (
        case.name,
        f"{count:.0e}".replace("e+0", "e"),
        str(len(rows.weights)) if rows.weights is not None else "",
        f"{1e3 * gathered:.0f}",
        f"{own:.3f}",
        f"{blocks:.1f}",
        f"{theirs:.0f} ({case.rival})",
        f"{ratio:.0f}",
        str(case.goal),
        f"{peak(ours.once) / 2**20:.1f}",
        f"{difference:.0e}",
    )


def naive(plain: Iteration) -> Callable[[], float]:
    """Seconds of an iteration without blocks: whole arrays, all rows at once."""
    block = plain.module.BLOCK

    def run() -> float:
        plain.module.BLOCK = len(next(iter(plain.data.values())))
        took = seconds(plain.once)
        plain.module.BLOCK = block
        return took

    return run


def peer(x: np.ndarray) -> Callable[[], float]:
    """Seconds of an iteration of scikit-learn, by the difference of a longer fit and a short one.

    Its updates are others (the noise by turns, the loading by a singular value decomposition), so
    that the two sides agree where they end: first on the first rows, in the log-likelihood.
    """
    agree(x[:4000])

    def run() -> float:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            short, long = (FactorAnalysis(5, tol=0, max_iter=many) for many in (2, 6))
            return (seconds(lambda: long.fit(x)) - seconds(lambda: short.fit(x))) / 4

    return run


def agree(x: np.ndarray) -> None:
    """Both sides end at the same log-likelihood."""
    found = generate(find_model("factor_analysis")).module.fit({"x": x}, {"q": 5})
    theirs = FactorAnalysis(5, svd_method="lapack", tol=1e-10, max_iter=5000).fit(x)
    difference = abs(float(theirs.score(x)) - found.objective / len(x))
    assert difference < 1e-7, f"factor analysis: log-likelihoods a row differ by {difference}"


def main() -> None:
    """Measure every case, print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--write", action="store_true")
    chosen = options.parse_args()
    head = ("workload", "n", "rows left", "gathering, once, ms", "autoem ms", "in blocks ms",
            "against ms", "times faster", "goal", "memory MB", "difference")  # fmt: skip
    with threadpool_limits(limits=1):
        rows = [measure(case, chosen.rounds) for case in CASES]
    text = f"{table(head, rows)}\n\n{machine('numpy', 'scikit-learn')}"
    print(text)
    if chosen.write:
        write("rewrites", text)


if __name__ == "__main__":
    main()
