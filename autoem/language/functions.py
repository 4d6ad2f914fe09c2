"""Functions and constants that a declaration may write."""

from __future__ import annotations

from typing import Any, overload

from autoem.errors import BadAxes, BadValue
from autoem.language.distribution import Law, Switch
from autoem.language.expression import (
    Axis,
    Constant,
    DiagonalMatrix,
    Expression,
    ExpressionLike,
    Pending,
    apply,
    is_open,
    lift,
)


def exp(x: ExpressionLike) -> Expression:
    """The exponential, entry by entry."""
    return apply("exp", x)


def log(x: ExpressionLike) -> Expression:
    """The natural logarithm, entry by entry."""
    return apply("log", x)


def sqrt(x: ExpressionLike) -> Expression:
    """The square root, entry by entry."""
    return apply("sqrt", x)


@overload
def where(c: ExpressionLike, a: Law, b: Law) -> Switch: ...
@overload
def where(c: ExpressionLike, a: ExpressionLike, b: ExpressionLike) -> Expression: ...
def where(c: Any, a: Any, b: Any) -> Any:
    """`a` where the condition holds, `b` where it does not."""
    if isinstance(c, bool):
        raise BadValue(problem="the condition of where is a Python bool", write="where(a < b, ...)")
    if isinstance(a, Law) and isinstance(b, Law):
        return Switch(c if is_open(c) else lift(c), a, b)
    if isinstance(a, Law) or isinstance(b, Law):
        raise BadValue(problem="where has a law and an expression", write="two of one kind")
    return apply("where", c, a, b)


def Zeros(*axes: Axis) -> Expression:
    """An array of zeros."""
    return Constant("zeros", axes)


def Ones(*axes: Axis) -> Expression:
    """An array of ones."""
    return Constant("ones", axes)


def Identity(axis: Axis) -> Expression:
    """The identity matrix."""
    return Constant("identity", (axis, axis))


def Diagonal(vector: ExpressionLike) -> Expression:
    """The matrix with the vector on its diagonal."""
    if is_open(vector):
        return Pending(Diagonal, (vector,))
    if not lift(vector).event:
        raise BadAxes(problem="Diagonal needs a vector", write="Diagonal(noise)")
    return DiagonalMatrix(lift(vector))
