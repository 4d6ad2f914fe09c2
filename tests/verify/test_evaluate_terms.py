"""The meaning of terms: sums, guards, lookups, conventions, and every kind of quantity."""

from __future__ import annotations

import math

import numpy as np
import pytest
import sympy

from autoem.derive.index import Guard, Lookup, fresh
from autoem.derive.quantity import Computed, Declared, Defined, Delta, Element, Entries, Size
from autoem.derive.term import Term
from autoem.errors.verification import NotJudged
from autoem.language import Axis, Given, Index, Parameter, Positive, Real
from autoem.verify.arithmetic import applied
from autoem.verify.evaluate_terms import Meaning

N, G = Axis("rows"), Axis("groups")
X, B, GROUP = Given(Real(), over=N), Parameter(Real(), over=G), Given(Index(G), over=N)
RATE = Parameter(Positive())
x = Declared("x", (N,), variable=X)
b = Declared("b", (G,), variable=B)
group = Declared("group", (N,), variable=GROUP)
rate = Declared("rate", (), "positive", variable=RATE)
ARRAYS = {X: np.array([1.0, 2.0, 4.0]), B: np.array([10.0, 20.0]), GROUP: np.array([1, 0, 1]),
          RATE: np.array(3.0)}  # fmt: skip
MEANING = Meaning(ARRAYS, {N: 3, G: 2})
n, g = fresh(N), fresh(G)


def test_a_sum_runs_over_its_bound_indices() -> None:
    assert MEANING.total([Term(Element(x, (n,)) ** 2, (n,))]) == 21.0


def test_a_lookup_reads_where_the_data_say() -> None:
    looked_up = Element(b, (Lookup(group, (n,)),))
    assert MEANING.total([Term(looked_up * Element(x, (n,)), (n,))]) == 20 + 20 + 80


def test_a_guard_selects_rows_and_never_multiplies() -> None:
    infinite = Term(Element(x, (n,)) * sympy.oo, (n,), (Guard(Lookup(group, (n,)), 5),))
    assert MEANING.total([infinite]) == 0.0
    guarded = Term(Element(x, (n,)), (n,), (Guard(Lookup(group, (n,)), g),))
    assert [MEANING.total([guarded], {g: k}) for k in (0, 1)] == [2.0, 5.0]


def test_zero_times_infinity_is_zero_and_unknown_stays_unknown() -> None:
    u, v = sympy.symbols("u v")
    assert applied(u * v, [0.0, -math.inf]) == 0.0
    assert math.isnan(applied(u * v, [0.0, math.nan]))
    assert applied(sympy.log(u), [0.0]) == -math.inf
    with pytest.raises(NotJudged, match="the function zeta"):
        applied(sympy.zeta(u), [2.0])


def test_named_intermediates_are_read_at_their_own_indices() -> None:
    square = Defined("square", (N,), indices=(n,), definition=(Term(Element(x, (n,)) ** 2),))
    m = fresh(N)
    assert MEANING.total([Term(Element(square, (m,)), (m,))]) == 21.0
    assert MEANING.array(square).tolist() == [1.0, 4.0, 16.0]


def test_lists_sizes_and_deltas() -> None:
    entries = Entries(
        "entries", (G, N), indices=(g, n), entries=(Element(b, (g,)), sympy.Integer(7))
    )
    assert MEANING.entry(entries, (1, 0)) == 20.0 and MEANING.entry(entries, (1, 1)) == 7.0
    assert MEANING.entry(Size("size", (), axis=N), ()) == 3.0
    assert MEANING.array(Delta("delta", (G, G))).tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_operations_that_are_no_sums() -> None:
    total = Computed("total", (), operation="log_sum_exp", operands=(Element(x, (n,)),),
                     indices=(), over=(n,))  # fmt: skip
    assert MEANING.entry(total, ()) == pytest.approx(np.log(np.exp(ARRAYS[X]).sum()))
    i, j = fresh(G), fresh(G)
    matrix = Element(b, (i,)) * Element(Delta("delta", (G, G)), (i, j)) + 1
    inverse = Computed("inverse", (G, G), operation="inverse", operands=(matrix,), indices=(i, j),
                       over=(i, j))  # fmt: skip
    expected = np.linalg.inv(np.diag(ARRAYS[B]) + 1)
    assert MEANING.array(inverse) == pytest.approx(expected)
    log_det = Computed("log_det", (), operation="log_determinant", operands=(matrix,), indices=(),
                       over=(i, j))  # fmt: skip
    assert MEANING.entry(log_det, ()) == pytest.approx(np.log(11 * 21 - 1))
    unknown = Element(rate, ())
    slope = 5 / unknown - Element(rate, ())
    root = Computed("root", (), operation="root", operands=(slope, slope.diff(unknown), unknown),
                    indices=(), phase="maximize")  # fmt: skip
    assert MEANING.entry(root, ()) == pytest.approx(math.sqrt(5), rel=1e-14)


def test_expectations_are_held_at_the_old_parameters() -> None:
    at_three = Defined(
        "held", (), indices=(), definition=(Term(Element(rate, ())),), phase="posterior"
    )
    new = Meaning({**ARRAYS, RATE: np.array(8.0)}, {N: 3, G: 2}, old=MEANING)
    assert new.total([Term(Element(at_three, ()) * Element(rate, ()))]) == 24.0
