"""Sums over all counts: as many terms as matter.

    sum over n = l, l+1, ...  of  f(n)

is cut where the second half of what was summed is negligible.  Of a log-concave f, or any whose
terms fall at least geometrically from there on, what is left out is less than that half.
"""

from __future__ import annotations

import numpy as np
from scipy import special

from autoem.errors.verification import NotJudged
from autoem.verify.normal_part import LogIntegrand

FIRST, LARGEST, NEGLIGIBLE = 64, 300_000, -39.0


def summed(log_f: LogIntegrand, lowest: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Points (G, D) and the logs of f at each: they add to the sum from `lowest` (D,) on.

    Raises `NotJudged` where the terms do not fall off.

    >>> points, logs = summed(lambda n: -special.gammaln(n[:, 0] + 1), np.zeros(1))
    >>> bool(abs(special.logsumexp(logs) - 1) < 1e-15)
    True
    """
    reach, dimension = FIRST, len(lowest)
    while reach**dimension <= LARGEST:
        grid = np.stack(np.meshgrid(*[np.arange(reach)] * dimension, indexing="ij"), axis=-1)
        steps = grid.reshape(-1, dimension)
        logs = log_f(lowest + steps)
        far = special.logsumexp(logs[steps.max(axis=1) >= reach // 2])
        if far <= special.logsumexp(logs) + NEGLIGIBLE:
            return lowest + steps, logs
        reach *= 2
    raise NotJudged(what="a sum over counts whose terms hardly fall")
