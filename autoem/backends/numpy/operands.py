"""Arithmetic of operands: broadcasting by the names of axes, zero times infinity is zero."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce

from autoem.backends.numpy.scope import Operand, Scope, align
from autoem.backends.numpy.tree import Binary, Expr, Name, Unary, invoke, method

Axes = tuple[str, ...]


def joined(operands: tuple[Operand, ...], order: Axes) -> tuple[Axes, tuple[Expr, ...]]:
    """The axes of operands together, and each operand as it broadcasts over them."""
    axes = tuple(axis for axis in order if any(axis in operand.axes for operand in operands))
    return axes, tuple(align(operand, axes) for operand in operands)


def ordered(operand: Operand, order: Axes) -> Operand:
    """The operand with its axes in the given order."""
    own = tuple(axis for axis in order if axis in operand.axes)
    return replace(operand, code=align(operand, own), axes=own)


def numeric(operand: Operand) -> Operand:
    """Truth as 0 and 1."""
    if operand.kind != "bool":
        return operand
    return Operand(method(operand.code, "astype", Name("float")), operand.axes)


def combine(operator: str, left: Operand, right: Operand, order: Axes) -> Operand:
    """left operator right"""
    left, right = numeric(left), numeric(right)
    axes, (a, b) = joined((left, right), order)
    kind = "int" if left.kind == right.kind == "int" and operator != "/" else "float"
    return Operand(Binary(operator, a, b), axes, kind, left.infinite or right.infinite)


def chain(operator: str, operands: list[Operand], order: Axes) -> Operand:
    """Combine from the left, operands over few axes first."""
    by_axes = sorted(operands, key=lambda operand: len(operand.axes))
    return reduce(lambda a, b: combine(operator, a, b, order), by_axes)


def negative(operand: Operand) -> Operand:
    operand = numeric(operand)
    return replace(operand, code=Unary("-", operand.code))


def scaled(factor: Expr, operand: Operand) -> Operand:
    """The number in front of a product: -0.5 * a * b."""

    def inside(code: Expr) -> Expr:
        if isinstance(code, Binary) and code.operator == "*":
            return Binary("*", inside(code.left), code.right)
        return Binary("*", factor, code)

    operand = numeric(operand)
    return replace(operand, code=inside(operand.code), kind="float")


def product(scope: Scope, operands: list[Operand], order: Axes) -> Operand:
    """The finite factors as they are, then each that may be infinite with care."""
    finite = [operand for operand in operands if not operand.infinite]
    infinite = [operand for operand in operands if operand.infinite]
    if not infinite or len(operands) == 1:
        return chain("*", operands, order)

    def step(left: Operand, right: Operand) -> Operand:
        axes, (a, b) = joined((numeric(left), right), order)
        return Operand(invoke(scope.helper("times"), a, b), axes, "float", True)

    head = [chain("*", finite, order)] if finite else []
    return reduce(step, [*head, *infinite])
