"""Readings of known entries, and the sum of summands with every entry written out.

A summand stands at symbolic event indices; `spell` puts integers for them and the entries for
what stands there, so that a sum over an event of fixed size becomes one scalar expression.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import sympy
from sympy import Expr, Indexed, IndexedBase

from autoem.families.family import Summands, log_zero


@dataclass(frozen=True, eq=False)
class Entries:
    """A reading of known entries; at a symbolic index it waits in `name[i]`."""

    name: str
    values: np.ndarray

    def __call__(self, *indices: Any) -> Expr:
        if all(isinstance(index, int | sympy.Integer) for index in indices):
            return sympy.sympify(self.values[tuple(map(int, indices))], strict=True)
        return Indexed(IndexedBase(self.name), *indices)

    @property
    def index(self) -> Expr:
        return self()

    @property
    def size(self) -> Expr:
        return sympy.Integer(self.values.shape[0])

    def total(self) -> Expr:
        return sympy.Add(*self.values)

    def log_sum_exp(self) -> Expr:
        return sympy.log(sympy.Add(*(sympy.exp(entry) for entry in self.values)))

    def inverse(self, i: Any, j: Any) -> Expr:
        return Indexed(IndexedBase(f"inverse_{self.name}"), i, j)

    def log_determinant(self) -> Expr:
        return sympy.log(sympy.Matrix(self.values).det())

    def resolve(self, element: Indexed) -> Expr | None:
        """The entry that an element with integer indices stands for, if it is one of these."""
        name, at = str(element.base), tuple(int(index) for index in element.indices)
        if name == self.name:
            return sympy.sympify(self.values[at], strict=True)
        return sympy.Matrix(self.values).inv()[at] if name == f"inverse_{self.name}" else None


def fresh() -> Expr:
    """An event index."""
    return sympy.Dummy("i", integer=True, nonnegative=True)


def read(name: str, values: Any) -> Entries:
    """The reading of a scalar, or of a nested sequence."""
    return Entries(name, np.array(values, dtype=object))


def spell(summands: Summands, size: int, *readings: Entries) -> Expr:
    """The sum of the summands, each over its event indices, with every entry written out."""
    terms = (
        part.value.xreplace(dict(zip(part.over, map(sympy.Integer, at), strict=True)))
        for part in summands
        for at in product(range(size), repeat=len(part.over))
    )
    return sympy.Add(*(_resolved(term, readings) for term in terms))


def _resolved(term: Expr, readings: Sequence[Entries]) -> Expr:
    """The product with its entries; x log p is `log_zero(x)` where the entry p is zero."""
    entries = {
        element: entry
        for element in term.atoms(Indexed)
        for reading in readings
        if (entry := reading.resolve(element)) is not None
    }
    for element, entry in entries.items():
        if entry.is_zero and term.has(sympy.log(element)):
            term = log_zero(term / sympy.log(element))
    return term.xreplace(entries)
