"""Q is E[log p(x, z; theta)] but for a constant, and (d) Fisher's identity.

    Q(theta) - Q(theta_t) = E_t[log p(x, z; theta)] - E_t[log p(x, z; theta_t)],
    dQ/dtheta = dl/dtheta      at theta = theta_t .

The left sides are the derived terms, the right sides brute force; in the identity of Fisher the
likelihood is differentiated by differences, so that it judges E-step and Q together.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autoem.verify.case import Case
from autoem.verify.certificate import Obligation, compared
from autoem.verify.chart import directions

MANY = 5
EXACT, SETTLED = 9, 7
"""Digits of Q, and of one from nodes that were doubled until the log-likelihood settled."""


def surrogate(case: Case) -> Iterator[Obligation]:
    """Q at other parameters; then its gradient at the old ones."""
    theta = case.theta
    worst, scale = 0.0, 1.0
    for other in (case.updated, *case.others):
        found = case.surrogate(other) - case.surrogate(theta)
        judged = case.expected(other) - case.expected(theta)
        worst, scale = max(worst, abs(found - judged)), max(scale, abs(judged))
    needed = EXACT if case.derivation.e_step.assume is None else SETTLED
    yield compared("Q", worst, scale, needed, "Q is the expected log joint, but for a constant")
    chart = case.chart(theta)
    along = directions(chart.size, MANY, case.generator(3))
    left, right = chart.slopes(case.surrogate, along), chart.slopes(case.likelihood, along)
    detail = f"gradient of Q = gradient of l at theta_t, along {len(along)} directions"
    error, size = float(np.max(np.abs(left - right))), 1.0 + float(np.max(np.abs(right)))
    yield compared("Fisher identity", error, size, 7, detail)
