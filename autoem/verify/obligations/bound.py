"""(b) The bound: F(q, theta) = E_q[log p(x, z; theta) - log q(z)] touches l at q_t, and never
exceeds it.

q is the derived posterior, at theta_t and at other parameters; the sums are the judge's.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autoem.verify.case import Case
from autoem.verify.certificate import Obligation, compared, holds
from autoem.verify.chart import Arrays
from autoem.verify.judged import judged
from autoem.verify.reference import Cloud, clouds, log_prior
from autoem.verify.remembered import Remembered

SLACK = 1e-9


def bound(case: Case) -> Iterator[Obligation]:
    """Equality at theta_t, then the inequality at q of other parameters."""
    truth, theta = case.log_likelihood, case.theta
    touching = free_energy(case, case.posterior, theta, theta)
    detail = "F(q_t, theta_t) = l(theta_t)"
    yield compared("bound touches", touching - truth, max(1.0, abs(truth)), 9, detail)
    gaps = []
    for other in case.others:
        found = free_energy(case, clouds(case.instance.at(other)), other, theta)
        gaps.append(truth - found)
    yield holds(
        "bound", all(g > -SLACK for g in gaps), f"F(q, theta_t) <= l(theta_t) at {len(gaps)} q"
    )


def free_energy(case: Case, posterior: tuple[Cloud, ...], made: Arrays, theta: Arrays) -> float:
    """F(q, theta) with the derived q of the parameters `made`, summed over the points of clouds."""
    instance = case.instance.at(theta)
    densities, total = Remembered(instance), log_prior(instance)
    with_latents = [cloud for cloud in posterior if cloud.component.hidden]
    for cloud, parts in zip(
        with_latents, judged(case, case.instance.at(made), posterior), strict=True
    ):
        for part, joint in zip(parts, cloud.log_joint(densities), strict=True):
            there = part.weight > 0
            total += float(np.sum(part.weight[there] * (joint[there] - part.log_q[there])))
    return total + sum(
        float(densities.log_p(cloud.component, {}))
        for cloud in posterior
        if not cloud.component.hidden
    )
