"""How a chain starts: a law of its own, or the one that its transition leaves as it is.

Of states the stationary law is that of A: the terms of a step from j to k add up to log A_jk,
whatever the law is called.  Of two states it is pi_1 = A_01 / (A_01 + A_10).  Of numbers with
z_t ~ N(f z_(t-1) + m, s) it is N(m / (1 - f), s / (1 - f^2)), with -1 < f < 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import sympy

from autoem.derive.elaborate import Reader
from autoem.derive.index import Index, Lookup, Read, Shift, fresh
from autoem.derive.invariant import Transition, invariant
from autoem.derive.law import Readable
from autoem.derive.quantity import Element, Indicator, Quantity, elements, indices_of
from autoem.derive.scope import Scope
from autoem.derive.term import Term, Terms, reindex
from autoem.errors import NotDerivable
from autoem.families.normal import NORMAL
from autoem.graph.factor_graph import Factor
from autoem.language import declaration
from autoem.language.distribution import Distribution
from autoem.language.expression import Axis

States = tuple[Read, Read]
"""The states before a step and after it."""


def stationary(
    factor: Factor, law: Readable, step: Terms, scope: Scope, plates: Mapping[Axis, Read]
) -> Iterator[Term]:
    """The log density of the first step in the law that `law`, with the terms `step`, leaves."""
    support = factor.variable.support
    if support == "category":
        yield _of_states(factor, step, scope, plates)
    elif support == "binary":
        yield from _of_two_states(factor, step, scope, plates)
    elif isinstance(law, Distribution) and law.family is NORMAL:
        yield from _of_numbers(factor, law, scope, plates)
    else:
        kind = "a latent" if isinstance(factor.variable, declaration.Latent) else "an observed"
        raise _refusal(factor, f"{kind} {law.title}: only states and Normal numbers")


def _refusal(factor: Factor, of: str) -> NotDerivable:
    return NotDerivable(what=f"Stationary() of {of}; write first= out", where=factor.name)


def _of_states(factor: Factor, step: Terms, scope: Scope, plates: Mapping[Axis, Read]) -> Term:
    """[z_0 = k] log pi_k, or log pi at the state that is seen."""
    states = scope.states(factor.variable)
    before, state = fresh(states), fresh(states)
    log_transition = _log_transition(factor, step, scope, plates, (before, state))
    places = _places(factor, plates)
    mentioned = indices_of(log_transition)
    varies = tuple(p for p in places if isinstance(p, Index) and p in mentioned)
    transition = Transition(factor.name, sympy.exp(log_transition), varies, before, state)
    law, first = invariant(transition, "stationary"), (*places, 0)
    if scope.is_latent(factor.variable):
        value = sympy.log(Element(law, (*varies, state)))
        value *= Element(scope.indicator(factor.variable), (*first, state))
        return Term(value, (*_bound(places), state), (), factor.name)
    seen = Lookup(scope.quantity(factor.variable), first)
    return Term(sympy.log(Element(law, (*varies, seen))), _bound(places), (), factor.name)


def _of_two_states(
    factor: Factor, step: Terms, scope: Scope, plates: Mapping[Axis, Read]
) -> Iterator[Term]:
    """[z_0 = 1] log A_01 + [z_0 = 0] log A_10 - log(A_01 + A_10)"""
    up, down = (
        sympy.exp(_log_transition(factor, step, scope, plates, states))
        for states in ((0, 1), (1, 0))
    )
    places = _places(factor, plates)
    chosen: tuple[sympy.Expr, ...]
    if scope.is_latent(factor.variable):
        indicator = scope.indicator(factor.variable)
        chosen = tuple(Element(indicator, (*places, 0, state)) for state in (0, 1))
    else:
        seen = Element(scope.quantity(factor.variable), (*places, 0))
        chosen = 1 - seen, seen
    parts = (chosen[0] * sympy.log(down), chosen[1] * sympy.log(up), -sympy.log(up + down))
    for value in parts:
        yield Term(value, _bound(places), (), factor.name)


def _places(factor: Factor, plates: Mapping[Axis, Read]) -> tuple[Read, ...]:
    """Which chain."""
    return tuple(plates[axis] for axis in factor.variable.plates[:-1])


def _bound(places: tuple[Read, ...]) -> tuple[Index, ...]:
    return tuple(place for place in places if isinstance(place, Index))


def _check_steady(factor: Factor, value: sympy.Expr, time: Read) -> None:
    """All steps have one law."""
    if time in indices_of(value):
        raise _refusal(factor, "steps that differ from one another")


def _log_transition(
    factor: Factor, step: Terms, scope: Scope, plates: Mapping[Axis, Read], states: States
) -> sympy.Expr:
    """log A_jk: the terms of a step from the state j to the state k, which all steps share."""
    value = sympy.Add(*(_at_states(factor, term, scope, states) for term in step))
    _check_steady(factor, value, plates[factor.variable.plates[-1]])
    return value


def _at_states(factor: Factor, term: Term, scope: Scope, states: States) -> sympy.Expr:
    """A term of a step, where the variable has these values before and after it."""
    if term.guards:
        raise _refusal(factor, "steps that differ from one another")
    own, moved = scope.quantity(factor.variable), dict[Index, Read]()
    chosen: dict[sympy.Expr, sympy.Expr] = {}
    for element in elements(term.value):
        place, base = element.indices, element.base
        if isinstance(base, Indicator):
            if base.latent is not own:
                raise _refusal(factor, f"steps that depend on {base.latent.name}")
            at, read = states[0 if isinstance(place[-2], Shift) else 1], place[-1]
            if isinstance(read, Index):
                moved[read] = at
            elif isinstance(at, Index):
                raise _refusal(factor, "steps that tell states from one another by number")
            chosen[element] = sympy.Integer(isinstance(read, Index) or read == at)
        elif base is own:
            at = states[0 if isinstance(place[-1], Shift) else 1]
            assert isinstance(at, int)
            chosen[element] = sympy.Integer(at)
        else:
            chosen[element] = Element(base, tuple(_read_at(read, own, states) for read in place))
    return reindex(sympy.sympify(term.value.xreplace(chosen)), moved)


def _read_at(read: Read, own: Quantity, states: States) -> Read:
    """The state, where the state that is seen is read, also inside of lookups."""
    if not isinstance(read, Lookup):
        return read
    if read.table is own:
        return states[0 if isinstance(read.indices[-1], Shift) else 1]
    return Lookup(read.table, tuple(_read_at(inner, own, states) for inner in read.indices))


def _of_numbers(
    factor: Factor, law: Distribution, scope: Scope, plates: Mapping[Axis, Read]
) -> Iterator[Term]:
    """N(m / (1 - f), s / (1 - f^2)) at the first step."""
    time = factor.variable.plates[-1]
    reader, quantity = Reader(scope, {}), scope.quantity(factor.variable)
    mean, variance = (reader.read(node, plates) for _, node in law.arguments)
    places = _places(factor, plates)
    (earlier,) = (e for e in elements(mean) if e.base is quantity)
    slope = sympy.diff(mean, earlier)
    if slope.has(earlier) or variance.has(earlier) or reader.states:
        raise _refusal(factor, "steps that are not linear with one variance")
    shift = mean.xreplace({earlier: sympy.Integer(0)})
    for part in (slope, shift, variance):
        _check_steady(factor, part, plates[time])
    moments = {"mean": shift / (1 - slope), "variance": variance / (1 - slope**2)}
    first = Element(quantity, (*places, 0))
    density = NORMAL.log_density(
        lambda: first, {name: lambda m=moment: m for name, moment in moments.items()}, _no_event
    )
    for summand in density:
        yield Term(summand.value, _bound(places), (), factor.name)


def _no_event() -> Index:
    raise AssertionError("a number has no event")
