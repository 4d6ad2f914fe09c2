"""The row: the axis over which everything is additive.

Every statistic and every term of the log-likelihood sums over it exactly once.  Along it the E-step
can be cut into blocks, and along it units are weighted.  A prior is of no row.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from autoem.derive.index import Index, Lookup, Read
from autoem.derive.invariant import Invariant
from autoem.derive.kept import Kept
from autoem.derive.maximum import Maximized
from autoem.derive.node import Mode
from autoem.derive.quantity import (
    Computed,
    Defined,
    Element,
    LinearSystem,
    LogPartition,
    MatrixFunction,
    Origin,
    Quantity,
    Size,
    Solution,
    Statistic,
    elements,
)
from autoem.derive.smoothed import Recurred, Smoothed, SmoothedGaussian
from autoem.derive.term import Term
from autoem.language.expression import Axis

if TYPE_CHECKING:
    from autoem.derive.stages import Derivation


def row_axis(derivation: Derivation) -> Axis | None:
    """The axis over which the log-likelihood and all statistics sum exactly once."""
    summed = evidence(derivation)
    summed += [_over_all(s, term) for s in statistics(derivation) for term in s.definition]
    candidates = [a for v in derivation.declaration.observed for a in v.plates]
    read = _reads(derivation, summed)
    for axis in dict.fromkeys(candidates):
        once = all(len([i for i in term.bound if i.axis is axis]) == 1 for term in summed)
        if once and all(isinstance(place, Index) for place in read.get(axis, ())):
            return axis
    return None


def _reads(derivation: Derivation, summed: list[Term]) -> dict[Axis, list[Read]]:
    """The places at which the axes of data and expectations are read.

    Where a row reads another, as a node of a tree its parent, rows do not stand alone.
    """
    found: dict[Axis, list[Read]] = {}

    def read(base: Quantity, indices: tuple[Read, ...]) -> None:
        for axis, place in zip(base.axes, indices, strict=True):
            found.setdefault(axis, []).append(place)
            if isinstance(place, Lookup):
                read(place.table, place.indices)

    reached = _reachable(
        [*statistics(derivation), *(e.base for t in summed for e in _mentioned(t))]
    )
    defined = [t for base in reached if isinstance(base, Defined) for t in base.definition]
    for term in (*summed, *defined):
        for element in _mentioned(term):
            read(element.base, element.indices)
    return found


def _over_all(statistic: Statistic, term: Term) -> Term:
    """The term with all that is summed over, or kept, as bound."""
    kept = statistic.indices if isinstance(statistic, Kept) else ()
    return replace(term, bound=(*term.bound, *kept))


def evidence(derivation: Derivation) -> list[Term]:
    """The terms of the log-likelihood: those of the objective, without the priors."""
    return [term for term in derivation.e_step.evidence if not is_prior(derivation, term)]


def is_prior(derivation: Derivation, term: Term) -> bool:
    """Whether a term of the objective is the log density of a parameter."""
    return term.factor in [v.name for v in derivation.declaration.parameters]


def statistics(derivation: Derivation) -> list[Statistic]:
    """The statistics that the updates read."""
    return [base for base in _reachable(_values(derivation)) if isinstance(base, Statistic)]


def untold(derivation: Derivation) -> list[Size]:
    """The lengths that the updates read of axes which only data have."""
    told = [axis for statistic in statistics(derivation) for axis in statistic.axes]
    told += [a for p in derivation.declaration.parameters for a in (*p.plates, *p.event)]
    read = [base for base in _reachable(_values(derivation)) if isinstance(base, Size)]
    return [size for size in read if size.axis not in told]


def _values(derivation: Derivation) -> list[Quantity]:
    return [value.base for update in derivation.m_step.updates for value in update.values]


def _reachable(bases: Iterable[Quantity]) -> list[Quantity]:
    """Everything that some quantities are computed from, each after what it is computed from."""
    found: dict[Quantity, None] = {}

    def visit(base: Quantity) -> None:
        if base in found:
            return
        for part in parts(base):
            visit(part)
        found[base] = None

    for base in bases:
        visit(base)
    return list(found)


def parts(base: Quantity) -> list[Quantity]:
    """The quantities that a quantity is computed from."""
    if isinstance(base, Defined):
        return [e.base for term in base.definition for e in _mentioned(term)]
    if isinstance(base, Computed):
        return [e.base for operand in base.operands for e in elements(operand)]
    if isinstance(base, LogPartition | Invariant):
        return [e.base for e in elements(base.operand)]
    if isinstance(base, Recurred):
        return [base.gain.base, base.shift.base]
    if isinstance(base, SmoothedGaussian):
        chain = base.chain
        return [chain.diagonal.base, chain.lower.base, chain.shift.base]
    if isinstance(base, Smoothed):
        return [base.chain.weight.base, base.chain.step.base]
    if isinstance(base, Mode):
        found = (e.base for t in (*base.slope, *base.curvature) for e in _mentioned(t))
        return [part for part in found if part is not base.unknown.base]
    if isinstance(base, MatrixFunction | Origin):
        return [base.base]
    if isinstance(base, Maximized):
        return [e.base for term in base.objective.terms for e in _mentioned(term)]
    if isinstance(base, Solution):
        system: LinearSystem = base.system
        known = (*system.right, *(e for line in system.matrix for e in line if e is not None))
        return [element.base for element in known]
    return []


def _mentioned(term: Term) -> tuple[Element, ...]:
    return elements(term.value)
