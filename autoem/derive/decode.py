"""decode: the most probable states, by the elimination of the E-step in the max-product semiring.

Each discrete latent is eliminated where the E-step eliminates it, with the largest of its log
weights in the place of their log-sum-exp,

    best[n] = max_k log_weight[n, k],        choice[n] = argmax_k log_weight[n, k],

so that the weights of a latent hold the best of all that were eliminated before it.  From the last
latent back to the first, each then takes its choice at the states that are known by now.  Latents
that are not discrete are integrated out before.  Source: Viterbi (1967), IEEE Transactions on
Information Theory 13, 260; Dawid (1992), Statistics and Computing 2, 25.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import sympy

from autoem.derive.best import Best, BestPath
from autoem.derive.calculus import substituted
from autoem.derive.e_step import EStep
from autoem.derive.index import Index, Lookup, Read, substitute
from autoem.derive.posterior import Posterior
from autoem.derive.posteriors.chain import ChainPosterior
from autoem.derive.posteriors.enumerate import StatePosterior
from autoem.derive.posteriors.product_chain import ProductChainPosterior
from autoem.derive.quantity import Declared, Defined, Element, Indicator, Quantity, elements
from autoem.derive.smoothed import ChainWeights
from autoem.derive.term import Terms


@dataclass(frozen=True, eq=False)
class States(Quantity):
    """The states of one latent over its plates: a `choice`, read at the states of others."""

    latent: Declared = field(kw_only=True)
    choice: Element = field(kw_only=True)
    indices: tuple[Index, ...] = field(kw_only=True)


Values = dict[Quantity, Quantity | sympy.Expr]
"""A log-normalizer to the best that stands for it."""


@dataclass(frozen=True)
class Maximal:
    """What maximizing over one latent leaves: its best value, and its choice over plates and
    context."""

    posterior: Posterior
    latent: Declared
    value: Element
    choice: Element


def decode(step: EStep) -> tuple[States, ...]:
    """The states of every discrete latent; none where a sum would follow a maximum."""
    values: Values = {}
    found: list[Maximal] = []
    for posterior in step.posteriors:
        maximal = _maximal(posterior, values)
        if maximal is not None:
            values |= {base: maximal.value.base for base in _normalizers(posterior)}
            found.append(maximal)
        elif any(base in values for base in _read(posterior.local.terms)):
            return ()
    states: dict[Quantity, States] = {}
    for maximal in reversed(found):
        states[maximal.posterior.local.latent] = _states(maximal, states)
    return tuple(reversed(states.values()))


def _normalizers(posterior: Posterior) -> list[Quantity]:
    """The log-normalizer that it leaves; of several that are found at once, the first does."""
    return _read(posterior.log_normalizer)


def _read(terms: Terms) -> list[Quantity]:
    return [element.base for term in terms for element in elements(term.value)]


def _maximal(posterior: Posterior, values: Values) -> Maximal | None:
    """The maximum over the states of a latent that has finitely many."""
    if isinstance(posterior, ChainPosterior):
        return _of_chains(posterior, posterior.weights, (posterior.indicator,), values)
    if isinstance(posterior, ProductChainPosterior):
        return _of_chains(posterior, posterior.weights, posterior.indicators, values)
    if isinstance(posterior, StatePosterior):
        return _of_states(posterior, _moved(posterior.natural["log_weight"], values))
    return None


def _of_states(posterior: StatePosterior, operand: Element) -> Maximal:
    latent, free = posterior.indicator.latent, _plain(operand.indices[:-1])
    axes = tuple(index.axis for index in free)

    def best(part: str) -> Element:
        name, over = f"{part}_{latent.name}", posterior.state
        return Element(Best(name, axes, operand=operand, over=over, part=part, indices=free), free)

    return Maximal(posterior, latent, best("best"), best("choice"))


def _of_chains(
    posterior: Posterior, w: ChainWeights, members: tuple[Indicator, ...], values: Values
) -> Maximal:
    """The best path of a chain, or of chains that are taken together."""
    chain = replace(w, weight=_moved(w.weight, values), step=_moved(w.step, values))
    names = tuple(indicator.latent.name for indicator in members)
    (position,) = (i for i, each in enumerate(members) if each is posterior.local.latent)

    def best(part: str, free: tuple[Index, ...]) -> Element:
        base = BestPath(
            f"{part}_{names[position]}", tuple(index.axis for index in free), chain=chain,
            part=part, indices=free, latents=names, position=position,
        )  # fmt: skip
        return Element(base, free)

    steps, latent = (*chain.plates, chain.time), members[position].latent
    return Maximal(posterior, latent, best("best", chain.plates), best("choice", steps))


def _plain(indices: tuple[Read, ...]) -> tuple[Index, ...]:
    return tuple(index for index in indices if isinstance(index, Index))


def _moved(weight: Element, values: Values) -> Element:
    """The log weights with the best of those before in the place of their log-normalizers."""
    base = weight.base
    assert isinstance(base, Defined)
    definition = substituted(base.definition, values)
    if definition == base.definition:
        return weight
    moved = Defined(
        base.name, base.axes, base.sign, indices=base.indices, definition=definition,
        phase=base.phase,
    )  # fmt: skip
    return Element(moved, weight.indices)


def _states(maximal: Maximal, known: Mapping[Quantity, States]) -> States:
    """The choice at the states of the context, which are known."""
    moved: dict[Index, Read] = {
        context.state: Lookup(known[context.indicator], context.reads)
        for context in maximal.posterior.local.contexts
    }
    choice, latent = maximal.choice, maximal.latent
    at = tuple(substitute(read, moved) for read in choice.indices)
    plates = tuple(index for index in _plain(choice.indices) if index not in moved)
    axes = tuple(index.axis for index in plates)
    read = Element(choice.base, at)
    return States(f"path_{latent.name}", axes, latent=latent, choice=read, indices=plates)
