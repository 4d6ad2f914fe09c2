"""The M-step: ordered updates whose new values maximize Q.

A parameter is updated once its solution reads no parameter that is still pending, so that the
updates in order are the joint maximum.  Where two solutions wait for each other, the closed one is
substituted and the profile solved (the Gamma's rate, then its shape); only where that fails is a
conditional maximum taken at old values, which is ECM and says so.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import sympy

from autoem.derive.calculus import mentions, substituted
from autoem.derive.held import NOTHING, Free, Held, free_entries, is_whole
from autoem.derive.maximizers import CLOSED, NUMERIC
from autoem.derive.maximizers.coordinate import coordinate
from autoem.derive.maximizers.problem import STEPS, Problem, Slopes, Update, own_indices
from autoem.derive.posterior import Refusal
from autoem.derive.quantity import Declared, Quantity, elements, old_value
from autoem.derive.separate import Gathering, Location
from autoem.derive.surrogate import Surrogate
from autoem.derive.term import Terms, reindex
from autoem.errors import NoUpdate, UnusedParameter


@dataclass(frozen=True)
class MStep:
    """The updates in order; the parameters that are `held` whole have none, and of those that are
    held in part `free` says which entries are not."""

    updates: tuple[Update, ...]
    held: tuple[Declared, ...] = ()
    free: tuple[Free, ...] = ()

    @property
    def exact(self) -> bool:
        """Whether every update maximizes Q."""
        return all(update.exact for update in self.updates)


Rule = Callable[[Problem, Declared], Update]
Waiting = tuple[Rule, Update]
"""An update that reads parameters still pending, and the rule that gave it."""


def m_step(q: Surrogate, held: Held = NOTHING) -> MStep:
    """Updates for all parameters but those that are held whole."""
    scope = q.joint.scope
    laws = {factor.name: factor.law for factor in q.joint.graph.factors}
    known = {p: old_value(p) for p in q.parameters if is_whole(p, held)}
    problem = Problem(
        scope,
        substituted(q.terms, known),  # type: ignore[arg-type]
        [p for p in q.parameters if p not in known],
        Gathering(scope),
        laws=laws,
        free=free_entries(q.parameters, held),
    )
    unused = tuple(p.name for p in problem.pending if not mentions(problem.terms, p))
    if unused:
        raise UnusedParameter(parameters=unused)
    updates: list[Update] = []
    while problem.pending:
        update = _next(problem)
        updates.append(update)
        _accept(problem, update)
    updates += (coordinate(problem, mean) for factor in q.e_step.factors for mean in factor.held)
    return MStep(tuple(updates), tuple(known), tuple(problem.free.values()))


def _next(problem: Problem) -> Update:
    """The first update that waits for nothing; else a profile; else ECM."""
    refusals: list[tuple[str, str, str]] = []
    waiting: list[Waiting] = []
    for rules in (CLOSED, NUMERIC):
        problem.closed = tuple(q for _, update in waiting for q in update.parameters)
        for parameter in problem.pending:
            if parameter in problem.closed:
                continue
            for rule in rules:
                try:
                    update = rule(problem, parameter)
                except Refusal as refusal:
                    refusals.append((parameter.name, rule.__name__, str(refusal)))
                    continue
                if not update.pending:
                    return update
                waiting.append((rule, update))
                break
        profile = _profile(problem, waiting)
        if profile is not None:
            return profile
    if waiting:
        return _conditional(problem, *waiting[0])
    raise NoUpdate(parameters=tuple(q.name for q in problem.pending), refusals=tuple(refusals))


def _conditional(problem: Problem, rule: Rule, update: Update) -> Update:
    """ECM: the maximum given the old values of the parameters that the solution waits for."""
    old: dict[Quantity, Quantity | sympy.Expr] = {q: old_value(q) for q in update.pending}
    held = replace(problem, terms=substituted(problem.terms, old))
    names = ", ".join(other.name for other in update.pending)
    found = rule(held, update.parameters[0])
    reason = f"{found.reason}; conditional on the old {names} (ECM)"
    return replace(found, exact=False, reason=reason)


def _profile(problem: Problem, waiting: list[Waiting]) -> Update | None:
    """A closed scalar solution substituted into the equation of the parameter it waits for."""
    closed = [parameter for _, update in waiting for parameter in update.parameters]
    for _, update in waiting:
        if update.rule != "stationary" or len(update.pending) != 1:
            continue
        (parameter,), (other,) = update.parameters, update.pending
        if other in closed:
            # Both have closed solutions given the other; the profile may have several roots.
            continue
        indices = own_indices(other)
        slope = _along(problem.gradient(other, indices), parameter, update)
        slopes: Slopes = {other: (indices, slope)}
        profiled = replace(problem, terms=(), pending=[other], closed=(), slopes=slopes)
        for rule in (*CLOSED, *NUMERIC):
            try:
                found = rule(profiled, other)
            except Refusal:
                continue
            if not found.pending:
                reason = f"{found.reason}, with the closed {parameter.name} substituted"
                return replace(found, reason=reason)
    return None


def _along(terms: Terms, parameter: Declared, update: Update) -> Terms:
    """The terms with the closed solution in place of the parameter."""
    result = []
    for term in terms:
        moved = {}
        for element in elements(term.value):
            if element.base is parameter:
                places = dict(zip(update.values[0].indices, element.indices, strict=True))
                moved[element] = reindex(update.formula[0], places)  # type: ignore[arg-type]
        result.append(replace(term, value=sympy.expand_log(term.value.xreplace(moved))))
    return tuple(result)


def _accept(problem: Problem, update: Update) -> None:
    """New values stand for the parameters from here on."""
    values: dict[Quantity, Quantity | sympy.Expr] = {}
    for parameter, value in zip(update.parameters, update.values, strict=True):
        problem.pending.remove(parameter)
        if update.rule in STEPS:
            values[parameter] = old_value(parameter)
        elif not update.located:
            values[parameter] = value.base
    for (origin, step), value in zip(update.located, update.values, strict=False):
        base = origin.base
        assert isinstance(base, Declared)
        problem.gathering.located[base] = Location(origin, step, value.base)
    problem.terms = substituted(problem.terms, values)
