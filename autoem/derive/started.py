"""How a chain starts: a law of its own, or the one that its transition leaves as it is.

Of states the stationary law is that of A, read off the terms of a step: the coefficients of
[z_(t-1) = j] [z_t = k] and of [z_(t-1) = j] add up to log A_jk, whatever the law is called.  Of
numbers with z_t ~ N(f z_(t-1) + m, s) it is N(m / (1 - f), s / (1 - f^2)), with -1 < f < 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import sympy

from autoem.derive.elaborate import Reader
from autoem.derive.index import Index, Read, Shift, fresh
from autoem.derive.invariant import Transition, invariant
from autoem.derive.quantity import Element, Indicator, elements, indices_of
from autoem.derive.scope import Scope
from autoem.derive.term import Term, Terms, reindex
from autoem.errors import NotDerivable
from autoem.families.normal import NORMAL
from autoem.graph.factor_graph import Factor
from autoem.language import declaration
from autoem.language.distribution import Distribution
from autoem.language.expression import Axis


def stationary(
    factor: Factor, law: Distribution, step: Terms, scope: Scope, plates: Mapping[Axis, Read]
) -> Iterator[Term]:
    """The log density of the first step in the law that `law`, with the terms `step`, leaves."""
    latent = isinstance(factor.variable, declaration.Latent)
    if latent and factor.variable.support in ("category", "binary"):
        yield _of_states(factor, step, scope, plates)
    elif law.family is NORMAL:
        yield from _of_numbers(factor, law, scope, plates)
    else:
        kind = "latent" if latent else "observed"
        raise _refusal(factor, f"an {kind} {law.family.name}: only states and Normal numbers")


def _refusal(factor: Factor, of: str) -> NotDerivable:
    return NotDerivable(what=f"Stationary() of {of}; write first= out", where=factor.name)


def _of_states(factor: Factor, step: Terms, scope: Scope, plates: Mapping[Axis, Read]) -> Term:
    """[z_0 = k] log pi_k"""
    *own, time = factor.variable.plates
    indicator, states = scope.indicator(factor.variable), scope.states(factor.variable)
    before, state = fresh(states), fresh(states)
    parts = (_coefficient(factor, term, indicator, (before, state)) for term in step)
    log_transition = sympy.Add(*parts)
    _check_steady(factor, log_transition, plates[time])
    places = tuple(plates[axis] for axis in own)
    mentioned = indices_of(log_transition)
    varies = tuple(p for p in places if isinstance(p, Index) and p in mentioned)
    transition = Transition(factor.name, sympy.exp(log_transition), varies, before, state)
    law = Element(invariant(transition, "stationary"), (*varies, state))
    value = sympy.log(law) * Element(indicator, (*places, 0, state))
    return Term(value, (*_bound(places), state), (), factor.name)


def _bound(places: tuple[Read, ...]) -> tuple[Index, ...]:
    return tuple(place for place in places if isinstance(place, Index))


def _check_steady(factor: Factor, value: sympy.Expr, time: Read) -> None:
    """All steps have one law."""
    if time in indices_of(value):
        raise _refusal(factor, "steps that differ from one another")


def _coefficient(
    factor: Factor, term: Term, indicator: Indicator, states: tuple[Index, Index]
) -> sympy.Expr:
    """What a term adds to log A_jk."""
    value, moved = term.value, {}
    for element in elements(term.value):
        if element.base is indicator:
            value = value.diff(element)
            read = element.indices[-1]
            assert isinstance(read, Index)
            moved[read] = states[0 if isinstance(element.indices[-2], Shift) else 1]
        elif isinstance(element.base, Indicator):
            raise _refusal(factor, f"steps that depend on {element.base.latent.name}")
    if term.guards:
        raise _refusal(factor, "steps that differ from one another")
    return reindex(value, moved)


def _of_numbers(
    factor: Factor, law: Distribution, scope: Scope, plates: Mapping[Axis, Read]
) -> Iterator[Term]:
    """N(m / (1 - f), s / (1 - f^2)) at the first step."""
    *own, time = factor.variable.plates
    reader, quantity = Reader(scope, {}), scope.quantity(factor.variable)
    mean, variance = (reader.read(node, plates) for _, node in law.arguments)
    places = tuple(plates[axis] for axis in own)
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
