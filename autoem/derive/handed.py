"""What an approximation hands on from one E-step to the next, as parameters of the program.

A program has no memory: what a factor of a mean field holds of the others, where a mode was found,
which draws a chain has come to, are parameters that the model does not declare.  The M-step gives
them the value that the E-step has found.
"""

from __future__ import annotations

from dataclasses import dataclass

from autoem.derive.index import Index
from autoem.derive.posterior import Posterior, Refusal
from autoem.derive.quantity import Declared, Element
from autoem.derive.scope import Scope
from autoem.derive.term import reindex
from autoem.language.declaration import Parameter
from autoem.language.domain import Real
from autoem.language.expression import Axis


@dataclass(frozen=True)
class Held:
    """A value of one factor as the others hold it, and where it comes from.

    `value` is what it is at the end of an E-step, free at some of the `indices`; `start` says from
    what the first E-step begins: "simplex", "positive", "real" or "zero".
    """

    quantity: Declared
    indices: tuple[Index, ...]
    value: Element
    start: str
    reason: str = "the mean in the factor that the E-step has found"


@dataclass(frozen=True)
class Factor:
    """The posteriors of one block, what is held of them, and the noise that they are drawn by."""

    posteriors: tuple[Posterior, ...]
    held: tuple[Held, ...] = ()
    noise: tuple[Declared, ...] = ()

    @property
    def parameters(self) -> tuple[Declared, ...]:
        """The parameters that the model does not declare."""
        return (*(held.quantity for held in self.held), *self.noise)


def handed(scope: Scope, name: str, axes: tuple[Axis, ...]) -> Declared:
    """A parameter of the program over some axes, which no model declares."""
    parameter = Parameter(Real(*axes))
    object.__setattr__(parameter, "name", name)
    return scope.quantity(parameter)


def placed(element: Element, indices: tuple[Index, ...]) -> Element:
    """The element at formal indices, each at the next over its axis; it may have fewer of them."""
    moved: dict[Index, Index] = {}
    left = list(indices)
    for index in element.indices:
        found = next((i for i in left if isinstance(index, Index) and i.axis is index.axis), None)
        if found is None:
            raise Refusal(f"{element.base.name} depends on more than its form told")
        left.remove(found)
        moved[index] = found  # type: ignore[index]
    return reindex(element, moved)
