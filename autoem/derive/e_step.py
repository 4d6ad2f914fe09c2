"""The E-step: each latent eliminated in turn by the first rule that matches.

Continuous latents go first, given the states of the discrete ones that their own element
determines; each leaves its log-normalizer as a factor on those states.  When all are gone, what is
left is the log-likelihood.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import partial

from autoem.derive.approximations import (
    Approximation,
    Gibbs,
    Laplace,
    MeanField,
    monte_carlo,
    quadrature,
)
from autoem.derive.calculus import depends
from autoem.derive.handed import Factor
from autoem.derive.log_joint import LogJoint
from autoem.derive.places import places
from autoem.derive.posterior import Posterior, Refusal
from autoem.derive.posteriors import CONDITIONED, RULES, Rule
from autoem.derive.posteriors.enumerate import StatePosterior
from autoem.derive.posteriors.gaussian import gaussian
from autoem.derive.posteriors.nodes import NodesPosterior
from autoem.derive.posteriors.product_chain import ProductChainPosterior
from autoem.derive.posteriors.truncated import is_bound
from autoem.derive.quantity import Declared
from autoem.derive.refused import refused
from autoem.derive.term import Terms
from autoem.derive.whole import Taken, check_unseen, whole
from autoem.errors import NoExactPosterior
from autoem.graph.blocks import latent_blocks


@dataclass(frozen=True)
class EStep:
    """Posteriors in the order of elimination, and the log-likelihood as a sum of terms.

    `assume` is the approximation that some of them needed; the evidence is then its objective.
    `factors` are those of a mean field, which hand means on to the next E-step.
    """

    posteriors: tuple[Posterior, ...]
    evidence: Terms
    assume: Approximation | None = None
    factors: tuple[Factor, ...] = ()


def check_e_step(joint: LogJoint, step: EStep) -> None:
    """No latent is left in the log-likelihood."""
    for quantity in (*joint.scope.declared.values(), *joint.scope.indicators.values()):
        latent = quantity in joint.scope.indicators.values() or _is_latent(joint, quantity)
        if latent and any(depends(term.value, quantity) for term in step.evidence):
            raise AssertionError(f"{quantity.name} is left in the log-likelihood")


def _is_latent(joint: LogJoint, quantity: object) -> bool:
    return any(
        quantity is joint.scope.declared.get(latent)
        for block in latent_blocks(joint.graph)
        for latent in block
    )


def e_step(joint: LogJoint, assume: Approximation | None = None) -> EStep:
    """The posterior of every latent, block by block; approximate where `assume` says how, and only
    where no exact rule applies."""
    terms, posteriors, factors = joint.terms, list[Posterior](), list[Factor]()
    for pending in blocks(joint):
        terms, found, own = _taken(joint, terms, pending, assume)
        factors += own
        posteriors += found
    needed = assume is not None and (factors or any(q.rule == assume.name for q in posteriors))
    return EStep(tuple(posteriors), terms, assume if needed else None, factors=tuple(factors))


def _taken(
    joint: LogJoint, terms: Terms, block: list[Declared], assume: Approximation | None
) -> Taken:
    """A block exactly, where it can be; by a mean field where one is asked for by name; by it or by
    draws where the exact rules refuse, or keep a table of states that are joint."""
    split = partial(_whole, joint, terms, block)
    if not isinstance(assume, MeanField | Gibbs):
        try:
            left, found = _eliminated(joint, terms, block, assume)
            return left, found, handed_on(found)
        except NoExactPosterior as refusal:
            if isinstance(assume, Laplace):
                return split(assume, refusal)
            raise _advised(joint, terms, block, refusal) from None
    kept = assume.kept if isinstance(assume, MeanField) else ()
    if len(block) > 1 and any(q.name in kept for q in block):
        return split(assume)
    try:
        left, found = _eliminated(joint, terms, block, None)
    except NoExactPosterior as refusal:
        return split(assume, refusal)
    if not any(has_joint_states(posterior) for posterior in found):
        return left, found, ()
    try:
        return split(assume)
    except NoExactPosterior:
        return left, found, ()


def _whole(
    joint: LogJoint,
    terms: Terms,
    block: list[Declared],
    assume: Approximation,
    refusal: NoExactPosterior | None = None,
) -> Taken:
    """A block as a whole, by an approximation that asks the exact rules for its parts."""

    def exact(found: Terms, chosen: list[Declared]) -> tuple[Terms, list[Posterior]]:
        return _eliminated(joint, found, chosen, None)

    return whole(joint, terms, block, assume, exact, refusal)


def handed_on(found: list[Posterior]) -> tuple[Factor, ...]:
    """What the nodes of vectors hand on: their modes."""
    nodes = (q for q in found if isinstance(q, NodesPosterior) and q.held)
    return tuple(Factor((q,), q.held) for q in nodes)


def has_joint_states(posterior: Posterior) -> bool:
    """Whether a posterior is a table over the states of several latents."""
    if isinstance(posterior, StatePosterior):
        return bool(posterior.local.contexts)
    return isinstance(posterior, ProductChainPosterior)


def _advised(
    joint: LogJoint, terms: Terms, block: list[Declared], refusal: NoExactPosterior
) -> NoExactPosterior:
    """The refusal, with those approximations as advice that would serve."""
    advice = list(refusal.advice)
    for words, choice in SERVING.items():
        with suppress(NoExactPosterior):
            _whole(joint, terms, block, choice, refusal)
            advice.append(f"choose: derive(Model, posterior={words})")
    return NoExactPosterior(**{**refusal.fields, "advice": tuple(advice)})


SERVING: dict[str, Approximation] = {
    "mean_field()": MeanField(),
    "laplace()": Laplace(),
    'monte_carlo(kernel="gibbs")': monte_carlo(kernel="gibbs"),
}
"""What may serve for a block that is refused, in the words of a user."""


def _eliminated(
    joint: LogJoint, terms: Terms, block: list[Declared], assume: Approximation | None
) -> tuple[Terms, list[Posterior]]:
    """The terms without the latents of a block, and the posteriors of these."""
    posteriors, pending = [], list(block)
    while pending:
        for posterior, latent in _next(joint, terms, pending, assume):
            pending.remove(latent)
            posteriors.append(posterior)
            eliminated = posterior.local.latent
            rest = tuple(term for term in terms if not depends(term.value, eliminated))
            terms = (*rest, *posterior.remainder())
    return terms, posteriors


def blocks(joint: LogJoint) -> list[list[Declared]]:
    """The coupled latents, with the observed variables whose missing cells are latents."""
    incomplete = tuple(q.variable for q in joint.incomplete)
    return [[joint.scope.quantity(v) for v in b] for b in latent_blocks(joint.graph, incomplete)]


def _rules(joint: LogJoint, terms: Terms, latent: Declared) -> tuple[Rule, ...]:
    """The rules for a latent: one that is conditioned on more than terms has a rule of its own, and
    *gaussian* alone knows of numbers that are seen in part."""
    conditions = (
        any(is_bound(term, latent) for term in terms),
        any(each.latent is latent for each in joint.totals),
        any(each.latent is latent for each in joint.constraints),
        latent in joint.incomplete and latent.support == "cells",
    )
    own = tuple(rule for rule, holds in zip(CONDITIONED, conditions, strict=True) if holds)
    if latent in joint.incomplete and latent.variable not in joint.scope.indicators:
        own = (*own, gaussian)
    return own[:1] or RULES


class Refusals(Refusal):
    """Every rule refused: latent, rule and reason of each."""

    def __init__(self, reasons: tuple[tuple[str, str, str], ...]) -> None:
        Refusal.__init__(self, "every rule refused")
        self.reasons = reasons


def _members(
    found: Posterior, latent: Declared, pending: list[Declared]
) -> list[tuple[Posterior, Declared]]:
    """The posterior with those that are one with it, each with its latent."""
    if len(found.together) == 1:
        return [(found, latent)]
    members = {q.name: q for q in pending}
    names = [each.name for each in found.together]
    return [(each, members[name]) for each, name in zip(found.together, names, strict=True)]


def _next(
    joint: LogJoint, terms: Terms, pending: list[Declared], assume: Approximation | None
) -> list[tuple[Posterior, Declared]]:
    """The first latent that some rule eliminates: continuous and finely indexed ones first, those
    of finitely many states along a junction tree; with it those whose posterior is one with its
    own."""
    refusals: list[tuple[str, str, str]] = []
    indicators = joint.scope.indicators
    place = places(joint, terms, pending)
    order = sorted(
        pending, key=lambda q: (q.variable in indicators, -len(q.variable.plates), place[q])
    )

    def exact(terms: Terms, latent: Declared) -> Posterior:
        reasons = []
        for rule in _rules(joint, terms, latent):
            try:
                return rule(joint, terms, latent, tuple(pending))
            except Refusal as refusal:
                reasons.append((latent.name, rule.__name__, str(refusal)))
        raise Refusals(tuple(reasons))

    for latent in order:
        try:
            return _members(exact(terms, latent), latent, pending)
        except Refusals as found:
            refusals += found.reasons
    for latent in order if assume is not None else ():
        assert assume is not None
        try:
            check_unseen((latent,))
            return [(assume.eliminate(joint, terms, latent, tuple(pending)), latent)]
        except Refusal as refusal:
            refusals.append((latent.name, assume.name, str(refusal)))

    def by_nodes(terms: Terms, latent: Declared) -> Posterior:
        check_unseen((latent,))
        return quadrature().eliminate(joint, terms, latent, tuple(pending))

    raise refused(terms, pending, refusals, exact, by_nodes)
