"""enumerate: a latent of finite support.

The coefficient of the indicator [z_n = k] in the log joint is the log weight of state k, and

    q(z_n = k) = exp(log_weight[n, k] - log_normalizer[n]),
    log_normalizer[n] = log sum_k exp(log_weight[n, k]) .
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import sympy

from autoem.derive.calculus import depends
from autoem.derive.index import Guard, Index, fresh
from autoem.derive.log_joint import LogJoint
from autoem.derive.posterior import (
    Chosen,
    Local,
    Posterior,
    Refusal,
    by_states,
    localize,
    placed_at,
    with_context,
)
from autoem.derive.quantity import Declared, Indicator, elements
from autoem.derive.scope import Scope
from autoem.derive.term import Term, Terms, at
from autoem.language.expression import Axis


@dataclass(frozen=True)
class StatePosterior(Posterior):
    """Responsibilities over the states of one discrete latent."""

    state: Index
    indicator: Indicator

    def expect(self, term: Term, scope: Scope) -> Terms:
        """[z_n = k] becomes the responsibility of k for n."""
        return tuple(
            self._expected(replace(term, value=coefficient), chosen)
            for chosen, coefficient in by_states(term.value, (self.indicator,))
        )

    def _expected(self, term: Term, chosen: Chosen) -> Term:
        for *reads, state in (element.indices for element in chosen):
            term, states = with_context(term, self.local, tuple(reads))
            place = placed_at(self.expectations["responsibility"], self.local, tuple(reads), states)
            term = replace(term, value=term.value * place({self.state: state}))
        return term


def enumerate_states(
    joint: LogJoint, terms: Terms, latent: Declared, remaining: tuple[Declared, ...]
) -> Posterior:
    """Eliminate a discrete latent by summing over its states."""
    scope, variable = joint.scope, latent.variable
    if variable not in scope.indicators:
        raise Refusal(f"{latent.name} has no finite set of states")
    indicator = scope.indicators[variable]
    own = tuple(term for term in terms if depends(term.value, indicator))
    _check_finite(own, latent, remaining)
    local = localize(own, indicator, len(variable.plates))
    check_table(indicator, local)
    state = fresh(indicator.axes[-1])
    weights = _at_state(local, indicator, state)
    free = (*local.plates, *(context.state for context in local.contexts), state)
    log_weight = scope.named(f"log_weight_{latent.name}", weights, free)
    normalizer = scope.computed(
        f"log_normalizer_{latent.name}", "log_sum_exp", (log_weight,), free[:-1], (state,)
    )
    responsibility = scope.computed(
        f"responsibility_{latent.name}", "map", (sympy.exp(log_weight - normalizer),), free,
        sign="nonnegative",
    )  # fmt: skip
    return StatePosterior(
        local,
        rule="enumerate",
        reason=f"{latent.name} has finitely many states",
        family="Categorical",
        natural={"log_weight": log_weight},
        expectations={"responsibility": responsibility},
        log_normalizer=(Term(normalizer),),
        state=state,
        indicator=indicator,
    )


MOST_STATES = 1_000_000
"""Joint states of discrete latents that an exact rule keeps for one row."""


def table_axes(indicator: Indicator, local: Local) -> tuple[Axis, ...]:
    """The axes of the table of joint states: those of the latent, and of its context."""
    return (indicator.axes[-1], *(context.state.axis for context in local.contexts))


def check_table(indicator: Indicator, local: Local) -> None:
    """Refuse a table that is too large whatever the data; others are measured by `fit`."""
    size = math.prod(axis.size or 1 for axis in table_axes(indicator, local))
    if size > MOST_STATES:
        others = ", ".join(context.indicator.latent.name for context in local.contexts)
        raise Refusal(
            f"its states with those of {others} are a table of {size:,} entries a row, more than "
            f"{MOST_STATES:,}; posterior=mean_field() keeps them apart"
        )


def _check_finite(own: Terms, latent: Declared, remaining: tuple[Declared, ...]) -> None:
    for other in remaining:
        if other is not latent and any(depends(term.value, other) for term in own):
            raise Refusal(f"the terms of {latent.name} still mention {other.name}")


def _at_state(local: Local, indicator: Indicator, state: Index) -> Terms:
    """The coefficient of the indicator at the given state."""
    found = []
    for term in local.terms:
        (element,) = (e for e in elements(term.value) if e.base is indicator)
        rest = replace(term, value=term.value.diff(element))
        read = element.indices[-1]
        if isinstance(read, Index) and read in rest.bound:
            chosen = at(rest, {read: state})
            assert chosen is not None
            found.append(chosen)
        else:
            found.append(replace(rest, guards=(*rest.guards, Guard(read, state))))
    return tuple(found)
