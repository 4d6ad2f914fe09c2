"""What every formula has: the axes it repeats over, the axes of one value, what stands in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeAlias

from autoem.language.operators import Operand

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    import numpy as np

    from autoem.language.arithmetic import Axis

ExpressionLike: TypeAlias = (
    "Expression | Axis | float | Fraction | np.ndarray | Sequence[ExpressionLike]"
)
"""What may stand where an expression is expected."""


class Expression(Operand["Expression"]):
    """A formula over named axes; its nodes are frozen, and equal only to themselves."""

    @property
    def plates(self) -> tuple[Axis, ...]:
        """The axes that it is repeated over."""
        return ()

    @property
    def event(self) -> tuple[Axis, ...]:
        """The axes of one value, in order; a matrix over d has d twice."""
        return ()

    @property
    def shape(self) -> tuple[tuple[Axis, ...], tuple[Axis, ...]]:
        """Plates and event."""
        return self.plates, self.event

    @property
    def category(self) -> Axis | None:
        """The axis along which its values are positions, where they are."""
        return None

    @property
    def support(self) -> str | None:
        """The kind of its values, where a declaration says so: binary, category, real, ..."""
        return None

    @property
    def operands(self) -> tuple[Expression, ...]:
        """The expressions that stand directly in this one."""
        return tuple(_expressions(tuple(vars(self).values())))

    @property
    def open(self) -> bool:
        """Whether it waits for `previous` to be bound to its variable."""
        return False

    @property
    def index_axes(self) -> tuple[Axis, ...]:
        """The axes along which it may be a position, as an index: t and start of `t - start`."""
        return () if self.category is None else (self.category,)

    @property
    def condition(self) -> bool:
        """Whether it is true or false, entry by entry."""
        return self.support == "binary"

    @property
    def label(self) -> str:
        """The names in it, for messages."""
        return ", ".join(dict.fromkeys(o.label for o in self.operands if o.label))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.label})"


def _expressions(value: object) -> Iterator[Expression]:
    if isinstance(value, Expression):
        yield value
    elif isinstance(value, tuple):
        for entry in value:
            yield from _expressions(entry)


def subexpressions(expression: Expression) -> tuple[Expression, ...]:
    """The expression and all that stands in it, each once, operands first."""
    found: dict[Expression, None] = {}

    def visit(node: Expression) -> None:
        if node not in found:
            for operand in node.operands:
                visit(operand)
            found[node] = None

    visit(expression)
    return tuple(found)
