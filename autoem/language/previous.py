"""`previous` and `parent`: the variable that is being declared, one step earlier.

Its axes are not known before its declaration is complete.  Until then `previous`, and every
operation on it, is *open*; the declaration binds it, and each pending operation is then taken as if
it had been written with the variable itself:

    transition[previous]   is   Pending(lookup, (transition, previous))
    and, bound to z,       is   transition[z one step earlier],  a Lookup.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from autoem.errors import PreviousOutsideChain
from autoem.language.arithmetic import Axis, Node, Pending
from autoem.language.formula import Expression


@dataclass(frozen=True, eq=False, repr=False)
class Previous(Node):
    """The value of `variable` one step earlier; its event and its codes are those of the start.

    >>> previous.open, (2 * previous).open
    (True, True)
    """

    variable: Expression | None = None
    axes: tuple[Axis, ...] = ()
    codes: Axis | None = None
    kind: str | None = None

    @property
    def operands(self) -> tuple[Expression, ...]:
        return ()

    @property
    def open(self) -> bool:
        return self.variable is None

    @property
    def plates(self) -> tuple[Axis, ...]:
        return () if self.variable is None else self.variable.plates

    @property
    def event(self) -> tuple[Axis, ...]:
        return self.axes

    @property
    def category(self) -> Axis | None:
        return self.codes

    @property
    def support(self) -> str | None:
        return self.kind

    @property
    def label(self) -> str:
        return "previous"


class ParentValue(Previous):
    """The value of the variable at the parent of the node, in a tree."""

    @property
    def label(self) -> str:
        return "parent"


previous: Expression = Previous()
"""In the law of a step of `Markov`, the value one step earlier; in `Tree`, that of the parent."""

parent: Expression = ParentValue()
"""In the law of a node of `Tree`, the value of its parent."""


def bind(value: Expression, binding: Expression | None) -> Expression:
    """The expression with `previous` bound, and every pending operation taken."""
    if not value.open:
        return value
    if isinstance(value, Pending):
        return value.build(*(_bound(argument, binding) for argument in value.arguments))
    if binding is None or (isinstance(value, ParentValue) and not isinstance(binding, ParentValue)):
        raise PreviousOutsideChain(word=value.label)
    return binding


def _bound(argument: Any, binding: Expression | None) -> Any:
    return bind(argument, binding) if isinstance(argument, Expression) else argument
