"""Quadrature of vectors: the integral over their nodes is that of the judge, its slope by theta is
the score, and the updates lead uphill.

The mode that the nodes lie about is found by the programs, so that these are asked, and not the
meaning of the symbols.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autoem.verify.case import Case
from autoem.verify.certificate import Obligation, compared, holds
from autoem.verify.obligations.agreement import difference, one_map
from autoem.verify.obligations.laplace import FLAT, along, fisher, started


def grids(case: Case) -> Iterator[Obligation]:
    """Programs, log-likelihood, Fisher identity and ascent."""
    runner, data, point = case.module or case.interpreter, case.data, started(case)
    found, value = one_map(case.interpreter, data, point)
    printed, own = one_map(runner, data, point)
    yield difference(
        "programs",
        {**printed, "objective": np.asarray(own)},
        {**found, "objective": np.asarray(value)},
        "generated = interpreter",
    )
    with np.errstate(all="ignore"):
        truth = case.log_likelihood
    yield compared("log-likelihood", own - truth, 1.0 + abs(truth), 6, "generated = brute force")
    yield fisher(case, runner, data, point)
    moved = {name: printed[name] - point[name] for name in case.theta}
    uphill = along(runner.score(data, point), moved)
    yield holds("ascent", uphill >= -FLAT, "the updates lead to where the objective rises")
