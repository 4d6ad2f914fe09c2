"""The laws of terms: every step keeps the value of the sum, checked by loops over a small world."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
import sympy

from autoem.derive.elaborate import DELTA
from autoem.derive.index import Guard, Index, Lookup, Shift, fresh
from autoem.derive.quantity import Defined, Element
from autoem.derive.term import (
    Term,
    at,
    canonical,
    check_term,
    free_indices,
    instantiate,
    merged,
    renamed,
    resolve_deltas,
    select,
    settled,
    times,
)
from tests.derive.world import D, G, N, Q, b, beta, group, other, s, v, value, values, x

n, m, g, h, q, r, d, e = (fresh(axis) for axis in (N, N, G, G, Q, Q, D, D))
X, B, S = Element(x, (n,)), Element(b, (g,)), Element(s, (g,))
OWN = Lookup(group, (n,))
SQUARE = Term(
    Element(v, (n, q)) * Element(v, (n, r)) * Element(beta, (q,)) * Element(beta, (r,)), (n, q, r)
)


# --- substitution ---------------------------------------------------------------------------------


def test_at_sets_an_index_and_no_longer_sums_over_it() -> None:
    term = Term(X * B, (n, g))
    for k in range(3):
        chosen = at(term, {g: k})
        assert chosen is not None and chosen.bound == (n,)
        np.testing.assert_allclose(value([chosen]), value([replace(term, bound=(n,))], {g: k}))


def test_at_decides_guards() -> None:
    guarded = Term(X, (n,), (Guard(OWN, g),))
    assert at(guarded, {g: OWN}) == Term(X, (n,))
    assert at(Term(X, (), (Guard(g, 1),)), {g: 2}) is None
    still = at(guarded, {g: 1})
    assert still is not None and still.guards == (Guard(OWN, 1),)


def law_of_renaming(rename: Callable[[Term], Term]) -> None:
    """The same sum, with bound indices that nothing else has."""
    for term in (SQUARE, Term(X * B * S, (n, g), (Guard(OWN, g),))):
        moved = rename(term)
        np.testing.assert_allclose(value([moved]), value([term]))
        assert not set(moved.bound) & set(term.bound)
        check_term(moved)


def one_name(term: Term) -> Term:
    """Wrong: the second q of a squared sum becomes the first."""
    moved: dict[Index, Index] = {}
    for index in term.bound:
        known = [new for old, new in moved.items() if old.axis is index.axis]
        moved[index] = known[0] if known else fresh(index.axis)
    found = at(term, dict(moved))
    assert found is not None
    return replace(found, bound=tuple(dict.fromkeys(moved.values())))


def test_renaming() -> None:
    law_of_renaming(renamed)
    with pytest.raises(AssertionError):
        law_of_renaming(one_name)


def test_products_keep_both_sums_and_both_guards() -> None:
    left, right = Term(X, (n,), (Guard(OWN, 1),)), renamed(Term(X, (n,), (Guard(OWN, 2),)))
    np.testing.assert_allclose(value([times(left, right)]), value([left]) * value([right]))


def test_an_intermediate_is_instantiated_with_indices_of_its_own() -> None:
    dotted = Defined(
        "v_beta",
        (N,),
        indices=(n,),
        definition=(Term(Element(v, (n, q)) * Element(beta, (q,)), (q,)),),
    )
    first, second = (instantiate(Element(dotted, (m,)))[0] for _ in range(2))
    assert first.bound != second.bound
    squared = replace(times(first, second), bound=(m, *first.bound, *second.bound))
    np.testing.assert_allclose(value([squared]), value([SQUARE]))


# --- selection ------------------------------------------------------------------------------------

Select = Callable[[Term, tuple, tuple], Term | None]


def law_of_selection(choose: Select) -> None:
    """Selected parts at all targets add up to the sum, for whatever stands at the place."""
    for read, term in (
        (g, Term(X * B, (n, g))),
        (OWN, Term(X * Element(b, (OWN,)), (n,))),
        (1, Term(X * Element(b, (1,)), (n,))),
        (h, Term(X * Element(b, (h,)), (n, h), (Guard(OWN, h),))),
    ):
        target = fresh(G)
        chosen = choose(term, (read,), (target,))
        assert chosen is not None
        np.testing.assert_allclose(values([chosen], (target,)).sum(), value([term]))
        if read == OWN:
            rows = values([chosen], (target,))
            np.testing.assert_allclose(rows[1], value([chosen], {target: 1}))
            assert Element(b, (target,)) in chosen.value.atoms(Element), "b[group(i)] is told"


def unguarded(term: Term, reads: tuple, target: tuple) -> Term | None:
    """Wrong: a lookup is selected without its guard."""
    chosen = select(term, reads, target)
    return None if chosen is None else replace(chosen, guards=())


def misplaced(term: Term, reads: tuple, target: tuple) -> Term | None:
    """Wrong: the guard compares with the next group."""
    chosen = select(term, reads, target)
    if chosen is None:
        return None
    return replace(chosen, guards=tuple(Guard(g.left, 0) for g in chosen.guards))


def test_selection() -> None:
    law_of_selection(select)


@pytest.mark.parametrize("wrong", [unguarded, misplaced])
def test_a_wrong_selection_breaks_the_law(wrong: Select) -> None:
    with pytest.raises(AssertionError):
        law_of_selection(wrong)


def test_what_can_never_agree_selects_nothing() -> None:
    assert select(Term(X, (n,)), (1,), (2,)) is None
    assert select(Term(X), (Shift(m, -1),), (m,)) is None
    assert select(Term(X, (n,), (Guard(m, 0),)), (m,), (1,)) is None


# --- guards and deltas carried out ----------------------------------------------------------------


def law_of_settling(settle: Callable[[Term], Term | None]) -> None:
    """sum over g of [group(i) = g] f(g) is f(group(i))."""
    for term in (
        Term(X * B / S, (n, g), (Guard(OWN, g),)),
        Term(X * B, (n, g), (Guard(g, OWN), Guard(Lookup(other, (n,)), 3))),
        Term(X * B, (n, g), (Guard(g, 2),)),
    ):
        found = settle(term)
        assert found is not None and g not in found.bound
        np.testing.assert_allclose(value([found]), value([term]))


def test_settling() -> None:
    law_of_settling(settled)
    with pytest.raises(AssertionError):
        law_of_settling(
            lambda term: replace(term, bound=(n,), guards=(), value=X * Element(b, (0,)))
        )
    kept = Term(X, (n,), (Guard(OWN, h),))
    assert settled(kept) == kept, "a free index stays guarded"


def test_deltas() -> None:
    delta = Element(DELTA, (q, r))
    term = Term(Element(v, (n, q)) * delta * Element(beta, (r,)), (n, q, r))
    found = resolve_deltas(term)
    assert found is not None and len(found.bound) == 2
    np.testing.assert_allclose(value([found]), value([term]))
    free = resolve_deltas(Term(delta))
    assert free is not None and free.guards == (Guard(q, r),) and free.value == 1
    assert resolve_deltas(Term(Element(DELTA, (0, 1)))) is None


# --- keys -----------------------------------------------------------------------------------------


def test_merging_adds_equal_sums_and_drops_what_cancels() -> None:
    term = Term(X * B, (n, g))
    twice = merged([term, term, Term(-X, (n,)), Term(X, (n,))])
    assert len(twice) == 1
    np.testing.assert_allclose(value(twice), 2 * value([term]))
    assert len(merged([term, replace(term, guards=(Guard(OWN, g),))])) == 2


def law_of_keys(key: Callable[[tuple[Term, ...]], tuple[object, tuple[Index, ...]]]) -> None:
    """Equal sums under other names have one key; different sums do not."""
    assert key((SQUARE,))[0] == key((renamed(SQUARE),))[0]
    guarded = Term(X * B, (n,), (Guard(OWN, g),))
    other_name = at(guarded, {g: h})
    assert other_name is not None
    assert key((guarded,))[0] == key((renamed(other_name),))[0]
    assert key((guarded,))[1] == (g,) and key((other_name,))[1] == (h,)
    assert key((guarded,))[0] != key((replace(guarded, guards=()),))[0]
    diagonal = Term(Element(v, (n, q)) ** 2 * Element(beta, (q,)) ** 2, (n, q))
    assert key((SQUARE,))[0] != key((diagonal,))[0]
    assert key((Term(X),))[0] != key((Term(X, (n,)),))[0], "a sum is not its summand"


def without_guards(terms: tuple[Term, ...]) -> tuple[object, tuple[Index, ...]]:
    """Wrong: guards are left out of the key."""
    return canonical(tuple(replace(term, guards=()) for term in terms))


def without_bound(terms: tuple[Term, ...]) -> tuple[object, tuple[Index, ...]]:
    """Wrong: what is summed is left out of the key."""
    key, free = canonical(terms)
    assert isinstance(key, tuple)
    return tuple(part[0] for part in key), free


def test_keys() -> None:
    law_of_keys(canonical)


@pytest.mark.parametrize("wrong", [without_guards, without_bound])
def test_a_wrong_key_breaks_the_law(wrong: Callable) -> None:
    with pytest.raises(AssertionError):
        law_of_keys(wrong)


def test_the_free_indices_are_those_not_summed_over() -> None:
    assert free_indices([Term(X * B, (n,), (Guard(OWN, h),))]) == (g, h)


def test_what_is_no_term_is_found() -> None:
    check_term(SQUARE)
    with pytest.raises(AssertionError, match="bound twice"):
        check_term(Term(X, (n, n)))
    with pytest.raises(AssertionError, match="decided"):
        check_term(Term(sympy.Integer(1), (), (Guard(0, 1),)))
