"""What a user chooses where no posterior is exact."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from autoem.derive.log_joint import LogJoint
from autoem.derive.posterior import Posterior
from autoem.derive.quantity import Declared
from autoem.derive.term import Terms


@dataclass(frozen=True)
class Approximation(ABC):
    """A rule for the latents that every exact rule refuses; it is tried after them.

    `name` is what the rule is called, `objective` what is maximized with it.
    """

    @property
    @abstractmethod
    def name(self) -> str: ...

    @property
    @abstractmethod
    def objective(self) -> str: ...

    @property
    @abstractmethod
    def likelihood(self) -> bool:
        """Whether the objective stands for the log-likelihood, so that its slope is a score."""

    @abstractmethod
    def eliminate(
        self, joint: LogJoint, terms: Terms, latent: Declared, remaining: tuple[Declared, ...]
    ) -> Posterior:
        """The posterior of a latent, or a `Refusal`."""
