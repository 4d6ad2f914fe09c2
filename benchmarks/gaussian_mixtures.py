"""One EM iteration of a Gaussian mixture: generated NumPy against scikit-learn.

python -m benchmarks.gaussian_mixtures [--rows 1000000] [--rounds 5] [--write]
"""

from __future__ import annotations

import argparse
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from types import ModuleType
from typing import Any

import numpy as np
from sklearn.mixture import GaussianMixture
from threadpoolctl import threadpool_limits

from autoem.cli.find import find_model
from autoem.pipeline import generate
from benchmarks.table import machine, table, write

Arrays = dict[str, np.ndarray]
AGREE = 1e-8
ITERATIONS = 3


@dataclass(frozen=True)
class Case:
    """A workload; `spread` is what the model calls its covariances, `covariance` the peer."""

    name: str
    model: str
    spread: str
    covariance: str
    columns: int
    components: int
    at_least: float


CASES = (
    Case("full", "gaussian_mixture", "cov", "full", 10, 10, 4.0),
    Case("diagonal", "gaussian_mixture_diagonal", "variance", "diag", 10, 10, 4.0),
    Case("one dimension", "normal_mixture", "variance", "diag", 1, 5, 5.0),
)


def data_of(case: Case, rows: int) -> np.ndarray:
    """Overlapping clusters."""
    rng = np.random.default_rng(0)
    centres = 3 * rng.normal(size=(case.components, case.columns))
    return centres[rng.integers(case.components, size=rows)] + rng.normal(size=(rows, case.columns))


class Ours:
    """The generated module, one map at a time."""

    def __init__(self, case: Case, x: np.ndarray, mean: np.ndarray) -> None:
        k, d = mean.shape
        spread = {"full": np.tile(np.eye(d), (k, 1, 1)), "diag": np.ones((k, d))}[case.covariance]
        if d == 1:
            x, mean, spread = x[:, 0].copy(), mean[:, 0], spread[:, 0]
        self.case = case
        self.data = {"x": x}
        self.parameters: Arrays = {
            "weight": np.full(k, 1 / k), "mean": mean.copy(), case.spread: spread
        }  # fmt: skip
        self.module: ModuleType = generate(find_model(case.model)).module

    def iterate(self) -> None:
        """One EM iteration."""
        statistics, _ = self.module.e_step(self.data, self.parameters)
        self.parameters = self.module.m_step(statistics, self.parameters)

    def found(self) -> list[np.ndarray]:
        """Weights, means, covariances."""
        return [self.parameters[name] for name in ("weight", "mean", self.case.spread)]


class Peer:
    """scikit-learn's own steps, without what `fit` does around them."""

    def __init__(self, case: Case, x: np.ndarray, mean: np.ndarray) -> None:
        k, d = mean.shape
        precisions = {"full": np.tile(np.eye(d), (k, 1, 1)), "diag": np.ones((k, d))}
        self.x = x
        self.model: Any = GaussianMixture(
            k,
            covariance_type=case.covariance,
            reg_covar=0.0,
            weights_init=np.full(k, 1 / k),
            means_init=mean,
            precisions_init=precisions[case.covariance],
        )
        self.model._initialize(x, None)

    def iterate(self) -> None:
        """One EM iteration."""
        _, log_responsibility = self.model._e_step(self.x)
        self.model._m_step(self.x, log_responsibility)

    def found(self) -> list[np.ndarray]:
        """Weights, means, covariances."""
        return [self.model.weights_, self.model.means_, self.model.covariances_]


def measure(case: Case, rows: int, rounds: int) -> tuple[str, ...]:
    """One row of the table; an AssertionError where the sides disagree."""
    x = data_of(case, rows)
    mean = x[np.random.default_rng(1).choice(rows, case.components, replace=False)]
    ours, peer = Ours(case, x, mean), Peer(case, x, mean)
    for _ in range(ITERATIONS):
        ours.iterate()
        peer.iterate()
    pairs = zip(ours.found(), peer.found(), strict=True)
    difference = max(float(np.abs(a - b.reshape(a.shape)).max()) for a, b in pairs)
    assert difference < AGREE, f"{case.name}: parameters differ by {difference}"
    times = [(seconds(ours.iterate), seconds(peer.iterate)) for _ in range(rounds)]
    ratio = median(theirs / own for own, theirs in times)
    own, theirs = (1e3 * median(column) for column in zip(*times, strict=True))
    return (
        case.name,
        f"{rows:.0e}".replace("e+0", "e"),
        str(case.columns),
        str(case.components),
        f"{own:.0f}",
        f"{theirs:.0f}",
        f"{ratio:.1f}",
        f"{case.at_least:g}",
        f"{peak(ours.iterate) / 2**20:.0f}",
        f"{difference:.0e}",
    )


def seconds(run: Callable[[], None]) -> float:
    """How long one call takes."""
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def peak(run: Callable[[], None]) -> int:
    """Bytes that one call holds at most, over what was there before."""
    tracemalloc.start()
    run()
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return most


def main() -> None:
    """Measure every case, print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rows", type=int, default=1_000_000)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--write", action="store_true")
    chosen = options.parse_args()
    head = ("covariances", "n", "d", "k", "autoem ms", "scikit-learn ms", "times faster",
            "goal", "memory MB", "difference")  # fmt: skip
    with threadpool_limits(limits=1):
        rows = [measure(case, chosen.rows, chosen.rounds) for case in CASES]
    text = f"{table(head, rows)}\n\n{machine('numpy', 'scikit-learn')}"
    print(text)
    if chosen.write:
        write("gaussian_mixtures", text)


if __name__ == "__main__":
    main()
