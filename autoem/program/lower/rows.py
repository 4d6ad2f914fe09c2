"""The row: the axis over which everything is additive.

Every statistic and every term of the log-likelihood sums over it exactly once.  Along it the E-step
can be cut into blocks, and along it units are weighted.  A prior is of no row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from autoem.derive.index import Index
from autoem.derive.quantity import Element, Quantity
from autoem.derive.stages import Derivation
from autoem.derive.term import Term, Terms, at
from autoem.language.expression import Axis
from autoem.program.ir import ROW_WEIGHT

WEIGHT = Quantity(ROW_WEIGHT, (), "nonnegative")
"""How often a row counts; it stands over the rows of whichever model."""


def row_axis(derivation: Derivation, terms: Iterable[Term]) -> Axis | None:
    """The axis over which the log-likelihood and these terms sum exactly once."""
    summed = [t for t in derivation.e_step.evidence if not is_prior(derivation, t)]
    summed += terms
    candidates = [a for v in derivation.declaration.observed for a in v.plates]
    for axis in dict.fromkeys(candidates):
        if all(len([i for i in term.bound if i.axis is axis]) == 1 for term in summed):
            return axis
    return None


def is_prior(derivation: Derivation, term: Term) -> bool:
    """Whether a term of the objective is the log density of a parameter."""
    return term.factor in [v.name for v in derivation.declaration.parameters]


def at_row(term: Term, row: Index) -> Term:
    """The term with its sum over rows taken out."""
    (own,) = (index for index in term.bound if index.axis is row.axis)
    moved = at(term, {own: row})
    assert moved is not None
    return moved


def weighted(terms: Terms, row: Axis | None) -> Terms:
    """The terms with every row counted as often as its weight says."""
    return terms if row is None else tuple(_weighted(term, row) for term in terms)


def _weighted(term: Term, row: Axis) -> Term:
    (own,) = (index for index in term.bound if index.axis is row)
    return replace(term, value=term.value * Element(WEIGHT, (own,)))
