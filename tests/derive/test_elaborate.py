"""Every kind of expression, read at indices, against the declaration read literally."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import sympy

from autoem.derive.elaborate import Reader
from autoem.derive.index import Index, Read, fresh
from autoem.derive.quantity import Element, Indicator, elements
from autoem.derive.reading import Argument
from autoem.derive.scope import Scope, sign_of
from autoem.derive.standing import assigned
from autoem.derive.term import Term
from autoem.derive.unroll import finished, inlined, unrolled
from autoem.errors import NotDerivable
from autoem.families import Categorical
from autoem.language import (
    Axis,
    Binary,
    Count,
    Diagonal,
    Given,
    Identity,
    Index as Along,
    Interval,
    Latent,
    Ones,
    Parameter,
    Positive,
    PositiveDefinite,
    Real,
    Simplex,
    Zeros,
    dot,
    exp,
    lift,
    log,
    sqrt,
    where,
)  # fmt: skip
from autoem.language.expression import Expression
from autoem.verify.evaluate_terms import Meaning
from autoem.verify.pointwise import Pointwise

N, G, D, Q = Axis("rows"), Axis("groups"), Axis("features"), Axis("factors")
SIZES = {N: 3, G: 2, D: 3, Q: 2}
a, w = Given(Real(), over=N), Given(Real(Q), over=N)
chosen = Given(Binary(), over=N)
gi, gj, of = Given(Along(G), over=N), Given(Along(G), over=N), Given(Along(N), over=N)
theta, rate = Parameter(Positive()), Parameter(Positive(D))
beta, loading, square = Parameter(Real(Q)), Parameter(Real(D, Q)), Parameter(Real(Q, Q))
effect, pairs = Parameter(Real(), over=G), Parameter(Real(), over=(G, G))
slopes = Parameter(Real(Q), over=G)
cov = Parameter(PositiveDefinite(D))


def arrays() -> dict[Any, np.ndarray]:
    draw = np.random.default_rng(3)
    real = {each: draw.normal(size=_shape(each)) for each in
            (a, w, beta, loading, square, effect, pairs, slopes)}  # fmt: skip
    root = draw.normal(size=(3, 3))
    return {
        **real,
        theta: np.array(1.7),
        rate: np.array([0.5, 1.5, 2.5]),
        chosen: np.array([1, 0, 1]),
        gi: np.array([1, 0, 1]),
        gj: np.array([0, 0, 1]),
        of: np.array([2, 0, 1]),
        cov: root @ root.T + np.eye(3),
    }


def _shape(variable: Any) -> tuple[int, ...]:
    return tuple(SIZES[axis] for axis in (*variable.plates, *variable.event))


ARRAYS = arrays()
LITERAL = Pointwise(SIZES, lambda variable, place, event: ARRAYS[variable][(*place, *event)])
MEANING = Meaning(ARRAYS, SIZES)

EXPRESSIONS: dict[str, Expression] = {
    "number": lift(0.25),
    "arithmetic": a + 2 * a**2 - a / 3 - theta,
    "functions": exp(a) * log(theta) / sqrt(theta),
    "broadcast by identity": a * rate,
    "zeros and ones": Zeros(D) + 2 * Ones(D),
    "identity": theta * Identity(D),
    "diagonal": Diagonal(rate) / theta,
    "list": lift([a, 2 * a, theta / 3]),
    "entry": rate[0] ** 2 + rate[2],
    "entry of a list": lift([a, theta])[1],
    "dot": dot(w, beta),
    "matrix vector": loading @ w,
    "matrix matrix": loading @ square,
    "square matrices": square @ square @ beta,
    "bilinear": dot(w, square @ w),
    "contraction of a sum": dot(w, 2 * beta + 1),
    "function of a contraction": exp(dot(w, beta)) + a,
    "lookup": effect[gi],
    "lookup of a lookup": effect[gi[of]],
    "one axis twice": pairs[gi, gj],
    "lookup of data by data": a[of],
    "lookup of an event": dot(w, slopes[gi]),
    "lookup of an expression": (2 * effect)[gi],
    "choice": where(chosen, a, theta),
    "choice at a lookup": where(chosen[of], a, effect[gi]),
}
each_expression = pytest.mark.parametrize("name", EXPRESSIONS)
Read_ = Callable[[Expression, dict[Axis, Read], tuple[Index, ...]], sympy.Expr]


def read(node: Expression, at: dict[Axis, Read], event: tuple[Index, ...]) -> sympy.Expr:
    return Reader(Scope(), {}).read(node, at, event)


def law_of_reading(node: Expression, reader: Read_) -> None:
    """At every place, the number that the declaration says."""
    plates = {axis: fresh(axis) for axis in node.plates}
    event = tuple(fresh(axis) for axis in node.event)
    found = reader(node, dict(plates), event)
    sizes = {**SIZES, **{axis: axis.size for axis in node.event if axis.size}}
    for place in np.ndindex(tuple(sizes[axis] for axis in node.plates)):
        for entry in np.ndindex(tuple(sizes[axis] for axis in node.event)):
            at = {**dict(zip(plates.values(), place, strict=True)),
                  **dict(zip(event, entry, strict=True))}  # fmt: skip
            wanted = LITERAL(node, dict(zip(node.plates, place, strict=True)), entry)
            np.testing.assert_allclose(MEANING.value(found, at), float(wanted), rtol=1e-12)


@each_expression
def test_the_expression_is_read_as_declared(name: str) -> None:
    law_of_reading(EXPRESSIONS[name], read)


def turned(node: Expression, at: dict[Axis, Read], event: tuple[Index, ...]) -> sympy.Expr:
    """Wrong: a matrix is read as its transpose."""
    return read(node, at, event[::-1])


def elsewhere(node: Expression, at: dict[Axis, Read], event: tuple[Index, ...]) -> sympy.Expr:
    """Wrong: the first row is read for every row."""
    return read(node, {axis: 0 for axis in at}, event)


@pytest.mark.parametrize(
    ("wrong", "node"),
    [(turned, square @ square), (elsewhere, EXPRESSIONS["lookup"]), (elsewhere, dot(w, beta))],
)
def test_a_wrong_reading_is_seen(wrong: Read_, node: Expression) -> None:
    with pytest.raises(AssertionError):
        law_of_reading(node, wrong)


def test_a_contraction_is_named_once() -> None:
    scope = Scope()
    one, two = (Reader(scope, {}).read(dot(w, beta), {N: fresh(N)}) for _ in range(2))
    assert isinstance(one, Element) and isinstance(two, Element) and one.base is two.base


def test_a_lookup_by_a_latent_is_read_at_a_state() -> None:
    weight = Parameter(Simplex(G))
    z = Latent(Categorical(weight), over=N)
    reader, n = Reader(Scope(), {}), fresh(N)
    found = reader.read(effect[z], {N: n})
    ((latent, place), state), = reader.states.items()  # fmt: skip
    assert latent is z and place == (n,) and state.axis is G
    assert found == Element(reader.scope.quantity(effect), (state,))
    assert reader.read(slopes[z], {N: n}, (0,)).indices[0] == state, "one state a factor"
    assert isinstance(reader.scope.indicator(z), Indicator)


def test_what_is_not_read_says_so() -> None:
    with pytest.raises(NotDerivable, match="an expression of kind ArrayConstant"):
        read(lift(np.ones(3)), {}, (0,))
    with pytest.raises(NotDerivable, match="that mentions anonymous, which is neither data"):
        read(effect[lift(N) - theta], {N: fresh(N)}, ())


def test_signs_come_from_domains() -> None:
    signs = {
        "positive": (theta, Parameter(Simplex(D)), Parameter(Interval(0, 1))),
        "nonnegative": (Given(Count()), chosen),
        "real": (beta, cov, Parameter(Interval(-1, 1))),
    }
    for sign, variables in signs.items():
        assert {sign_of(variable) for variable in variables} == {sign}


def test_event_axes_that_stand_twice_keep_their_order() -> None:
    i, j, k = fresh(Q), fresh(Q), fresh(D)
    assert assigned((Q, Q), (Q, D, Q), (i, k, j)) == (i, j)
    assert assigned((Q,), (Q, D, Q), (i, k, j), {Q: 1}) == (j,)


# --- covariances by their structure ---------------------------------------------------------------

STRUCTURES = {
    "full": cov,
    "scaled": theta * cov,
    "divided": cov / theta,
    "diagonal": Diagonal(rate),
    "scaled diagonal": Diagonal(rate) / theta,
    "spherical": theta * Identity(D),
    "twice scaled": theta * (theta * Identity(D)),
}


@pytest.mark.parametrize("name", STRUCTURES)
def test_inverse_and_determinant(name: str) -> None:
    node = STRUCTURES[name]
    argument, i, j = Argument(node, Reader(Scope(), {}), {}), fresh(D), fresh(D)
    matrix = LITERAL.event(node, {})
    entries = [MEANING.value(argument.inverse(i, j), {i: r, j: c}) for r, c in np.ndindex(3, 3)]
    np.testing.assert_allclose(np.reshape(entries, (3, 3)), np.linalg.inv(matrix))
    found = MEANING.value(argument.log_determinant(), {})
    np.testing.assert_allclose(found, np.linalg.slogdet(matrix)[1])


def test_a_covariance_without_structure_is_refused() -> None:
    node = cov + Identity(D)
    with pytest.raises(NotDerivable, match="covariance"):
        Argument(node, Reader(Scope(), {}), {}).inverse(fresh(D), fresh(D))


def test_totals_of_events_and_of_one_number() -> None:
    for node, wanted in ((rate, 4.5), (lift([theta, 2, theta]), 5.4), (theta, 5.1)):
        argument = Argument(node, Reader(Scope(), {}), {}, D)
        np.testing.assert_allclose(MEANING.value(argument.total(), {}), wanted)


# --- terms in their final form --------------------------------------------------------------------


def test_list_literals_are_written_out() -> None:
    node, i, n = lift([a, theta, 2 * a]), None, fresh(N)
    i = fresh(node.event[0])
    term = Term(Reader(Scope(), {}).read(node, {N: n}, (i,)) ** 2, (n, i))
    written = tuple(unrolled(term))
    assert len(written) == 3 and all(t.bound == (n,) for t in written)
    np.testing.assert_allclose(MEANING.total(written), MEANING.total([term]))


def test_whole_factors_are_multiplied_out() -> None:
    argument = Argument(Diagonal(rate), Reader(Scope(), {}), {})
    term = Term(-argument.log_determinant() / 2)
    (out,) = inlined(term)
    assert [element.base.name for element in elements(out.value)] == ["anonymous"]
    np.testing.assert_allclose(MEANING.total([out]), MEANING.total([term]))
    done = tuple(finished(term, "x"))
    assert {t.factor for t in done} == {"x"}
    np.testing.assert_allclose(MEANING.total(done), MEANING.total([term]))
