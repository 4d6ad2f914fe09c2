"""A sum that spells an array out: [k = 0] a + [k = 1] b + ... has the entries a, b, ..."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from autoem.program.ir import Call, IndexRead, Number, Position, Ref, Scalar
from autoem.program.walk import replace_index, replace_scalar


def cases(
    summands: tuple[Scalar, ...], length: Callable[[str], int | None]
) -> tuple[str, list[Scalar], list[Scalar]]:
    """The axis that is spelled out, the entries along it, and the other terms of the sum.

    There are no entries where an entry would be missing or the length of the axis is not known.
    """
    found: dict[int, list[Scalar]] = {}
    rest: list[Scalar] = []
    axis = ""
    for summand in summands:
        case = _case(summand)
        if case is None or (axis and case[0] != axis):
            rest.append(summand)
            continue
        axis = case[0]
        found.setdefault(case[1], []).append(case[2])
    count = length(axis) if axis else None
    if count is None or sorted(found) != list(range(count)):
        return "", [], list(summands)
    entries = [_at(_total(found[place]), axis, place) for place in range(count)]
    return axis, entries, rest


def _total(terms: list[Scalar]) -> Scalar:
    return terms[0] if len(terms) == 1 else Call("add", tuple(terms))


def _at(entry: Scalar, axis: str, place: int) -> Scalar:
    """What the entry reads along the axis, it reads at its own place."""

    def index(read: IndexRead) -> IndexRead:
        return place if read == axis else read

    def leaf(part: Scalar) -> Scalar:
        if isinstance(part, Position) and part.axis == axis:
            return Number(Fraction(place))
        if not isinstance(part, Ref):
            return part
        moved = replace_index(part, index)
        assert isinstance(moved, Ref)
        return moved

    return replace_scalar(entry, leaf)


def _case(summand: Scalar) -> tuple[str, int, Scalar] | None:
    """Axis, position and value of where(position = axis, value, 0)."""
    match summand:
        case Call("where", (Call("equal", (Number(place), Position(axis))), value, Number(no))):
            pass
        case Call("where", (Call("equal", (Position(axis), Number(place))), value, Number(no))):
            pass
        case _:
            return None
    if no != 0 or not isinstance(place, Fraction) or place.denominator != 1:
        return None
    return axis, int(place), value
