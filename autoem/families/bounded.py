"""Families made of others: a law between two bounds, and what is seen of a latent.

Truncated   p(x) / P(l <= X <= u)  for l <= x <= u
Within      zero for l <= t <= u, minus infinity elsewhere: the log of the event that was seen
Evidence    the log of a known likelihood
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, final

import numpy as np
from sympy import log

from autoem.families.family import (
    Argument,
    Arrays,
    Family,
    FreshIndex,
    Readings,
    Size,
    Summand,
    Summands,
    outside,
    summands,
)
from autoem.families.interval import INTERVALS

BOUNDS = (Argument("lower", "bound"), Argument("upper", "bound"))
MOST = 10_000
"""Rounds of draws before a truncation is given up."""


@final
@dataclass(frozen=True)
class TruncatedFamily(Family):
    """A family between two bounds, the last two arguments.

    >>> from autoem.families.normal import NORMAL
    >>> [argument.name for argument in TruncatedFamily(NORMAL).arguments]
    ['mean', 'variance', 'lower', 'upper']
    """

    base: Family
    name: str = field(init=False)
    arguments: tuple[Argument, ...] = field(init=False)
    support: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", f"truncated {self.base.name}")
        object.__setattr__(self, "arguments", (*self.base.arguments, *BOUNDS))
        object.__setattr__(self, "support", self.base.support)

    def log_density(self, value: Any, arguments: Readings, index: FreshIndex) -> Summands:
        facts = {argument.name: arguments[argument.name]() for argument in self.arguments}
        lower, upper = facts["lower"], facts["upper"]
        mass = INTERVALS[self.base.name].log_probability(lower, upper, facts)
        own = self.base.log_density(value, arguments, index)
        return (*own, Summand(-mass), *summands(outside(value(), lower, upper)))

    def sample(self, generator: np.random.Generator, args: Arrays, size: Size = None) -> np.ndarray:
        """Draws that lie between the bounds, the others drawn again."""
        drawn = np.asarray(self.base.sample(generator, args, size))
        for _ in range(MOST):
            off = (drawn < args["lower"]) | (drawn > args["upper"])
            if not np.any(off):
                return drawn
            drawn = np.where(off, self.base.sample(generator, args, drawn.shape), drawn)
        raise FloatingPointError(f"no draw of {self.base.name} lies between the bounds")


@final
@dataclass(frozen=True)
class WithinFamily(Family):
    """The event that a latent lies between two bounds."""

    name = "Within"
    arguments = (Argument("latent", "real"), *BOUNDS)
    support = "real"

    def log_density(self, value: Any, arguments: Readings, index: FreshIndex) -> Summands:
        return summands(outside(*(arguments[argument.name]() for argument in self.arguments)))

    def sample(self, generator: np.random.Generator, args: Arrays, size: Size = None) -> np.ndarray:
        return np.asarray(args["latent"])


@final
@dataclass(frozen=True)
class EvidenceFamily(Family):
    """A known likelihood of the states of a latent."""

    name = "Evidence"
    arguments = (Argument("likelihood", "positive"),)
    support = "real"

    def log_density(self, value: Any, arguments: Readings, index: FreshIndex) -> Summands:
        return summands(log(arguments["likelihood"]()))

    def sample(self, generator: np.random.Generator, args: Arrays, size: Size = None) -> np.ndarray:
        return np.asarray(args["likelihood"])


WITHIN, EVIDENCE = WithinFamily(), EvidenceFamily()
