"""Expressions in mathematical notation: `loading @ z + mean` at row n is `loading z_n + mean`.

An expression is written at an index for each axis: the letter of the axis itself, another letter
where a lookup consumed it, or the index that was looked up (`b_{group_i}`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

from autoem.language.arithmetic import (
    Apply,
    ArrayConstant,
    Axis,
    Contraction,
    Entry,
    Listing,
    Lookup,
    Number,
    Position,
)
from autoem.language.constants import Constant, DiagonalMatrix
from autoem.language.declaration import Variable
from autoem.language.formula import Expression
from autoem.language.number import powers_of_ten
from autoem.language.previous import ParentValue, Previous

ATOM, POWER, PRODUCT, SUM, COMPARISON = range(5)
"""How loosely a formula binds; an operand that binds more loosely is put in parentheses."""

INFIX = {
    "add": (SUM, " + "),
    "subtract": (SUM, " - "),
    "multiply": (PRODUCT, " "),
    "divide": (PRODUCT, " / "),
    "power": (POWER, "^"),
    "less": (COMPARISON, " < "),
    "less_equal": (COMPARISON, " ≤ "),
    "greater": (COMPARISON, " > "),
    "greater_equal": (COMPARISON, " ≥ "),
    "equal": (COMPARISON, " = "),
}
CONSTANTS = {"zeros": "0", "ones": "1", "identity": "I"}

At = Mapping[Axis, tuple[str, ...]]
"""For each axis that is not read at its own letter, the indices at which it is read, in order."""


@dataclass(frozen=True)
class Writer:
    """Writes expressions; `letters` are those of the states that the law is conditioned on."""

    letters: Mapping[str, str] = field(default_factory=dict)
    at: At = field(default_factory=dict)

    def text(self, node: Expression) -> str:
        """The expression as a formula."""
        return self._bound(node)[1]

    def _bound(self, node: Expression) -> tuple[int, str]:
        """The formula, and how loosely it binds."""
        match node:
            case Number(value=value):
                return _number(value)
            case Apply():
                return self._apply(node)
            case Contraction(left=left, right=right) if is_ones(left) and is_ones(right):
                return ATOM, " ".join(f"|{axis}|" for axis in node.axes)
            case Contraction():
                sign = " · " if not node.event and len(node.left.event) == 1 else " "
                return PRODUCT, self._joined(sign, (node.left, node.right), PRODUCT)
            case Lookup():
                return replace(self, at=self._looked_up(node))._bound(node.base)
        return ATOM, self._atom(node)

    def _atom(self, node: Expression) -> str:
        match node:
            case Variable():
                return subscripted(node.name, self._indices(node.plates))
            case ParentValue(variable=Variable() as variable):
                return subscripted(variable.name, ["parent"])
            case Previous(variable=Variable() as variable):
                *outer, step = self._indices(variable.plates)
                return subscripted(variable.name, [*outer, f"{step}-1"])
            case Entry(base=base, position=position):
                return f"{self._joined('', (base,), POWER)}[{position}]"
            case Listing(entries=entries):
                return f"[{', '.join(self.text(entry) for entry in entries)}]"
            case Constant(kind=kind):
                return CONSTANTS[kind]
            case DiagonalMatrix(vector=vector):
                return f"diag({self.text(vector)})"
            case Position(axis=axis):
                return self._indices([axis])[0]
            case ArrayConstant(values=values):
                return f"array{list(values.shape)}"
        return node.label

    def _apply(self, node: Apply) -> tuple[int, str]:
        operands = tuple(a for a in node.arguments if not is_ones(a)) or node.arguments[:1]
        if node.operator == "multiply" and len(operands) == 1:
            return self._bound(operands[0])
        if node.operator == "negative":
            return SUM, f"-{self._joined('', node.arguments, PRODUCT)}"
        if node.operator in INFIX:
            level, sign = INFIX[node.operator]
            return level, self._joined(sign, node.arguments, level)
        return ATOM, f"{node.operator}({', '.join(self.text(a) for a in node.arguments)})"

    def _joined(self, sign: str, operands: Sequence[Expression], level: int) -> str:
        """The operands around a sign; on the right, one that binds as loosely is set apart too."""
        parts = []
        for place, operand in enumerate(operands):
            binds, text = self._bound(operand)
            apart = binds > level or (binds == level and place > 0 and sign not in (" + ", " "))
            parts.append(f"({text})" if apart else text)
        return sign.join(parts)

    def _indices(self, plates: Sequence[Axis]) -> list[str]:
        """The indices at which plates are read: of an axis that stands twice, the next one."""
        queues = {axis: list(indices) for axis, indices in self.at.items()}
        return [queues[a].pop(0) if queues.get(a) else str(a) for a in plates]

    def _looked_up(self, node: Lookup) -> At:
        found: dict[Axis, tuple[str, ...]] = {}
        for axis, index in node.entries:
            text = self.text(index)
            found[axis] = (*found.get(axis, ()), self.letters.get(text, text))
        return {**self.at, **found}


def is_ones(node: Expression) -> bool:
    """Whether it is a constant array of ones, which a product need not show."""
    return isinstance(node, Constant) and node.kind == "ones"


def _number(value: Fraction | float) -> tuple[int, str]:
    """How loosely a number binds, and how it is written: 2, 1/2, 10^9, ∞."""
    if not isinstance(value, Fraction):
        return ATOM, str(value).replace("inf", "∞")
    digits, zeros = powers_of_ten(value)
    if zeros:
        return (POWER, f"10^{zeros}") if digits == 1 else (PRODUCT, f"{digits} 10^{zeros}")
    return PRODUCT if value.denominator > 1 else ATOM, str(value)


def subscripted(name: str, indices: Sequence[str]) -> str:
    """The name with its indices.

    >>> subscripted("x", ["n"]), subscripted("z", ["s", "t-1"]), subscripted("mean", [])
    ('x_n', 'z_{s,t-1}', 'mean')
    """
    if not indices:
        return name
    simple = len(indices) == 1 and indices[0].strip("'").isalnum()
    return f"{name}_{indices[0]}" if simple else f"{name}_{{{','.join(indices)}}}"


def indices_of(expressions: Sequence[Expression]) -> Iterator[Expression]:
    """The indices of all lookups in the expressions that are not themselves only looked up by."""
    for node in expressions:
        if isinstance(node, Lookup):
            yield from (index for _, index in node.entries)
        yield from indices_of(node.operands)
