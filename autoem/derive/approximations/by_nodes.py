"""Approximations by nodes about the mode: quadrature, and weighted draws."""

from __future__ import annotations

from dataclasses import dataclass, replace

from autoem.derive.approximations.approximation import Approximation
from autoem.derive.log_joint import LogJoint
from autoem.derive.node import IntegrationRule
from autoem.derive.posterior import Posterior
from autoem.derive.posteriors.nodes import by_nodes
from autoem.derive.posteriors.truncated import check_unconditioned
from autoem.derive.posteriors.vector_nodes import MOST as MOST_VECTOR, by_vector_nodes
from autoem.derive.quantity import Declared
from autoem.derive.term import Terms
from autoem.errors import BadOption

MOST = 1024


@dataclass(frozen=True)
class Nodes(Approximation):
    """A latent replaced by nodes; `tolerance` is that of the objective, relative to 1 + |it|,
    between a rule and one of twice as many nodes."""

    rule: str
    integration: IntegrationRule
    tolerance: float | None
    target: str

    @property
    def name(self) -> str:
        return self.rule

    @property
    def objective(self) -> str:
        return self.target

    @property
    def likelihood(self) -> bool:
        return True

    def eliminate(
        self, joint: LogJoint, terms: Terms, latent: Declared, remaining: tuple[Declared, ...]
    ) -> Posterior:
        """The latent replaced by its nodes."""
        check_unconditioned(joint, terms, latent)
        rest = (latent, remaining, self.integration, self.rule)
        if latent.variable.event:
            return by_vector_nodes(joint, terms, *rest)
        return by_nodes(joint.scope, terms, *rest)

    def finer(self, entries: int) -> Nodes | None:
        """The same with twice as many nodes for each of so many entries of a vector; nothing where
        there is none, or too many."""
        count = 2 * self.integration.count
        if self.tolerance is None or count > MOST or (entries > 1 and count**entries > MOST_VECTOR):
            return None
        return replace(self, integration=replace(self.integration, count=count))


def quadrature(order: int = 16, tolerance: float = 1e-9) -> Nodes:
    """Adaptive Gauss-Hermite quadrature of each latent about the mode of its log joint, of numbers
    and of vectors of few entries, whose nodes are a grid.

    `order` nodes for each entry to begin with; a fit doubles them until the log-likelihood changes
    by less than `tolerance * (1 + |log-likelihood|)`, and says so where that does not come about.
    Errors: `BadOption`.  Source: Pinheiro and Bates (1995), JCGS 4.

    >>> quadrature(order=32).integration.count
    32
    """
    if not 1 <= order <= MOST:
        raise BadOption(option="order", value=order, expected=f"a whole number from 1 to {MOST}")
    if not tolerance > 0:
        raise BadOption(option="tolerance", value=tolerance, expected="a number above 0")
    rule = IntegrationRule("hermite", int(order))
    return Nodes("quadrature", rule, float(tolerance), "log-likelihood by quadrature")
