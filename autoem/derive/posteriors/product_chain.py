"""product_chain: several discrete chains that meet at the same steps, taken as one.

The joint state s_t = (z_t, w_t, ...) is a chain of its own: with

    log joint = sum_t  U[t, s] [s_t = s]  +  sum_(t > 0)  W[r, s] [s_(t-1) = r] [s_t = s]

read off as in *chain*, the recursion runs over all joint states, and the expectations of one chain
or of some are sums over the states of the others.  The cost is the square of the number of joint
states, so that this is for few.  Source: Ghahramani and Jordan (1997), Machine Learning 29, 245.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import sympy

from autoem.derive.calculus import depends
from autoem.derive.index import Index, Read, Shift, fresh, shifted
from autoem.derive.log_joint import LogJoint
from autoem.derive.posterior import Chosen, Local, Posterior, Refusal, by_states
from autoem.derive.posteriors.chain import selected
from autoem.derive.posteriors.enumerate import MOST_STATES
from autoem.derive.quantity import (
    Declared,
    Defined,
    Element,
    Indicator,
    after_first,
    elements,
    indices_of,
)
from autoem.derive.scope import Scope
from autoem.derive.smoothed import ChainWeights, Smoothed
from autoem.derive.term import Term, Terms, reindex


@dataclass(frozen=True)
class ProductChainPosterior(Posterior):
    """One of several chains with a joint posterior; `joint` are the parts of the recursion."""

    indicators: tuple[Indicator, ...]
    weights: ChainWeights
    joint: dict[str, Element]
    marginals: tuple[Element, ...]

    @property
    def together(self) -> tuple[Posterior, ...]:
        """The posteriors of all the chains; the first leaves what all do."""
        found = [self]
        for indicator, marginal in zip(self.indicators[1:], self.marginals[1:], strict=True):
            local = replace(self.local, latent=indicator)
            told = {"responsibility": marginal}
            found.append(replace(self, local=local, expectations=told, log_normalizer=()))
        return tuple(found)

    def expect(self, term: Term, scope: Scope) -> Terms:
        """The indicators of a step become the joint responsibility of their states."""
        return tuple(
            self._expected(replace(term, value=coefficient), chosen)
            for chosen, coefficient in by_states(term.value, self.indicators)
        )

    def _expected(self, term: Term, chosen: Chosen) -> Term:
        if not chosen:
            return term
        times = _times(chosen)
        if len(times) == 1 and len(chosen) == 1:
            (element,) = chosen
            number = self.indicators.index(element.base)
            marginal = self.marginals[number]
            free = (*self.weights.plates, self.weights.time, self.weights.states[number])
            placed = dict(zip(free, element.indices, strict=True))
            return replace(term, value=term.value * reindex(marginal, placed))
        w = self.weights
        moved: dict[Index, Read] = dict(zip(w.plates, chosen[0].indices[:-2], strict=True))
        moved[w.time] = times[-1]
        known: dict[Index, Read] = {}
        for element in chosen:
            number = self.indicators.index(element.base)
            formal = w.states if element.indices[-2] == times[-1] else w.befores
            known[formal[number]] = element.indices[-1]
        free = w.states if len(times) == 1 else (*w.befores, *w.states)
        summed = {index: fresh(index.axis) for index in free if index not in known}
        moved |= known | summed
        names = ("responsibility",) if len(times) == 1 else ("before", "transition", "after")
        value = sympy.Mul(*(reindex(self.joint[name], moved) for name in names))
        if len(times) == 2:
            # The factor before a step is zero at the first one: to say so twice costs a product.
            term = replace(term, value=after_first(term.value))
        bound = (*term.bound, *summed.values())
        return replace(term, value=term.value * value, bound=bound)


def product_chain(
    joint: LogJoint, terms: Terms, latent: Declared, remaining: tuple[Declared, ...]
) -> Posterior:
    """Eliminate the chains that meet this one, all at once."""
    members = _members(joint, terms, latent, remaining)
    indicators = tuple(joint.scope.indicators[q.variable] for q in members)
    own = tuple(t for t in terms if any(depends(t.value, each) for each in indicators))
    for other in remaining:
        if other not in members and any(depends(term.value, other) for term in own):
            raise Refusal(f"the terms of {latent.name} still mention {other.name}")
    states = math.prod(indicator.axes[-1].size or 1 for indicator in indicators)
    if states**2 > MOST_STATES:
        raise Refusal(
            f"{_names(members)} have {states:,} states together, and a step {states**2:,}, more "
            f"than {MOST_STATES:,}; posterior=mean_field() keeps them apart"
        )
    weights = _weights(joint.scope, own, members, indicators)
    return _posterior(joint.scope, own, members, indicators, weights)


def _names(members: tuple[Declared, ...]) -> str:
    return " and ".join(q.name for q in members)


def _members(
    joint: LogJoint, terms: Terms, latent: Declared, remaining: tuple[Declared, ...]
) -> tuple[Declared, ...]:
    """The chains over the same steps that share terms with this one, through others too."""
    indicators = joint.scope.indicators

    def is_chain(q: Declared) -> bool:
        found = indicators.get(q.variable)
        own = [[e for e in elements(t.value) if e.base is found] for t in terms]
        return found is not None and any(len(_times(tuple(each))) > 1 for each in own)

    chains = [q for q in remaining if q.variable.plates == latent.variable.plates and is_chain(q)]
    if latent not in chains:
        raise Refusal(f"no term couples two steps of {latent.name}")
    found, more = [latent], True
    while more:
        near = [t for t in terms if any(depends(t.value, indicators[q.variable]) for q in found)]
        joined = [
            q for q in chains
            if q not in found and any(depends(t.value, indicators[q.variable]) for t in near)
        ]  # fmt: skip
        found, more = [*found, *joined], bool(joined)
    if len(found) == 1:
        raise Refusal(f"no other chain meets {latent.name}")
    return tuple(q for q in chains if q in found)


def _times(chosen: Chosen) -> list[Read]:
    """The steps at which indicators are read, the earlier first."""
    reads = list(dict.fromkeys(element.indices[-2] for element in chosen))
    return sorted(reads, key=lambda read: not isinstance(read, Shift))


def _weights(
    scope: Scope, own: Terms, members: tuple[Declared, ...], indicators: tuple[Indicator, ...]
) -> ChainWeights:
    """U and W, read off the terms."""
    *plates, time = (fresh(axis) for axis in members[0].variable.plates)
    states = tuple(fresh(indicator.axes[-1]) for indicator in indicators)
    befores = tuple(fresh(indicator.axes[-1]) for indicator in indicators)
    unary, steps = [], []
    for term in own:
        for chosen, coefficient in by_states(term.value, indicators):
            if not chosen:
                continue
            times = _times(chosen)
            _check_neighbors(chosen, times, coefficient)
            reads, target = list(chosen[0].indices[:-2]), list[Read](plates)
            reads, target = [*reads, times[-1]], [*target, time]
            for element in chosen:
                later = element.indices[-2] == times[-1]
                number = indicators.index(element.base)
                reads.append(element.indices[-1])
                target.append((states if later else befores)[number])
            part = selected(replace(term, value=coefficient), tuple(reads), tuple(target))
            if len(times) == 1:
                unary.append(part)
            else:
                steps.append(replace(part, value=after_first(part.value)))
    name = "_".join(q.name for q in members)
    weight = scope.named(f"log_weight_{name}", tuple(unary), (*plates, time, *states))
    step = scope.define(f"log_step_{name}", tuple(steps), "posterior")
    more = tuple(zip(states[1:], befores[1:], strict=True))
    earlier = shifted(time, -1)
    return ChainWeights(weight, step, tuple(plates), time, states[0], befores[0], earlier, more)


def _check_neighbors(chosen: Chosen, times: list[Read], coefficient: sympy.Expr) -> None:
    """One place, or a step and the one before it, and no other discrete latent."""
    first = chosen[0].indices[:-2]
    apart = any(element.indices[:-2] != first for element in chosen)
    steps = len(times) == 2 and isinstance(times[0], Shift) and times[0] == shifted(times[1], -1)
    if apart or not (len(times) == 1 or steps):
        raise Refusal("a term couples steps that are no neighbors")
    if any(isinstance(e.base, Indicator) for e in elements(coefficient)):
        raise Refusal("a step depends on another discrete latent")


def _posterior(
    scope: Scope,
    own: Terms,
    members: tuple[Declared, ...],
    indicators: tuple[Indicator, ...],
    w: ChainWeights,
) -> Posterior:
    name = "_".join(q.name for q in members)
    free = (*w.plates, w.time, *w.states)

    def smoothed(part: str, word: str, indices: tuple[Index, ...]) -> Element:
        axes = tuple(index.axis for index in indices)
        sign = "real" if part == "log_normalizer" else "nonnegative"
        return Element(
            Smoothed(f"{word}_{name}", axes, sign, chain=w, part=part, indices=indices), indices
        )

    joint = {
        "responsibility": smoothed("state", "responsibility", free),
        "before": smoothed("before", "before", (*w.plates, w.time, *w.befores)),
        "after": smoothed("after", "after", free),
        "transition": scope.computed(
            f"transition_{name}", "map", (sympy.exp(w.step),), indices_of(w.step),
            sign="nonnegative",
        ),
    }  # fmt: skip
    marginals = tuple(
        _marginal(q, s, joint["responsibility"], w) for q, s in zip(members, w.states, strict=True)
    )
    return ProductChainPosterior(
        Local(indicators[0], w.plates, (), own),
        rule="product_chain",
        reason=f"{_names(members)} are chains that meet: forward-backward over joint states",
        family="Categorical",
        natural={"log_weight": w.weight, "log_step": w.step},
        expectations={
            **joint,
            "joint": joint["responsibility"],
            "responsibility": marginals[0],
        },
        log_normalizer=(Term(smoothed("log_normalizer", "log_normalizer", w.plates)),),
        indicators=indicators,
        weights=w,
        joint=joint,
        marginals=marginals,
    )


def _marginal(latent: Declared, state: Index, joint: Element, w: ChainWeights) -> Element:
    """The responsibility of the states of one chain."""
    others = tuple(index for index in w.states if index != state)
    free = (*w.plates, w.time, state)
    moved = {index: fresh(index.axis) for index in others}
    base = Defined(
        f"responsibility_{latent.name}", tuple(index.axis for index in free), "nonnegative",
        indices=free, definition=(Term(reindex(joint, moved), tuple(moved.values())),),
        phase="posterior",
    )  # fmt: skip
    return Element(base, free)
