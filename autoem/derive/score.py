"""The score: the gradient of the log-likelihood, read off Q by Fisher's identity.

    d/d theta log p(x; theta)  =  d/d theta' Q(theta' | theta)   at  theta' = theta ,

since the posterior mean of d/d theta log p(z | x; theta) is zero.  So the gradient of Q, with the
old parameters in place of the new ones, is a sum over rows of data, expectations and parameters.
A covariance C enters Q through P = C^-1 and log det C:

    dQ/dC  =  -P (dQ/dP) P  +  (dQ/d log det C) P .

The derivative by a positive parameter is taken by its logarithm, theta dQ/dtheta: of the order one
is a squared residual over a variance, while over its square it may be beyond all numbers.

Source: Dempster, Laird and Rubin (1977), Journal of the Royal Statistical Society B 39, section 3;
Louis (1982), ibid. 44.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from autoem.derive.calculus import derivative, itself
from autoem.derive.index import Index, fresh
from autoem.derive.quantity import Declared, Element
from autoem.derive.scope import Scope
from autoem.derive.surrogate import Surrogate
from autoem.derive.term import Terms, merged
from autoem.language.declaration import Parameter


@dataclass(frozen=True)
class Slope:
    """dQ / d parameter[indices], or by its logarithm: terms that are free at the indices.

    At theta' = theta an element of a parameter, new or old, is one and the same number.
    """

    parameter: Declared
    indices: tuple[Index, ...]
    terms: Terms
    logarithmic: bool = False


def score(q: Surrogate) -> tuple[Slope, ...]:
    """The gradient of Q, and so of the log-likelihood, by each parameter.

    Priors contribute the gradient of their log density: terms whose factor is a parameter.
    """
    return tuple(_slope(q, parameter) for parameter in q.parameters)


def _slope(q: Surrogate, parameter: Declared) -> Slope:
    indices = tuple(fresh(axis) for axis in parameter.axes)
    assert isinstance(parameter.variable, Parameter)
    kind = parameter.variable.domain.kind
    if kind in ("positive", "simplex"):
        terms = derivative(q.terms, parameter, indices, itself)
        return Slope(parameter, indices, terms, logarithmic=True)
    terms = derivative(q.terms, parameter, indices)
    if kind == "positive_definite":
        terms += _through_inverse(q.joint.scope, q.terms, parameter, indices)
        terms += _through_determinant(q.joint.scope, q.terms, parameter, indices)
    return Slope(parameter, indices, merged(terms))


def _through_inverse(
    scope: Scope, terms: Terms, parameter: Declared, indices: tuple[Index, ...]
) -> Terms:
    """-P (dQ/dP) P"""
    inverse = scope.matrix("inverse", parameter)
    *plates, row, column = indices
    left, right = fresh(row.axis), fresh(column.axis)
    sides = Element(inverse, (*plates, row, left)) * Element(inverse, (*plates, right, column))
    return tuple(
        replace(term, value=-term.value * sides, bound=(*term.bound, left, right))
        for term in derivative(terms, inverse, (*plates, left, right))
    )


def _through_determinant(
    scope: Scope, terms: Terms, parameter: Declared, indices: tuple[Index, ...]
) -> Terms:
    """(dQ/d log det C) P"""
    slope = derivative(terms, scope.matrix("log_determinant", parameter), indices[:-2])
    inverse = Element(scope.matrix("inverse", parameter), indices)
    return tuple(replace(term, value=term.value * inverse) for term in slope)
