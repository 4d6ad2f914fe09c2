"""Which of several discrete latents goes first."""

from __future__ import annotations

from itertools import combinations

from autoem.derive.calculus import depends
from autoem.derive.log_joint import LogJoint
from autoem.derive.quantity import Declared
from autoem.derive.term import Terms
from autoem.graph.junction import elimination_order


def places(joint: LogJoint, terms: Terms, pending: list[Declared]) -> dict[Declared, int]:
    """Where each latent stands in an order that keeps the tables of joint states small."""
    indicators = joint.scope.indicators
    discrete = [latent for latent in pending if latent.variable in indicators]
    if len(discrete) < 3:
        return {latent: number for number, latent in enumerate(pending)}
    met = [
        [n for n, q in enumerate(discrete) if depends(term.value, indicators[q.variable])]
        for term in terms
    ]
    pairs = dict.fromkeys(pair for numbers in met for pair in combinations(numbers, 2))
    order = elimination_order(len(discrete), tuple(pairs))
    return dict.fromkeys(pending, 0) | {discrete[n]: place for place, n in enumerate(order)}
