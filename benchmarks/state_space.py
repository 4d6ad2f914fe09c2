"""One EM iteration of a linear-Gaussian state space: generated NumPy against pykalman.

python -m benchmarks.state_space [--steps 100000] [--rounds 3] [--write]
"""

from __future__ import annotations

import argparse
from statistics import median
from typing import Any

import numpy as np
from pykalman import KalmanFilter
from threadpoolctl import threadpool_limits

from autoem.cli.find import find_model
from autoem.pipeline import generate, sample
from benchmarks.gaussian_mixtures import seconds
from benchmarks.table import machine, table, write

AGREE = 1e-8
AT_LEAST = 20
NAMES = {
    "start": "initial_state_mean",
    "spread": "initial_state_covariance",
    "dynamics": "transition_matrices",
    "drift": "transition_covariance",
    "loading": "observation_matrices",
    "noise": "observation_covariance",
}
"""Our names, and those of the peer."""


def parameters(size: int, seed: int) -> dict[str, np.ndarray]:
    """A stable system."""
    rng = np.random.default_rng(seed)
    dynamics = rng.normal(size=(size, size))
    roots = rng.normal(size=(3, size, size))
    spread, drift, noise = roots @ np.swapaxes(roots, -1, -2) / size + np.eye(size) / 2
    return {
        "start": rng.normal(size=size), "spread": spread, "drift": drift, "noise": noise,
        "dynamics": 0.9 * dynamics / np.abs(np.linalg.eigvals(dynamics)).max(),
        "loading": rng.normal(size=(size, size)),
    }  # fmt: skip


def measure(size: int, steps: int, rounds: int) -> tuple[str, ...]:
    """One row of the table; an AssertionError where the sides disagree."""
    model, start = find_model("state_space"), parameters(size, 1)
    x = sample(model, parameters(size, 0), sizes={"t": steps}, seed=0)["x"]
    module: Any = generate(model).module
    known = {theirs: start[name] for name, theirs in NAMES.items()}

    def ours() -> dict[str, np.ndarray]:
        statistics, _ = module.e_step({"x": x}, start)
        return dict(module.m_step(statistics, start))

    def peer() -> Any:
        return KalmanFilter(**known, em_vars=list(known)).em(x, n_iter=1)

    own, other = ours(), peer()
    differences = (np.abs(own[name] - getattr(other, theirs)) for name, theirs in NAMES.items())
    difference = max(float(each.max()) for each in differences)
    assert difference < AGREE, f"parameters differ by {difference}"
    times = [(seconds(ours), seconds(peer)) for _ in range(rounds)]
    ratio = median(theirs / mine for mine, theirs in times)
    mine, theirs = (1e3 * median(column) for column in zip(*times, strict=True))
    return (
        f"{size} x {size}", f"{steps:.0e}".replace("e+0", "e"), f"{mine:.0f}", f"{theirs:.0f}",
        f"{ratio:.0f}", str(AT_LEAST), f"{difference:.0e}",
    )  # fmt: skip


def main() -> None:
    """Measure, print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--steps", type=int, default=100_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--write", action="store_true")
    chosen = options.parse_args()
    head = ("system", "steps", "autoem ms", "pykalman ms", "times faster", "goal", "difference")
    with threadpool_limits(limits=1):
        rows = [measure(4, chosen.steps, chosen.rounds)]
    text = f"{table(head, rows)}\n\n{machine('numpy', 'pykalman')}"
    print(text)
    if chosen.write:
        write("state_space", text)


if __name__ == "__main__":
    main()
