"""Functions that a declaration may write: exp, log, sqrt, dot and where."""

from __future__ import annotations

from typing import Any, overload

from autoem.errors import NoCondition, UnlikeBranches
from autoem.language.agree import check_condition, dotted
from autoem.language.arithmetic import Contraction, Pending, apply, lift
from autoem.language.distribution import Law, Switch
from autoem.language.formula import Expression, ExpressionLike


def exp(x: ExpressionLike) -> Expression:
    """The exponential, entry by entry.

    >>> exp(1).operator
    'exp'
    """
    return apply("exp", x)


def log(x: ExpressionLike) -> Expression:
    """The natural logarithm, entry by entry.

    >>> log([1, 2]).event
    (Axis('2 entries'),)
    """
    return apply("log", x)


def sqrt(x: ExpressionLike) -> Expression:
    """The square root, entry by entry.

    >>> sqrt(2).arguments[0].value
    Fraction(2, 1)
    """
    return apply("sqrt", x)


def dot(u: ExpressionLike, v: ExpressionLike) -> Expression:
    """sum of u v over all event axes of u that v has too.

    >>> from autoem.language import Axis, Given, Parameter, Real
    >>> i, p = Axis("rows"), Axis("covariates")
    >>> v, beta = Given(Real(p), over=i), Parameter(Real(p))
    >>> dot(v, beta).plates, dot(v, beta).event
    ((Axis('rows'),), ())
    """
    left, right = lift(u), lift(v)
    if left.open or right.open:
        return Pending(dot, (left, right))
    return Contraction(left, right, dotted(left, right))


@overload
def where(c: ExpressionLike, a: Law, b: Law) -> Switch: ...
@overload
def where(c: ExpressionLike, a: ExpressionLike, b: ExpressionLike) -> Expression: ...
def where(c: Any, a: Any, b: Any) -> Law | Expression:
    """a where the condition c holds, b where it does not; a and b are both expressions or laws.

    The condition is a binary variable or a comparison.

    >>> from autoem.language import Axis, Parameter, Real
    >>> t, tau = Axis("steps"), Parameter(Real())
    >>> where(t < tau, 1, 2).plates
    (Axis('steps'),)
    """
    if isinstance(c, bool):
        raise NoCondition(condition=f"== of two expressions (here Python's {c})")
    condition = lift(c)
    laws = [isinstance(branch, Law) for branch in (a, b)]
    if all(laws):
        return Switch(condition, a, b)
    if any(laws):
        raise UnlikeBranches(yes=_kind(a), no=_kind(b))
    if condition.open:
        return Pending(where, (condition, lift(a), lift(b)))
    check_condition(condition)
    return apply("where", condition, a, b)


def _kind(branch: object) -> str:
    return f"the law {branch.title}" if isinstance(branch, Law) else "an expression"
