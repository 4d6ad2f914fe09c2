"""mean_field: q factorizes over the latents, and F(q, theta) is raised in turn over its factors."""

from __future__ import annotations

from dataclasses import dataclass

from autoem.derive.approximations.approximation import Approximation
from autoem.derive.log_joint import LogJoint
from autoem.derive.posterior import Posterior, Refusal
from autoem.derive.quantity import Declared
from autoem.derive.term import Terms


@dataclass(frozen=True)
class MeanField(Approximation):
    """`kept` are the latents that have one factor together."""

    kept: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return "mean_field"

    @property
    def objective(self) -> str:
        return "elbo"

    @property
    def likelihood(self) -> bool:
        return False

    def eliminate(
        self, joint: LogJoint, terms: Terms, latent: Declared, remaining: tuple[Declared, ...]
    ) -> Posterior:
        """No latent by itself: a block is taken as a whole (`autoem/derive/mean_field.py`)."""
        raise Refusal("the factors of a mean field are found for a block of latents together")


def mean_field(*kept: str) -> MeanField:
    """q(z) = product of q(z_i): each factor given the others, by coordinate ascent of the bound

        F(q, theta) = E_q[log p(x, z; theta) - log q(z)]  <=  log p(x; theta),

    which is called `elbo`.  Each latent has a factor of its own, found by the exact rules at the
    means of the others; those that are named in `kept` have one together.  Without names only what
    the exact rules refuse is taken apart, or keep as a table of joint states.
    Source: Saul and Jordan (1996), NIPS 8; Blei, Kucukelbir and McAuliffe (2017), JASA 112.

    >>> mean_field("z").objective
    'elbo'
    """
    return MeanField(kept)
