"""Missing values: what is not seen contributes nothing.

An observed array with missing entries has a companion of zeros and ones, seen.  Where the log
density of a factor is a sum over entries, x[n] or x[n, d], each term is multiplied by the `seen` of
its entry: the missing ones are marginalized.  Where entries are coupled, as in a Gaussian vector
with full covariance, the missing cells are latents of their own, and the factor stays as it is.
So is a value that other factors read, a covariate or the step before of a chain; of states it is a
latent with the log likelihood

    log [x_n = k or x_n is missing]

of each state k.  So are the missing counts of a Multinomial, where nothing but discrete latents
tells its shares: its trials tell their sum.  Other cells that have a sum, and matrices, are seen
whole or not at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import sympy

from autoem.derive.index import Index, Read, fresh
from autoem.derive.quantity import Element, Seen, Size, elements
from autoem.derive.scope import Scope, has_states
from autoem.derive.term import Term, Terms
from autoem.errors import NotDerivable
from autoem.families.family import log_zero
from autoem.graph.factor_graph import Factor, FactorGraph
from autoem.language.declaration import Latent, Observed, Variable
from autoem.language.distribution import Distribution


def with_gaps(terms: Terms, factor: Factor, scope: Scope) -> tuple[Terms, bool]:
    """The terms of a factor of which some values are missing, and whether these are latents."""
    variable, support = factor.variable, scope.quantity(factor.variable).support
    if variable in scope.unsure:
        if support == "cells":
            raise NotDerivable(what="missing counts that others read", where=factor.name)
        return (*terms, *told(variable, scope)), True
    if splits(factor):
        return terms, True
    if support in WHOLE:
        return without_whole(terms, variable, scope), False
    complete = without_missing(terms, variable, scope)
    return (terms, True) if complete is None else (complete, False)


def without_missing(terms: Terms, variable: Variable, scope: Scope) -> Terms | None:
    """The terms of a factor with missing entries taken out; None where entries are coupled."""
    seen = scope.seen(variable)
    result = []
    for term in terms:
        term = _sizes_as_sums(term, variable)
        entry = _entry(term, variable, scope)
        if entry is None:
            return None
        result.append(replace(term, value=term.value * Element(seen, entry)))
    return tuple(result)


def read_elsewhere(graph: FactorGraph, missing: tuple[str, ...]) -> Iterator[Variable]:
    """The variables with gaps that another factor reads, or another step of their own."""
    for own in graph.factors:
        others = (f for f in graph.factors if f is not own and own.variable in f.scope)
        if own.name in missing and (own.recursive or any(others)):
            yield own.variable


def told(variable: Variable, scope: Scope) -> Iterator[Term]:
    """What the data say of the states of a variable with gaps: zero for the state that is seen,
    and for all where none is; else minus infinity."""
    if has_states(variable):
        plates = tuple(fresh(axis) for axis in variable.plates)
        state = fresh(scope.states(variable))
        seen = Element(scope.seen(variable), plates)
        value = Element(scope.quantity(variable), plates)
        apart = seen * (value - scope.position(state, state.axis)) ** 2
        indicator = Element(scope.indicator(variable), (*plates, state))
        yield Term(indicator * log_zero(apart), (*plates, state), (), str(variable.name))


WHOLE = ("cells", "simplex", "positive_definite")
"""Supports of values that are seen whole or not at all."""


def splits(factor: Factor) -> bool:
    """Whether the missing cells of a factor's counts have a law of their own given their sum."""
    latents = (v for v in factor.scope if isinstance(v, Latent))
    discrete = all(v.support in ("category", "binary") for v in latents)
    plain = isinstance(factor.law, Distribution) and factor.variable.support == "cells"
    return plain and discrete and isinstance(factor.variable, Observed)


def without_whole(terms: Terms, variable: Variable, scope: Scope) -> Terms:
    """The terms of a factor with missing values taken out, each told by its first cell."""
    seen, found = scope.seen(variable), []
    for term in terms:
        places = (next(i for i in term.bound if i.axis is axis) for axis in variable.plates)
        first = Element(seen, (*places, *(0 for _ in variable.event)))
        found.append(replace(term, value=term.value * first))
    return tuple(found)


def _sizes_as_sums(term: Term, variable: Variable) -> Term:
    """A factor that is the length of the event axis, as a sum over that axis."""
    if not variable.event:
        return term
    for element in elements(term.value):
        if isinstance(element.base, Size) and element.base.axis is variable.event[0]:
            index = fresh(variable.event[0])
            rest = term.value.xreplace({element: sympy.Integer(1)})
            return replace(term, value=rest, bound=(*term.bound, index))
    return term


def _entry(term: Term, variable: Variable, scope: Scope) -> tuple[Read, ...] | None:
    """The one entry of the variable that a term is about; None where it is about several."""
    plates = tuple(index for index in term.bound if index.axis in variable.plates)
    plates = tuple(next(i for i in plates if i.axis is axis) for axis in variable.plates)
    if not variable.event:
        return plates
    quantity = scope.quantity(variable)
    events: dict[Read, None] = {
        element.indices[-1]: None for element in elements(term.value) if element.base is quantity
    }
    if not events:
        events = {i: None for i in term.bound if i.axis is variable.event[0]}
    if len(events) != 1 or len(variable.event) != 1:
        return None
    return (*plates, next(iter(events)))


def unseen(seen: Seen, indices: tuple[Index, ...]) -> sympy.Expr:
    """One where the entry is missing."""
    return 1 - Element(seen, indices)
