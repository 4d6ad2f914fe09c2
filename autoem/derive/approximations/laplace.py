"""laplace: a Gaussian about the mode, for latents that are real numbers or vectors."""

from __future__ import annotations

from dataclasses import dataclass

from autoem.derive.approximations.approximation import Approximation
from autoem.derive.log_joint import LogJoint
from autoem.derive.posterior import Posterior, Refusal
from autoem.derive.quantity import Declared
from autoem.derive.term import Terms


@dataclass(frozen=True)
class Laplace(Approximation):
    """A block of latents is taken as a whole."""

    @property
    def name(self) -> str:
        return "laplace"

    @property
    def objective(self) -> str:
        return "Laplace approximation of the log-likelihood"

    @property
    def likelihood(self) -> bool:
        return True

    def eliminate(
        self, joint: LogJoint, terms: Terms, latent: Declared, remaining: tuple[Declared, ...]
    ) -> Posterior:
        """No latent by itself (`autoem/derive/laplace.py`)."""
        raise Refusal("the mode is that of a block of latents together")


def laplace() -> Laplace:
    """log p(x; theta) by the expansion of the log joint about its mode m in the latents,

        g(m) + log det(2 pi V) / 2,      V = (-g''(m))^-1 ,

    of numbers and vectors of rows and groups, nested and crossed, and along chains.  It is neither
    exact nor a bound: its error falls with the data that each latent has.  A fit ends where it has
    no slope.
    Source: Breslow and Clayton (1993), JASA 88; Kristensen et al. (2016), JSS 70.

    >>> laplace().objective
    'Laplace approximation of the log-likelihood'
    """
    return Laplace()
