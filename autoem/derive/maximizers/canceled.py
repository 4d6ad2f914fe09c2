"""Equations without what all their terms share.

    a[i] e[i] = 0   is   e[i] = 0,         sum_j P[i, j] e[j] = 0   is   e[i] = 0

for a factor a that is not zero and an invertible matrix P.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

import sympy

from autoem.derive.calculus import depends
from autoem.derive.index import Index, Read, indices_in
from autoem.derive.quantity import (
    Computed,
    Declared,
    Element,
    MatrixFunction,
    Quantity,
    elements,
    indices_of,
)
from autoem.derive.separate import is_new, products
from autoem.derive.term import Term, Terms, at

Indices: TypeAlias = tuple[Index, ...]
LeftMatrix: TypeAlias = tuple[Quantity, tuple[Read, ...], Read]
"""An invertible P[.., i, j] in an equation with the index i: P, its plates and i."""


def canceled(
    terms: Terms,
    row: Indices,
    block: tuple[Declared, ...],
    strip: Callable[[Terms, Indices], Terms],
) -> Terms:
    """An equation without the factors that all its terms share, and without what `strip` takes."""
    parts = tuple(
        replace(part, value=sympy.factor_terms(part.value))
        for term in terms
        for part in products(term)
    )
    first, *others = terms = strip(parts, row)
    for factor in sympy.Mul.make_args(first.value):
        common = (
            is_new(factor)
            and not any(depends(factor, q) for q in block)
            and all(i in row for e in elements(factor) for r in e.indices for i in indices_in(r))
            and all(factor in sympy.Mul.make_args(t.value) for t in others)
        )
        if common:
            terms = tuple(replace(t, value=t.value / factor) for t in terms)
    return terms


def without_matrix(terms: Terms, row: Indices) -> Terms:
    """sum_j P[i, j] e[j] = 0 with P invertible is e[i] = 0."""
    stripped = [_stripped(term, row) for term in terms]
    for key in stripped[0]:
        if all(key in found for found in stripped):
            return tuple(found[key] for found in stripped)
    return terms


def as_it_is(terms: Terms, _: Indices) -> Terms:
    """Where some equations of a system are not there, no matrix that mixes them cancels."""
    return terms


def _stripped(term: Term, row: Indices) -> dict[LeftMatrix, Term]:
    """Each left matrix of a term, with what it multiplies."""
    found: dict[LeftMatrix, Term] = {}
    for element in elements(term.value):
        if not _is_left_matrix(element, term, row):
            continue
        own, bound = sorted(element.indices[-2:], key=lambda index: index not in row)
        assert isinstance(bound, Index)
        rest = term.value / element
        moved = at(replace(term, value=rest), {bound: own})
        if moved is not None and own not in indices_of(rest):
            found[element.base, element.indices[:-2], own] = moved
    return found


def _is_left_matrix(element: Element, term: Term, row: Indices) -> bool:
    base = element.base
    inverse = (isinstance(base, MatrixFunction) and base.function == "inverse") or (
        isinstance(base, Computed) and base.operation == "inverse"
    )
    if not inverse or not all(i in row for i in element.indices[:-2]):
        return False
    i, j = element.indices[-2:]
    return (i in row and j in term.bound) or (j in row and i in term.bound)
