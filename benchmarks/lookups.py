"""Latents that rows point to: one EM iteration in passes over the data.

python -m benchmarks.lookups [--rounds 9] [--write]

A pass is the least that has to be done with every row: the residuals y - V beta, and their sums by
group.  Nested effects cost as much a row, whatever the number of groups.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from statistics import median

import numpy as np
from threadpoolctl import threadpool_limits

from autoem.cli.find import find_model
from autoem.pipeline import generate
from benchmarks.gaussian_mixtures import Arrays, seconds
from benchmarks.rewrites import Iteration
from benchmarks.table import machine, table, write

GOAL = 10
COVARIATES = 3


def random_intercept(rows: int, groups: int) -> tuple[Arrays, Arrays]:
    """Rows that point to groups at random."""
    generator = np.random.default_rng(0)
    v = np.column_stack([np.ones(rows), generator.normal(size=(rows, COVARIATES - 1))])
    group = generator.integers(0, groups, rows)
    y = v.sum(axis=1) + generator.normal(size=groups)[group] + generator.normal(size=rows)
    start = {"beta": np.zeros(COVARIATES), "tau2": np.array(0.5), "sigma2": np.array(0.7)}
    return {"v": v, "group": group, "y": y, "every_g": np.arange(groups)}, start


def nested_effects(rows: int, groups: int) -> tuple[Arrays, Arrays]:
    """The same, and ten groups in each of the coarser ones."""
    data, start = random_intercept(rows, groups)
    school = np.arange(groups) // 10
    return data | {"school": school, "every_h": np.arange(school[-1] + 1)}, {
        **start,
        "omega2": np.array(0.3),
    }


CASES: dict[str, Callable[[int, int], tuple[Arrays, Arrays]]] = {
    "random_intercept": random_intercept,
    "nested_effects": nested_effects,
}


def one_pass(data: Arrays, start: Arrays) -> Callable[[], None]:
    """Residuals, and their sums by group."""
    groups = len(data["every_g"])

    def run() -> None:
        np.bincount(data["group"], data["y"] - data["v"] @ start["beta"], groups)

    return run


def measure(name: str, rounds: int, rows: int = 1_000_000, groups: int = 100_000) -> list[str]:
    """A row of the table."""
    data, start = CASES[name](rows, groups)
    ours = Iteration(generate(find_model(name)).module, data, start)
    once = one_pass(data, start)
    ours.once()
    times = [(seconds(ours.once), seconds(once)) for _ in range(rounds)]
    own, least = (1e3 * median(column) for column in zip(*times, strict=True))
    passes = median(one / other for one, other in times)
    counts = (f"{count:.0e}".replace("e+0", "e") for count in (rows, groups))
    return [name, *counts, f"{own:.0f}", f"{least:.1f}", f"{passes:.1f}", str(GOAL)]


def main() -> None:
    """Measure every case, print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=9)
    options.add_argument("--write", action="store_true")
    chosen = options.parse_args()
    head = ("model", "rows", "groups", "iteration ms", "pass ms", "passes", "goal, at most")
    with threadpool_limits(limits=1):
        measured = [measure(name, chosen.rounds) for name in CASES]
    text = f"{table(head, measured)}\n\n{machine('numpy')}"
    print(text)
    if chosen.write:
        write("lookups", text)


if __name__ == "__main__":
    main()
