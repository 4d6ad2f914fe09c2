"""One EM iteration of a hidden Markov model: generated NumPy against hmmlearn's scaling.

python -m benchmarks.chains [--rounds 5] [--write]
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from statistics import median
from typing import Any

import numpy as np
from hmmlearn.hmm import CategoricalHMM
from threadpoolctl import threadpool_limits

from autoem.cli.find import find_model
from autoem.pipeline import generate
from benchmarks.gaussian_mixtures import seconds
from benchmarks.table import machine, table, write

AGREE = 1e-10
ITERATIONS = 3
SYMBOLS = 16


@dataclass(frozen=True)
class Case:
    """A number of states, sequences and steps, and how many times faster is asked for, if it is."""

    states: int
    sequences: int
    steps: int
    at_least: float | None = None


CASES = (Case(8, 1000, 100, 3.0), Case(32, 1000, 100, 3.0), Case(8, 1, 100_000))


class Ours:
    """The generated module, one map at a time."""

    def __init__(self, x: np.ndarray, start: dict[str, np.ndarray]) -> None:
        self.data, self.parameters = {"x": x}, dict(start)
        self.module: Any = generate(find_model("hidden_markov")).module

    def iterate(self) -> None:
        """One EM iteration."""
        statistics, _ = self.module.e_step(self.data, self.parameters)
        self.parameters = self.module.m_step(statistics, self.parameters)

    def found(self) -> list[np.ndarray]:
        """Initial, transition and emission probabilities."""
        return [self.parameters[name] for name in ("initial", "transition", "emission")]


class Peer:
    """hmmlearn's own steps, in probability space, rescaled."""

    def __init__(self, x: np.ndarray, start: dict[str, np.ndarray]) -> None:
        self.x, self.lengths = x.reshape(-1, 1), [x.shape[1]] * len(x)
        self.model: Any = CategoricalHMM(
            len(start["initial"]), n_features=SYMBOLS, implementation="scaling"
        )
        self.model.startprob_, self.model.transmat_ = start["initial"], start["transition"]
        self.model.emissionprob_ = start["emission"]

    def iterate(self) -> None:
        """One EM iteration."""
        statistics, _ = self.model._do_estep(self.x, self.lengths)
        self.model._do_mstep(statistics)

    def found(self) -> list[np.ndarray]:
        """Initial, transition and emission probabilities."""
        return [self.model.startprob_, self.model.transmat_, self.model.emissionprob_]


def measure(case: Case, rounds: int) -> tuple[str, ...]:
    """One row of the table; an AssertionError where the sides disagree."""
    rng, k = np.random.default_rng(0), case.states
    x = rng.integers(SYMBOLS, size=(case.sequences, case.steps))
    start = {
        "initial": rng.dirichlet(np.ones(k)),
        "transition": rng.dirichlet(np.ones(k), size=k),
        "emission": rng.dirichlet(np.ones(SYMBOLS), size=k),
    }
    ours, peer = Ours(x, start), Peer(x, start)
    for _ in range(ITERATIONS):
        ours.iterate()
        peer.iterate()
    pairs = zip(ours.found(), peer.found(), strict=True)
    difference = max(float(np.abs(a - b).max()) for a, b in pairs)
    assert difference < AGREE, f"{k} states: parameters differ by {difference}"
    times = [(seconds(ours.iterate), seconds(peer.iterate)) for _ in range(rounds)]
    ratio = median(theirs / own for own, theirs in times)
    own, theirs = (1e3 * median(column) for column in zip(*times, strict=True))
    return (
        str(k),
        f"{case.sequences} x {case.steps}",
        f"{own:.0f}",
        f"{theirs:.0f}",
        f"{ratio:.1f}",
        f"{case.at_least:g}" if case.at_least else "",
        f"{difference:.0e}",
    )


def main() -> None:
    """Measure every case, print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=5)
    options.add_argument("--write", action="store_true")
    chosen = options.parse_args()
    head = ("states", "data", "autoem ms", "hmmlearn ms", "times faster", "goal", "difference")
    with threadpool_limits(limits=1):
        rows = [measure(case, chosen.rounds) for case in CASES]
    text = f"{table(head, rows)}\n\n{machine('numpy', 'hmmlearn')}"
    print(text)
    if chosen.write:
        write("chains", text)


if __name__ == "__main__":
    main()
