"""Approximations by nodes about the mode: quadrature, and importance sampling."""

from __future__ import annotations

from dataclasses import dataclass, replace

from autoem.derive.approximations.approximation import Approximation
from autoem.derive.log_joint import LogJoint
from autoem.derive.node import IntegrationRule
from autoem.derive.posterior import Posterior
from autoem.derive.posteriors.nodes import by_nodes
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

    def eliminate(
        self, joint: LogJoint, terms: Terms, latent: Declared, remaining: tuple[Declared, ...]
    ) -> Posterior:
        """The latent replaced by its nodes."""
        return by_nodes(joint.scope, terms, latent, remaining, self.integration, self.rule)

    @property
    def finer(self) -> Nodes | None:
        """The same with twice as many nodes; nothing where there is none, or too many."""
        if self.tolerance is None or 2 * self.integration.count > MOST:
            return None
        rule = replace(self.integration, count=2 * self.integration.count)
        return replace(self, integration=rule)


def monte_carlo(draws: int = 64, seed: int = 0, tolerance: float = 1e-5) -> Nodes:
    """Importance sampling of each scalar latent, from a heavy-tailed law about its mode.

    Q is the complete-data log-likelihood of a hypothetical data set, in which each latent is drawn
    so often and weighted.  A fit doubles the draws where the objective, an estimate, falls or
    changes by more than `tolerance * (1 + |it|)` with twice as many.
    Errors: `BadOption`.  Source: Wei and Tanner (1990), JASA 85.

    >>> monte_carlo(draws=128).integration.kind
    'draws'
    """
    if not 1 <= draws <= MOST:
        raise BadOption(option="draws", value=draws, expected=f"a whole number from 1 to {MOST}")
    if seed < 0:
        raise BadOption(option="seed", value=seed, expected="a whole number from 0")
    if not tolerance > 0:
        raise BadOption(option="tolerance", value=tolerance, expected="a number above 0")
    rule = IntegrationRule("draws", int(draws), int(seed))
    name = "Monte Carlo estimate of the log-likelihood"
    return Nodes("monte_carlo", rule, float(tolerance), name)


def quadrature(order: int = 16, tolerance: float = 1e-9) -> Nodes:
    """Adaptive Gauss-Hermite quadrature of each scalar latent, about the mode of its log joint.

    `order` nodes to begin with; a fit doubles them until the log-likelihood changes by less than
    `tolerance * (1 + |log-likelihood|)`, and says so where that does not come about.
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
