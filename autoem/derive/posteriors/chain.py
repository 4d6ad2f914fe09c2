"""chain: a discrete latent whose terms couple each step with the one before.

    log joint = sum_t  U[t, k] [z_t = k]  +  sum_(t > 0)  W[j, k] [z_(t-1) = j] [z_t = k]

In a tree (`posteriors.tree`) the parent of t stands in the place of t - 1.

The coefficients U and W are read off the log joint; the forward-backward recursion gives the
normalizer, the responsibility of every state, and those of pairs of neighbors as a product

    P(z_(t-1) = j, z_t = k | x)  =  before[t, j] exp(W[j, k]) after[t, k] .

Source: Rabiner (1989), Proceedings of the IEEE 77, 257.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import sympy

from autoem.derive.calculus import depends
from autoem.derive.index import Index, Lookup, Read, Shift, fresh, shifted, substitute
from autoem.derive.log_joint import LogJoint
from autoem.derive.posterior import (
    Chosen,
    Context,
    Contexts,
    Local,
    Posterior,
    Refusal,
    by_states,
    in_contexts,
    with_context,
)
from autoem.derive.quantity import (
    Declared,
    Element,
    Indicator,
    after_first,
    indices_of,
)
from autoem.derive.scope import Scope
from autoem.derive.smoothed import ChainWeights, Smoothed
from autoem.derive.term import Term, Terms, reindex, select
from autoem.language.chain import Tree
from autoem.language.declaration import Given, Random
from autoem.language.distribution import Law


@dataclass(frozen=True)
class ChainPosterior(Posterior):
    """Smoothed states; `axes` are the formal indices (plates, t, k) and j."""

    indicator: Indicator
    weights: ChainWeights

    def expect(self, term: Term, scope: Scope) -> Terms:
        """[z_t = k] becomes a responsibility, [z_(t-1) = j] [z_t = k] a joint one."""
        return tuple(
            self._expected(replace(term, value=coefficient), found)
            for found, coefficient in by_states(term.value, (self.indicator,))
        )

    def _expected(self, term: Term, found: Chosen) -> Term:
        if not found:
            return term
        if len(found) > 2 or (len(found) == 2 and not neighbors(*found)):
            raise Refusal(f"a term mentions {self.indicator.name} at steps that are no neighbors")
        if len(found) == 2:
            # The factor before a step is zero at the first one: to say so twice costs a product.
            term = replace(term, value=after_first(term.value))
        reads = found[0].indices[: len(self.local.plates)]
        term, states = with_context(term, self.local, reads)
        return replace(term, value=term.value * self._expectation(states, *found))

    def _expectation(
        self, states: tuple[Read, ...], element: Element, pair: Element | None = None
    ) -> sympy.Expr:
        w = self.weights

        def placed(at: Element) -> dict[Index, Read]:
            *plates, time, state = at.indices
            reads = (*plates, *states, time, state)
            return dict(zip((*w.plates, w.time, w.state), reads, strict=True))

        if pair is None:
            return reindex(self.expectations["responsibility"], placed(element))
        earlier, later = sorted((element, pair), key=lambda e: not _is_earlier(e, element, pair))
        moved = placed(later)
        moved[w.before] = earlier.indices[-1]
        names = ("before", "transition", "after")
        return sympy.Mul(*(reindex(self.expectations[name], moved) for name in names))


def _is_earlier(element: Element, a: Element, b: Element) -> bool:
    after = _after(element)
    return after is not None and after == (b if element is a else a).indices[-2]


def _after(element: Element) -> Read | None:
    """The step that an indicator is read before, as at t - 1 or at the parent of v."""
    read = element.indices[-2]
    if isinstance(read, Lookup):
        assert isinstance(element.base, Indicator)
        law = law_of(element.base.latent)
        up = isinstance(law, Tree) and law.parent is read.table.variable  # type: ignore[attr-defined]
        return read.indices[-1] if up else None
    return read.index if isinstance(read, Shift) and read.by == -1 else None


def law_of(latent: Declared) -> Law:
    """The law of a random variable."""
    assert isinstance(latent.variable, Random)
    return latent.variable.distribution


def neighbors(a: Element, b: Element) -> bool:
    """Whether two indicators are of one chain at neighboring steps, or of a node and its parent."""
    same = a.indices[:-2] == b.indices[:-2]
    return same and (_is_earlier(a, a, b) or _is_earlier(b, a, b))


def chain(
    joint: LogJoint, terms: Terms, latent: Declared, remaining: tuple[Declared, ...]
) -> Posterior:
    """Eliminate a discrete latent along the steps of its chain."""
    if isinstance(law_of(latent), Tree):
        raise Refusal(f"{latent.name} follows a tree")
    reason = f"each step of {latent.name} is coupled with the one before: forward-backward"
    return eliminated(joint, terms, latent, remaining, ("chain", reason))


def eliminated(
    joint: LogJoint,
    terms: Terms,
    latent: Declared,
    remaining: tuple[Declared, ...],
    rule: tuple[str, str],
) -> Posterior:
    """The posterior of a discrete latent whose terms couple neighbors; the rule and its reason."""
    indicator = joint.scope.indicators.get(latent.variable)
    if indicator is None:
        raise Refusal(f"{latent.name} has no finite set of states")
    own = tuple(term for term in terms if depends(term.value, indicator))
    for other in remaining:
        if other is not latent and any(depends(term.value, other) for term in own):
            raise Refusal(f"the terms of {latent.name} still mention {other.name}")
    parts = [
        (found, replace(term, value=coefficient))
        for term in own
        for found, coefficient in by_states(term.value, (indicator,))
        if found
    ]
    if not any(len(found) == 2 for found, _ in parts):
        raise Refusal(f"no term couples two elements of {latent.name}")
    weights, contexts = _weights(joint.scope, parts, latent, indicator)
    local = Local(indicator, weights.plates[: len(latent.axes) - 1], contexts, own)
    return _posterior(joint.scope, local, latent, weights, rule)


def _weights(
    scope: Scope, parts: list[tuple[Chosen, Term]], latent: Declared, indicator: Indicator
) -> tuple[ChainWeights, tuple[Context, ...]]:
    """U and W, read off the terms, in the context of states that hold for the whole chain."""
    *plates, time = (fresh(axis) for axis in latent.variable.plates)
    state, before = fresh(indicator.axes[-1]), fresh(indicator.axes[-1])
    contexts: Contexts = {}
    unary, steps = [], []
    for found, term in parts:
        place: tuple[Read, ...] = (*plates, time, state)
        if len(found) == 1 and (after := _after(found[0])) is not None:
            # What a step says of the state before it alone, a sum over the states after, stays in
            # the step: the exponential of the one without the other has no bound.
            reads = (*found[0].indices[:-2], after, found[0].indices[-1])
            part = selected(term, reads, (*place[:-1], before))
            steps.append(replace(part, value=after_first(part.value)))
        elif len(found) == 1:
            unary.append(selected(term, found[0].indices, place))
        elif len(found) == 2 and neighbors(*found):
            first, second = found
            if not _is_earlier(first, first, second):
                first, second = second, first
            part = selected(term, second.indices, place)
            steps.append(_step(part, first, second, place, before))
        else:
            raise Refusal(f"a term couples more than two neighbors of {latent.name}")
    unary = in_contexts(unary, indicator, tuple(plates), contexts)
    steps = in_contexts(steps, indicator, tuple(plates), contexts)
    earlier = _earlier(scope, latent, (*plates, time))
    plates += [context.state for context in contexts.values()]
    weight = scope.named(f"log_weight_{latent.name}", tuple(unary), (*plates, time, state))
    step = scope.define(f"log_step_{latent.name}", tuple(steps), "posterior")
    weights = ChainWeights(weight, step, tuple(plates), time, state, before, earlier)
    return weights, tuple(contexts.values())


def _earlier(scope: Scope, latent: Declared, at: tuple[Index, ...]) -> Read:
    """The step before t, or the parent of t."""
    law = law_of(latent)
    if not isinstance(law, Tree):
        return shifted(at[-1], -1)
    parent = law.parent
    assert isinstance(parent, Given)
    places = dict(zip(latent.variable.plates, at, strict=True))
    return Lookup(scope.quantity(parent), tuple(places[axis] for axis in parent.plates))


def selected(term: Term, reads: tuple[Read, ...], at: tuple[Read, ...]) -> Term:
    """The term at the formal place."""
    chosen = select(term, reads, at)
    if chosen is None:
        raise Refusal("a term is never selected")
    return chosen


def _step(
    part: Term, first: Element, second: Element, place: tuple[Read, ...], before: Index
) -> Term:
    """The coefficient of a step, with the state before set, and one that is not the first."""
    moved = {i: j for i, j in zip(second.indices, place, strict=True) if isinstance(i, Index)}
    state = substitute(first.indices[-1], moved)
    chosen = select(part, (state,), (before,))
    assert chosen is not None
    return replace(chosen, value=after_first(chosen.value))


def _posterior(
    scope: Scope, local: Local, latent: Declared, weights: ChainWeights, rule: tuple[str, str]
) -> Posterior:
    name, w, indicator = latent.name, weights, scope.indicators[latent.variable]
    free = (*w.plates, w.time, w.state)

    def smoothed(part: str, word: str, indices: tuple[Index, ...]) -> Element:
        axes = tuple(index.axis for index in indices)
        sign = "real" if part == "log_normalizer" else "nonnegative"
        base = Smoothed(f"{word}_{name}", axes, sign, chain=w, part=part, indices=indices)
        return Element(base, indices)

    at_before = tuple(w.before if index == w.state else index for index in free)
    transition = scope.computed(
        f"transition_{name}", "map", (sympy.exp(w.step),), indices_of(w.step), sign="nonnegative"
    )
    return ChainPosterior(
        local,
        rule=rule[0],
        reason=rule[1],
        family="Categorical",
        natural={"log_weight": w.weight, "log_step": w.step},
        expectations={
            "responsibility": smoothed("state", "responsibility", free),
            "before": smoothed("before", "before", at_before),
            "after": smoothed("after", "after", free),
            "transition": transition,
        },
        log_normalizer=(Term(smoothed("log_normalizer", "log_normalizer", w.plates)),),
        indicator=indicator,
        weights=weights,
    )
