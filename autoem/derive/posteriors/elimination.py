"""Block elimination of a joint precision: see `joint_gaussian` for the formulas.

Everything that a stage computes is named: the precision and the shift as they are when x is
eliminated, its covariance given the others, the gains by which the others move its mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import sympy

from autoem.derive.index import Guard, Index, Read, substitute
from autoem.derive.posterior import Refusal
from autoem.derive.posteriors.precision import (
    Member,
    Quadratic,
    fresh_like,
    reads_of,
    settled_terms,
    split_diagonal,
    without,
)
from autoem.derive.quantity import Declared, Element, indices_of
from autoem.derive.scope import Scope
from autoem.derive.term import Term, Terms, free_indices, reindex


@dataclass(frozen=True)
class Link:
    """J[x, v] and the gain, named at x's place and v's entries; `reads` is the place of v there."""

    member: Member
    reads: tuple[Read, ...]
    coupling: Element
    gain: Element


@dataclass(frozen=True)
class Step:
    """What is known of one latent when it is eliminated."""

    member: Member
    precision: Element
    shift: Element
    spread: Element
    log_det: sympy.Expr
    links: tuple[Link, ...]


@dataclass
class Elimination:
    """The members in the order of elimination, and their moments."""

    members: list[Member] = field(default_factory=list)
    steps: dict[Declared, Step] = field(default_factory=dict)
    means: dict[Declared, Element] = field(default_factory=dict)
    covariances: dict[tuple[Declared, Declared], Element] = field(default_factory=dict)

    def covariance(
        self, u: Member, at_u: tuple[Read, ...], v: Member, at_v: tuple[Read, ...]
    ) -> sympy.Expr:
        """Cov[u, v] at places where they meet: v's batch is what u's place determines."""
        if (u.latent, v.latent) not in self.covariances:
            u, at_u, v, at_v = v, at_v, u, at_u
        if (u.latent, v.latent) not in self.covariances:
            raise Refusal(f"{u.name} and {v.name} meet where their precision has no entry")
        entries = at_v[len(v.batch) :]
        placed: dict[Index, Read] = dict(zip(u.own, at_u, strict=True))
        placed.update(zip(v.column, entries, strict=True))
        return reindex(self.covariances[u.latent, v.latent], placed)


def eliminated(scope: Scope, form: Quadratic) -> Elimination:
    """Forward through the members, then back for means and covariances."""
    found = Elimination()
    while form.members:
        one = _next(form)
        step = _stage(scope, form, one)
        found.members.append(one)
        found.steps[one.latent] = step
        _fill(form, step)
        form.members.remove(one)
    for one in reversed(found.members):
        _back(scope, found, found.steps[one.latent])
    return found


def _next(form: Quadratic) -> Member:
    """A member that determines its neighbors; where none does, they are taken together."""
    alone = [m for m in form.members if _is_alone(form, m)]
    for one in alone:
        if all(_reads(form, one, v) is not None for v in form.neighbors(one)):
            return one
    if alone:
        for other in form.neighbors(alone[0]):
            if _reads(form, alone[0], other) is None:
                _dense(form, other)
    else:
        _dense(form, form.members[0])
    return _next(form)


def _dense(form: Quadratic, one: Member) -> None:
    whole = form.take_together(one)
    if len(whole.row) != 1:
        raise Refusal(f"the elements of {one.name} couple, and they are no single vector")


def _is_alone(form: Quadratic, one: Member) -> bool:
    """Whether the elements of a member do not meet each other."""
    return _reads(form, one, one) is not None


def _reads(form: Quadratic, u: Member, v: Member) -> tuple[Read, ...] | None:
    return reads_of(form.block(u, v), u, v)


def _stage(scope: Scope, form: Quadratic, one: Member) -> Step:
    """The named quantities of one latent, with what the earlier ones have left to it."""
    name, terms = one.name, without(form.block(one, one), one.batch, one)
    on, off = split_diagonal(terms, one.row, one.column)
    if on and off:
        diagonal = scope.define(f"diagonal_{name}", on, "posterior")
        on = (Term(diagonal, (), tuple(map(Guard, one.row, one.column))),)
    elif on:
        on = tuple(replace(t, guards=(*t.guards, Guard(*one.row, *one.column))) for t in on)
    precision = scope.define(f"precision_{name}", (*on, *off), "posterior")
    shift = scope.named(f"shift_{name}", settled_terms(form.slopes[one.latent]), one.own)
    spread, log_det = _inverse(scope, one, precision)
    links = tuple(_link(scope, form, one, v, spread) for v in form.neighbors(one))
    return Step(one, precision, shift, spread, log_det, links)


def _inverse(scope: Scope, one: Member, precision: Element) -> tuple[Element, sympy.Expr]:
    """V and log det of its inverse."""
    pair, name = (*one.row, *one.column), one.name
    batch = tuple(i for i in indices_of(precision) if i not in pair)
    if not pair:
        variance = scope.computed(f"spread_{name}", "map", (1 / precision,), batch, sign="positive")
        return variance, sympy.log(precision)
    spread = scope.computed(f"spread_{name}", "inverse", (precision,), (*batch, *pair), pair)
    log_det = scope.computed(
        f"log_det_precision_{name}", "log_determinant", (precision,), batch, pair
    )
    return spread, log_det


def _link(scope: Scope, form: Quadratic, one: Member, v: Member, spread: Element) -> Link:
    reads = _reads(form, one, v)
    assert reads is not None
    terms = without(form.block(one, v), reads, v)
    order = (*one.own, *v.column)
    coupling = _named(scope, f"coupling_{one.name}_{v.name}", terms, order)
    inner = fresh_like(one.row)
    left = reindex(spread, dict(zip(one.column, inner, strict=True)))
    right = reindex(coupling, dict(zip(one.row, inner, strict=True)))
    gain = _named(scope, f"gain_{one.name}_{v.name}", (Term(-left * right, inner),), order)
    return Link(v, reads, coupling, gain)


def _named(scope: Scope, name: str, terms: Terms, order: tuple[Index, ...]) -> Element:
    """A named quantity over those indices that its terms mention, in this order."""
    free = free_indices(terms)
    return scope.named(name, terms, tuple(index for index in order if index in free))


def _fill(form: Quadratic, step: Step) -> None:
    """What the elimination of x leaves to the precision and the shift of its neighbors."""
    x = step.member
    for place, one in enumerate(step.links):
        batch, inner = fresh_like(x.batch), fresh_like(x.row)
        at_x = x.placed(batch, inner)
        bound = (*batch, *inner)
        own = dict(zip(one.member.column, one.member.row, strict=True))
        gain = reindex(one.gain, {**at_x, **own})
        change = Term(gain * reindex(step.shift, at_x), bound, _met(one, at_x, one.member.batch))
        slopes = form.slopes[one.member.latent]
        form.slopes[one.member.latent] = settled_terms((*slopes, change))
        coupling = reindex(one.coupling, {**at_x, **own})
        for other in step.links[place:]:
            value = coupling * reindex(other.gain, at_x)
            guards = (
                *_met(one, at_x, one.member.batch),
                *_met(other, at_x, other.member.twin),
            )
            form.add(one.member, other.member, settled_terms((Term(value, bound, guards),)))


def _met(link: Link, at_x: Mapping[Index, Read], batch: tuple[Index, ...]) -> tuple[Guard, ...]:
    """[the place that x determines = this one]."""
    return tuple(
        Guard(substitute(read, at_x), index) for read, index in zip(link.reads, batch, strict=True)
    )


def _back(scope: Scope, found: Elimination, step: Step) -> None:
    """Mean and covariances of x from those of its neighbors."""
    x, inner = step.member, fresh_like(step.member.row)
    left = reindex(step.spread, dict(zip(x.column, inner, strict=True)))
    right = reindex(step.shift, dict(zip(x.row, inner, strict=True)))
    parts = [Term(left * right, inner)]
    for link in step.links:
        v, entry = link.member, fresh_like(link.member.row)
        mean = reindex(found.means[v.latent], v.placed(link.reads, entry))
        gain = reindex(link.gain, v.crossed(entry))
        parts.append(Term(gain * mean, entry))
    found.means[x.latent] = scope.named(f"mean_{x.name}", tuple(parts), x.own)
    for link in step.links:
        terms = tuple(_shared(found, one, link) for one in step.links)
        name = f"covariance_{x.name}_{link.member.name}"
        key = (x.latent, link.member.latent)
        found.covariances[key] = _named(scope, name, terms, (*x.own, *link.member.column))
    found.covariances[x.latent, x.latent] = _own(scope, found, step)


def _shared(found: Elimination, one: Link, link: Link) -> Term:
    """gain[x, v] Cov[v, w] at the places that x determines."""
    entry = fresh_like(one.member.row)
    at_v, at_w = (*one.reads, *entry), (*link.reads, *link.member.column)
    covariance = found.covariance(one.member, at_v, link.member, at_w)
    return Term(reindex(one.gain, one.member.crossed(entry)) * covariance, entry)


def _own(scope: Scope, found: Elimination, step: Step) -> Element:
    """V + sum_v gain[x, v] Cov[v, x]."""
    x, name = step.member, f"covariance_{step.member.name}"
    if not step.links:
        return step.spread
    parts = [Term(step.spread)]
    for link in step.links:
        entry = fresh_like(link.member.row)
        turned = dict(zip(x.row, x.column, strict=True))
        back = reindex(
            found.covariances[x.latent, link.member.latent],
            {**turned, **link.member.crossed(entry)},
        )
        gain = reindex(link.gain, link.member.crossed(entry))
        parts.append(Term(gain * back, entry))
    return scope.define(name, tuple(parts), "posterior")
