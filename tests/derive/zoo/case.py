"""One entry of the zoo."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from autoem.language.model import ModelType


@dataclass(frozen=True)
class Case:
    """A model, the sizes and the seed of its simulated data.

    `interior`: whether the iteration ends inside the domain for these data.  `slow`: whether the
    judge needs more than a second or two.  `pending`: why it is not derived or run yet.
    """

    model: ModelType
    sizes: Mapping[str, int] = field(hash=False)
    seed: int = 1
    interior: bool = True
    slow: bool = False
    pending: str = ""

    @property
    def name(self) -> str:
        return self.model.__name__
