"""Array programs in a short notation: array("mean[k,d]"), ref("b[group[i]]"), let("y[n]", ...)."""

from __future__ import annotations

import re
from fractions import Fraction

from autoem.program.ir import (
    Array,
    Call,
    Contract,
    Function,
    Guard,
    IndexRead,
    Let,
    Map,
    Number,
    Operation,
    Ref,
    Scalar,
)


def array(text: str, kind: str = "float") -> Array:
    """array("mean[k,d]")"""
    name, _, inside = text.partition("[")
    return Array(name, tuple(inside.rstrip("]").split(",")) if inside else (), kind)


def arrays(text: str) -> tuple[Array, ...]:
    """Several arrays, separated by blanks."""
    return tuple(map(array, text.split()))


def ref(text: str) -> Ref:
    """ref("confusion[by[n],k,0]"): lookups nest, integers are entries."""
    found = read(text)
    assert isinstance(found, Ref)
    return found


def read(text: str) -> IndexRead:
    if text.isdigit():
        return int(text)
    name, _, inside = text.partition("[")
    if not inside:
        return text
    parts = re.findall(r"(?:[^,\[\]]+(?:\[[^\]]*\])?)", inside[:-1])
    return Ref(name, tuple(read(part) for part in parts))


def scalar(value: Scalar | str | int | Fraction | float) -> Scalar:
    """A number, or a reference by its text (a name alone is an array without axes)."""
    if isinstance(value, str):
        return ref(value) if "[" in value else Ref(value)
    return Number(Fraction(value)) if isinstance(value, int | Fraction | float) else value


def call(function: str, *arguments: Scalar | str | int | Fraction | float) -> Call:
    return Call(function, tuple(map(scalar, arguments)))


def add(*terms: Scalar | str | int | Fraction | float) -> Call:
    return call("add", *terms)


def times(*factors: Scalar | str | int | Fraction | float) -> Call:
    return call("multiply", *factors)


def minus(term: Scalar | str) -> Call:
    return times(-1, term)


def over(above: Scalar | str, below: Scalar | str) -> Call:
    return times(above, call("power", below, -1))


def total(factors: str, axes: str, *guards: str, scale: Fraction | int = 1) -> Contract:
    """total("r[n,k] x[n,d]", "n", "y[n]=v"): sum over n of the product where y[n] = v."""
    pairs = tuple(Guard(*map(read, guard.split("="))) for guard in guards)
    references = tuple(scalar(factor) for factor in factors.split())
    assert all(isinstance(factor, Ref) for factor in references)
    return Contract(references, tuple(axes.split()), pairs, Fraction(scale))  # type: ignore[arg-type]


def let(targets: str, operation: Operation | Scalar | str, comment: str = "") -> Let:
    """An assignment; an expression is a Map."""
    if isinstance(operation, str | Ref | Number | Call):
        operation = Map(scalar(operation))
    return Let(arrays(targets), operation, comment)  # type: ignore[arg-type]


def function(name: str, inputs: tuple[Array, ...], body: list[Let], outputs: str) -> Function:
    """A function whose outputs are named by their text."""
    return Function(name, inputs, tuple(body), arrays(outputs))
