"""Axes of formulas: found by identity, lost and gained by lookups and sums."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from autoem.families import Bernoulli, Categorical, Normal
from autoem.language import (
    Axis,
    Binary,
    Diagonal,
    Expression,
    Given,
    Identity,
    Index,
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
)
from autoem.language.expression import (
    Apply,
    ArrayConstant,
    Contraction,
    Entry,
    Listing,
    Lookup,
    Number,
    Position,
)

n, t, k, d, q, g = (Axis(name) for name in "ntkdqg")
weight = Parameter(Simplex(k))
mean = Parameter(Real(d), over=k)
cov = Parameter(PositiveDefinite(d))
loading = Parameter(Real(d, q))
effect = Parameter(Real(), over=g)
group = Given(Index(g), over=n)
v = Given(Real(q), over=n)
z = Latent(Categorical(weight), over=n)
f = Latent(Normal(0, variance=1), over=(n, q))


def shape(expression: Expression) -> tuple[tuple[Axis, ...], tuple[Axis, ...]]:
    return expression.plates, expression.event


# Numbers ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (3, Fraction(3)),
        (0.25, Fraction(1, 4)),
        (0.1, Fraction(1, 10)),
        (1 / 3, Fraction(1, 3)),
        (0.12345, Fraction(12345, 100000)),
        (1e-20, Fraction(1, 10**20)),
        (Fraction(2, 7), Fraction(2, 7)),
        (np.float32(0.5), Fraction(1, 2)),
        (np.int64(4), Fraction(4)),
        (np.array(0.5), Fraction(1, 2)),
        (float("inf"), float("inf")),
    ],
)
def test_numbers_are_exact(value: float, number: Fraction) -> None:
    found = lift(value)
    assert isinstance(found, Number)
    assert found.value == number and type(found.value) is type(number)


def test_an_exact_number_is_the_same_float() -> None:
    for value in np.random.default_rng(1).standard_normal(200):
        found = lift(value)
        assert isinstance(found, Number) and float(found.value) == value


# Arithmetic ---------------------------------------------------------------------------------------


def test_plates_and_events_broadcast_by_identity() -> None:
    assert shape(effect + v) == ((g, n), (q,))
    assert shape(v * f) == ((n,), (q,))  # a plate of one, an event axis of the other
    assert shape(loading * v) == ((n,), (d, q))
    assert shape(2 * effect - 1) == ((g,), ())
    assert shape(exp(log(sqrt(-effect)))) == ((g,), ())


def test_an_axis_that_one_operand_has_twice_stays_twice() -> None:
    transition = Parameter(Simplex(k), over=k)
    assert shape(2 * transition) == ((k,), (k,))
    assert shape(cov + Diagonal(Ones(d))) == ((), (d, d))


def test_every_operator_is_its_own_node() -> None:
    a, b = effect, 2
    made = (
        (a + b, b + a, "add"),
        (a - b, b - a, "subtract"),
        (a * b, b * a, "multiply"),
        (a / b, b / a, "divide"),
        (a**b, b**a, "power"),
        (a < b, b > a, "less"),
        (a <= b, b >= a, "less_equal"),
        (a > b, b < a, "greater"),
        (a >= b, b <= a, "greater_equal"),
        (a == b, b == a, "equal"),
    )
    for left, right, operator in made:
        for node in (left, right):
            assert isinstance(node, Apply) and node.operator == operator
    assert (b - a).arguments[1] is a and (b / a).arguments[1] is a


def test_equality_of_formulas_is_identity() -> None:
    assert (effect == v) is False and (effect == effect) is True
    assert effect in (v, effect) and n not in (t, k)
    assert {effect: 1}[effect] == 1


def test_numpy_leaves_its_operators_to_the_expression() -> None:
    array = np.array([1.0, 2.0])
    for node in (array * effect, np.float64(2) + effect, np.exp(effect), np.array(3) - effect):
        assert isinstance(node, Apply)
    assert isinstance(array * effect, Apply) and (array * effect).event[0].size == 2


def test_an_axis_is_its_position() -> None:
    assert isinstance(lift(t), Position)
    assert shape(t + 1) == ((t,), ()) and shape(t < effect) == ((t, g), ())
    assert isinstance(t == 0, Apply) and (t == k) is False


# Lists and arrays ---------------------------------------------------------------------------------


def test_a_list_has_an_axis_of_its_own() -> None:
    theta = Parameter(Positive())
    first, second = lift([0.5, theta / 4]), lift([0.5, theta / 4])
    assert isinstance(first, Listing) and isinstance(second, Listing)
    assert first.event == (first.axis,) and first.axis.size == 2 and first.axis.literal
    assert first.axis is not second.axis


def test_rows_of_a_list_share_the_axis_of_columns() -> None:
    matrix = lift([[1, 2, 3], [4, 5, 6]])
    assert [axis.size for axis in matrix.event] == [2, 3]
    assert shape(lift([effect, v[0]]))[0] == (g, n)


def test_an_array_has_axes_of_its_own() -> None:
    found = lift(np.zeros((2, 3)))
    assert isinstance(found, ArrayConstant) and [axis.size for axis in found.event] == [2, 3]
    assert isinstance(lift(np.array([effect, 1], dtype=object)), Listing)


# Lookups ------------------------------------------------------------------------------------------


def test_a_lookup_consumes_the_category_axis() -> None:
    found = mean[z]
    assert isinstance(found, Lookup) and found.entries == ((k, z),)
    assert shape(found) == ((n,), (d,))


def test_a_lookup_consumes_the_axis_of_an_index() -> None:
    assert shape(effect[group]) == ((n,), ())


def test_a_lookup_of_a_latent_is_an_index() -> None:
    item, rater, label, row = (Axis(name) for name in ("item", "rater", "label", "row"))
    of_item, by = Given(Index(item), over=row), Given(Index(rater), over=row)
    confusion = Parameter(Simplex(label), over=(rater, label))
    truth = Latent(Categorical(Ones(label) / 2), over=item)
    looked = truth[of_item]
    assert looked.category is label and shape(looked) == ((row,), ())
    found = confusion[by, looked]
    assert shape(found) == ((row,), (label,))
    assert isinstance(found, Lookup) and [axis for axis, _ in found.entries] == [rater, label]


def test_repeated_axes_are_consumed_left_to_right() -> None:
    w = Latent(Categorical(weight), over=n)
    table = Parameter(Real(), over=(k, k))
    found = table[z, w]
    assert isinstance(found, Lookup) and [index for _, index in found.entries] == [z, w]
    assert shape(found) == ((n,), ()) and shape(table[z]) == ((k, n), ())


def test_axes_that_nothing_looks_up_stay() -> None:
    both = Parameter(Real(), over=(k, t))
    assert shape(both[z]) == ((t, n), ())


def test_index_arithmetic_runs_along_its_own_axis_or_the_only_one() -> None:
    motif = Parameter(Simplex(k), over=q)
    start = Given(Index(t), over=n)
    assert shape(motif[t - start]) == ((t, n), (k,))
    series = Given(Real(), over=t)
    assert shape(series[t - 1]) == ((t,), ()) and shape(series[t]) == ((t,), ())


def test_an_integer_takes_an_entry_of_the_last_event_axis() -> None:
    found = weight[0] ** 2
    assert isinstance(weight[0], Entry) and shape(found) == ((), ())
    assert shape(loading[1]) == ((), (d,)) and shape(loading[1, 0]) == ((), ())
    row = loading[1, 0]
    assert isinstance(row, Entry) and isinstance(row.base, Entry)
    assert (row.position, row.base.position) == (1, 0)  # loading[1, 0]: row 1, column 0
    assert shape(mean[z, 0]) == ((n,), ())


# Contractions -------------------------------------------------------------------------------------


def test_a_matrix_product_sums_over_the_last_axis_of_the_left() -> None:
    found = loading @ v
    assert isinstance(found, Contraction) and found.axes == (q,)
    assert shape(found) == ((n,), (d,))
    assert shape(loading @ f) == ((n,), (d,))  # a plate of the right side
    assert shape(cov @ cov) == ((), (d, d)) and shape(mean[z] @ cov) == ((n,), (d,))
    assert shape(weight @ mean) == ((), (d,))  # the mixture's mean


def test_dot_sums_over_all_common_event_axes() -> None:
    beta = Parameter(Real(q))
    assert shape(dot(v, beta)) == ((n,), ()) and shape(dot(loading, loading)) == ((), ())
    assert shape(dot(v, beta) + effect[group]) == ((n,), ())


# Constants and where ------------------------------------------------------------------------------


def test_constants_have_the_axes_they_are_given() -> None:
    assert Zeros(d, q).event == (d, q) and Ones(k).event == (k,)
    assert Identity(d).event == (d, d) and Diagonal(Ones(d)).event == (d, d)
    assert shape(Diagonal(mean[z])) == ((n,), (d, d))


def test_conditions_of_where() -> None:
    z2 = Latent(Bernoulli(0.5), over=n)
    seen = Given(Binary(), over=t)
    for condition in (z2, seen, t < 3, 1 - z2, (t < 3) * seen, z2[n], t == 2):
        assert "where" in getattr(where(condition, 1, effect), "operator", "")
    assert shape(where(t < 3, effect, v)) == ((t, g, n), (q,))
