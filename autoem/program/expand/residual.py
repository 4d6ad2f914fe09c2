"""Residuals: what is to be multiplied out, and where it stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from autoem.program.ir import Array, Call, Contract, Function, Let, Map, Number, Ref, Scalar
from autoem.program.simplify.context import Context, is_free, varying
from autoem.program.walk import distinct, references, scalar_axes

Axes = tuple[str, ...]
MINUS = Number(Fraction(-1))


def ref(array: Array) -> Ref:
    """The array along its own axes."""
    return Ref(array.name, array.axes)


def total(terms: tuple[Scalar, ...]) -> Scalar:
    """The sum of the terms."""
    return terms[0] if len(terms) == 1 else Call("add", terms)


@dataclass(frozen=True)
class Residual:
    """A residual array: row-wise terms over `inner` and the row, row-free terms over more axes."""

    target: Array
    rows: tuple[Scalar, ...]
    free: tuple[Scalar, ...]
    outer: Axes  # the axes that only the row-free terms have
    inner: Axes  # the other axes but the row
    centered: Array
    offset: Array


def residuals(function: Function, context: Context) -> Iterator[Residual]:
    """Sums of row-wise and row-free terms that only contractions and squares read."""
    found = varying(function, context.row)
    outputs = {array.name for array in function.outputs}
    for let in function.body:
        match let.operation:
            case Map(Call("add", terms)) if let.targets[0].name not in outputs:
                residual = _residual(let.targets[0], terms, found, context)
                if residual and _only_contracted(residual.target.name, function):
                    yield residual


def _residual(
    target: Array, terms: tuple[Scalar, ...], found: frozenset[str], context: Context
) -> Residual | None:
    row = str(context.row)
    rows = tuple(term for term in terms if not is_free(term, found) or row in scalar_axes(term))
    free = tuple(term for term in terms if term not in rows)
    own = distinct(axis for term in rows for axis in scalar_axes(term))
    others = distinct(axis for term in free for axis in scalar_axes(term))
    outer = tuple(axis for axis in others if axis not in own)
    inner = tuple(axis for axis in own if axis != row)
    whole = set(target.axes) == {row, *outer, *inner}
    if not rows or not outer or not whole or row not in target.axes:
        return None
    names = (context.fresh(f"centered_{target.name}"), context.fresh(f"offset_{target.name}"))
    centered, offset = Array(names[0], (*inner, row)), Array(names[1], (*outer, *inner))
    return Residual(target, rows, free, outer, inner, centered, offset)


def _only_contracted(name: str, function: Function, squared: bool = False) -> bool:
    """Whether only contractions read an array, itself or its square."""
    for let in function.body:
        used = [ref for ref in references(let.operation) if ref.name == name]
        if not used:
            continue
        plain = all(isinstance(axis, str) for ref in used for axis in ref.axes)
        if isinstance(let.operation, Contract) and not let.operation.guards and plain:
            continue
        square = _is_square(let, name) and not squared
        if not square or not _only_contracted(let.targets[0].name, function, True):
            return False
    return True


def _is_square(let: Let, name: str) -> bool:
    match let.operation:
        case Map(Call("power", (Ref() as base, Number(exponent)))):
            return (
                base.name == name and exponent == 2 and set(base.axes) == set(let.targets[0].axes)
            )
    return False


def squares(function: Function, found: dict[str, Residual]) -> dict[str, tuple[Array, Ref]]:
    """Squares of residuals: name to the array and what it is the square of."""
    squares: dict[str, tuple[Array, Ref]] = {}
    for let in function.body:
        match let.operation:
            case Map(Call("power", (Ref() as base, _))) if base.name in found:
                squares[let.targets[0].name] = (let.targets[0], base)
    return squares
