"""The derivative of Einstein sums against differences, through lookups, guards, intermediates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import sympy

from autoem.derive.calculus import (
    depends,
    derivative,
    itself,
    mentions,
    substituted,
    tidy,
)
from autoem.derive.index import Guard, Lookup, fresh
from autoem.derive.quantity import (
    Declared,
    Defined,
    Element,
    LogPartition,
    MatrixFunction,
    Origin,
    elements,
    old_value,
)
from autoem.derive.term import Term, Terms
from tests.derive.world import (
    D,
    G,
    N,
    Q,
    arrays,
    b,
    beta,
    cov,
    group,
    indices,
    loading,
    other,
    s,
    slopes,
    theta,
    v,
    value,
    values,
    x,
    y,
)  # fmt: skip

n, m, g, h, q, r, d, e = (fresh(axis) for axis in (N, N, G, G, Q, Q, D, D))
X, B, S, T = Element(x, (n,)), Element(b, (g,)), Element(s, (g,)), Element(theta)
OWN = Lookup(group, (n,))
DOT = Defined(
    "v_beta", (N,), indices=(n,), definition=(Term(Element(v, (n, q)) * Element(beta, (q,)), (q,)),)
)
SEEN = Defined(
    "loading_v",
    (D, N),
    indices=(d, n),
    definition=(Term(Element(loading, (d, q)) * Element(v, (n, q)), (q,)),),
)
HELD = Defined(
    "mean_z", (N,), indices=(n,), definition=(Term(Element(beta, (0,)) * X),), phase="posterior"
)
SOFT = LogPartition(
    "log_total", (N,), operand=Element(v, (n, q)) * Element(beta, (q,)), indices=(n,), over=q
)

CASES: dict[str, tuple[Term, Declared]] = {
    "a sum": (Term(X * B * T, (n, g)), b),
    "a lookup": (Term(X * Element(b, (OWN,)), (n,)), b),
    "a residual at a lookup": (
        Term((X - Element(b, (OWN,))) ** 2 / Element(s, (OWN,)), (n,)),
        b,
    ),
    "a scale at a lookup": (Term((X - Element(b, (OWN,))) ** 2 / Element(s, (OWN,)), (n,)), s),
    "a lookup of a lookup": (
        Term(X * Element(b, (Lookup(group, (Lookup(other, (n,)),)),)) ** 2, (n,)),
        b,
    ),
    "a guard": (Term(X * B**3, (n, g), (Guard(OWN, g),)), b),
    "an integer": (Term(X * Element(b, (1,)) ** 2 * B, (n, g)), b),
    "two places": (Term(Element(b, (OWN,)) * B * X, (n, g)), b),
    "a square of a sum": (
        Term(
            Element(v, (n, q)) * Element(v, (n, r)) * Element(beta, (q,)) * Element(beta, (r,)),
            (n, q, r),
        ),
        beta,
    ),
    "an intermediate": (Term((X - Element(DOT, (n,))) ** 2 / T, (n,)), beta),
    "an intermediate in a function": (Term(sympy.exp(Element(DOT, (n,))) * X, (n,)), beta),
    "a matrix": (Term((Element(y, (n, d)) - Element(SEEN, (d, n))) ** 2, (n, d)), loading),
    "one intermediate at two places": (Term(Element(DOT, (n,)) * Element(DOT, (m,)), (n, m)), beta),
    "a logarithm": (Term(X**2 * sympy.log(S * T), (n, g)), s),
    "a log-partition": (Term(Element(SOFT, (n,)) * X, (n,)), beta),
    "the square of a log-partition": (Term(Element(SOFT, (n,)) ** 2, (n,)), beta),
}
each_case = pytest.mark.parametrize("name", CASES)
Derive = Callable[..., Terms]


def law_of_slopes(derive: Derive, term: Term, base: Declared) -> None:
    """The derivative at every entry is that by differences."""
    target = indices(base)
    found = values(derive((term,), base, target), target)
    np.testing.assert_allclose(found, slopes((term,), base), rtol=1e-6, atol=1e-7)


@each_case
def test_first_derivatives(name: str) -> None:
    law_of_slopes(derivative, *CASES[name])


@each_case
def test_second_derivatives(name: str) -> None:
    term, base = CASES[name]
    first, second = indices(base), indices(base)
    slope = derivative((term,), base, first)
    found = values(derivative(slope, base, second), (*first, *second))
    shape = arrays()[base.variable].shape
    for place in np.ndindex(shape):
        at = dict(zip(first, place, strict=True))
        np.testing.assert_allclose(found[place], slopes(slope, base, at), rtol=1e-5, atol=1e-6)
    size = int(np.prod(shape))
    hessian = found.reshape(size, size)
    np.testing.assert_allclose(hessian, hessian.T, rtol=1e-9, atol=1e-9)


def test_mixed_derivatives_in_either_order() -> None:
    term, j, k = CASES["a scale at a lookup"][0], fresh(G), fresh(G)
    one = values(derivative(derivative((term,), b, (j,)), s, (k,)), (j, k))
    two = values(derivative(derivative((term,), s, (k,)), b, (j,)), (j, k))
    np.testing.assert_allclose(one, two)
    assert np.count_nonzero(one - np.diag(np.diag(one))) == 0, "groups do not couple"


def test_the_derivative_by_a_logarithm() -> None:
    for name in ("a scale at a lookup", "a logarithm"):
        term, base = CASES[name]
        target = indices(base)
        found = values(derivative((term,), base, target, itself), target)
        plain = values(derivative((term,), base, target), target)
        np.testing.assert_allclose(found, plain * arrays()[base.variable])


def test_expectations_are_held() -> None:
    term = Term(Element(HELD, (n,)) * Element(beta, (q,)), (n, q))
    found = derivative((term,), beta, (r,))
    assert len(found) == 1
    np.testing.assert_allclose(values(found, (r,)), value([Term(Element(HELD, (n,)), (n,))]))


def test_a_derivative_by_a_matrix_function_reads_its_coefficient() -> None:
    inverse = MatrixFunction("inverse_cov", (D, D), function="inverse", base=cov)
    term = Term(Element(inverse, (d, e)) * Element(y, (n, d)) * Element(y, (n, e)), (n, d, e))
    found = values(derivative((term,), inverse, (i := fresh(D), j := fresh(D))), (i, j))
    data = arrays()[y.variable]
    np.testing.assert_allclose(found, data.T @ data)


# --- planted errors -------------------------------------------------------------------------------


def flipped(terms: Terms, base: Declared, target: tuple[Any, ...]) -> Terms:
    return tuple(replace(t, value=-t.value) for t in derivative(terms, base, target))


def unguarded(terms: Terms, base: Declared, target: tuple[Any, ...]) -> Terms:
    return tuple(replace(t, guards=()) for t in derivative(terms, base, target))


def first_only(terms: Terms, base: Declared, target: tuple[Any, ...]) -> Terms:
    return derivative(terms, base, target)[:1]


def halved(terms: Terms, base: Declared, target: tuple[Any, ...]) -> Terms:
    return tuple(replace(t, value=t.value / 2) for t in derivative(terms, base, target))


def at_zero(terms: Terms, base: Declared, target: tuple[Any, ...]) -> Terms:
    return derivative(terms, base, (0,) * len(target))


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        (flipped, "a sum"),
        (halved, "an intermediate"),
        (unguarded, "a lookup"),
        (unguarded, "an integer"),
        (first_only, "two places"),
        (first_only, "a square of a sum"),
        (at_zero, "a matrix"),
        (at_zero, "a guard"),
    ],
)
def test_a_wrong_derivative_breaks_the_law(wrong: Derive, name: str) -> None:
    with pytest.raises(AssertionError):
        law_of_slopes(wrong, *CASES[name])


# --- dependence and replacement -------------------------------------------------------------------


def test_dependence_looks_into_intermediates_but_not_into_expectations() -> None:
    assert depends(Element(DOT, (n,)), beta) and depends(Element(SOFT, (n,)), beta)
    assert not depends(Element(HELD, (n,)), beta) and not depends(X, beta)
    inverse = MatrixFunction("inverse_cov", (D, D), function="inverse", base=cov)
    assert depends(Element(inverse, (d, e)), cov)
    assert mentions((Term(X), Term(B)), b) and not mentions((Term(X),), b)


def test_a_quantity_is_replaced_everywhere() -> None:
    origin = old_value(beta)
    term = CASES["an intermediate"][0]
    (moved,) = substituted((term,), {beta: origin})
    assert not depends(moved.value, beta) and depends(moved.value, origin)
    np.testing.assert_allclose(value([moved]), value([term]))
    again = substituted((term,), {beta: origin})
    assert again == (moved,), "met twice, it is the same new intermediate"
    (soft,) = substituted((CASES["a log-partition"][0],), {beta: origin})
    assert not depends(soft.value, beta)
    np.testing.assert_allclose(value([soft]), value([CASES["a log-partition"][0]]))


def test_a_quantity_is_replaced_by_a_number() -> None:
    term = CASES["an intermediate"][0]
    (moved,) = substituted((term,), {beta: sympy.Integer(0)})
    np.testing.assert_allclose(value([moved]), value([Term(X**2 / T, (n,))]))
    assert substituted((Term(B * X, (n,)),), {b: sympy.Integer(0)}) == ()
    inverse = MatrixFunction("inverse_cov", (D, D), function="inverse", base=cov)
    (old,) = substituted((Term(Element(inverse, (d, e)), (d, e)),), {cov: old_value(cov)})
    (element,) = elements(old.value)
    assert isinstance(element.base, MatrixFunction) and isinstance(element.base.base, Origin)


def test_tidying_keeps_the_value_and_turns_residuals_towards_the_data() -> None:
    for expression in (2 * (B - X) * S, (B - X) ** 3 / S, 2 * B - 2 * X, (B - X) * X + 3 * X):
        tidied = tidy(expression)
        assert sympy.expand(tidied - expression) == 0
    (residual,) = [f for f in sympy.Mul.make_args(tidy(2 * (B - X) * S)) if f.is_Add]
    assert residual == X - B
