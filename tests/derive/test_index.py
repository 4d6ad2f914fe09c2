"""Indices are unique, and replacing one reaches into lookups and steps."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pytest

from autoem.derive.index import (
    Guard,
    Index,
    Lookup,
    Read,
    Shift,
    fresh,
    indices_in,
    name_of,
    shifted,
    step_of,
    substitute,
)
from tests.derive.world import G, N, group, other

n, m, g = fresh(N), fresh(N), fresh(G)
NESTED = Lookup(group, (Lookup(other, (n,)),))

Substitute = Callable[[Read, Mapping[Index, Read]], Read]


def test_two_indices_over_one_axis_are_not_the_same() -> None:
    assert n.axis is m.axis and n != m
    assert len({n, m, fresh(N)}) == 3


def law_of_substitution(replace: Substitute) -> None:
    """What is replaced is gone at every depth, and nothing else has moved."""
    for read in (n, Lookup(group, (n,)), NESTED, Shift(n, -1), Lookup(group, (Shift(n, 1),))):
        moved = replace(read, {n: m})
        assert indices_in(moved) == (m,), f"{name_of(read)} became {name_of(moved)}"
        assert replace(read, {m: n}) == read
    assert replace(3, {n: m}) == 3
    assert replace(NESTED, {n: 2}) == Lookup(group, (Lookup(other, (2,)),))
    assert replace(n, {n: NESTED}) == NESTED


def test_substitution() -> None:
    law_of_substitution(substitute)


def shallow(read: Read, replacement: Mapping[Index, Read]) -> Read:
    """Wrong: a lookup in a lookup is left as it is."""
    if isinstance(read, Lookup):
        moved = (replacement.get(r, r) if isinstance(r, Index) else r for r in read.indices)
        return Lookup(read.table, tuple(moved))
    return substitute(read, replacement)


def steady(read: Read, replacement: Mapping[Index, Read]) -> Read:
    """Wrong: a step is left as it is."""
    return read if isinstance(read, Shift) else substitute(read, replacement)


@pytest.mark.parametrize("wrong", [shallow, steady])
def test_a_wrong_substitution_breaks_the_law(wrong: Substitute) -> None:
    with pytest.raises(AssertionError):
        law_of_substitution(wrong)


def test_steps_add_up() -> None:
    before = Shift(n, -1)
    assert shifted(before, 1) == n and shifted(before, -1) == Shift(n, -2)
    assert shifted(n, 2) == Shift(n, 2) and shifted(4, -1) == 3
    assert substitute(before, {n: Shift(m, 1)}) == m
    assert substitute(before, {n: 5}) == 4
    assert step_of(before) == n and step_of(n) == n and step_of(NESTED) is None


def test_names_say_where_and_sort_by_age() -> None:
    assert name_of(Lookup(group, (n,))) == f"group({n.name})"
    assert Shift(n, -1).name == f"{n.name}-1" and name_of(7) == "7"
    many = [fresh(N) for _ in range(12)]
    assert sorted(many, key=lambda index: index.name) == many


def test_the_indices_of_a_read_are_in_order() -> None:
    assert indices_in(Lookup(group, (m,))) == (m,) and indices_in(2) == ()
    assert indices_in(NESTED) == (n,)
    assert Guard(NESTED, g) == Guard(Lookup(group, (Lookup(other, (n,)),)), g)
