"""The joint precision of several Gaussian latents, block by block, and what its zeros tell.

    J[u, v] = -d2/du dv,    h[u] = d/du at zero        of the log joint, quadratic in all of them.

A block J[u, v] is read as terms with the indices of both free.  Where every term has the guard
[read = index of v] with a read that the place of u determines, as [school[c] = s] has for a class c
in a school s, each element of u meets one element of v: v is *determined* by u, and the block is as
long as u.  Else the elements of v are taken together, as the entries of one vector.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import sympy

from autoem.derive.calculus import depends, derivative
from autoem.derive.index import Guard, Index, Lookup, Read, Shift, fresh, indices_in, reread
from autoem.derive.posterior import Refusal, replaced
from autoem.derive.quantity import Declared, Element, Indicator, elements
from autoem.derive.scope import Scope
from autoem.derive.term import Term, Terms, at, merged, settled

ZERO = sympy.Integer(0)


@dataclass(frozen=True)
class Member:
    """One latent of the set, with indices of its own as a row and as a column of the precision.

    Over its `batch` the elements do not meet each other; its entries are those of its event, or,
    where its elements are taken together, all of them.
    """

    latent: Declared
    batch: tuple[Index, ...]
    row: tuple[Index, ...]
    twin: tuple[Index, ...]
    column: tuple[Index, ...]

    @property
    def name(self) -> str:
        return self.latent.name

    @property
    def own(self) -> tuple[Index, ...]:
        """The indices of an element, as a row."""
        return (*self.batch, *self.row)

    @property
    def other(self) -> tuple[Index, ...]:
        """The indices of an element, as a column."""
        return (*self.twin, *self.column)

    def placed(self, batch: tuple[Read, ...], entry: tuple[Read, ...]) -> dict[Index, Read]:
        """The row of the member put at a place."""
        return dict(zip(self.own, (*batch, *entry), strict=True))

    def crossed(self, entry: tuple[Read, ...]) -> dict[Index, Read]:
        """The entries of the column put at a place."""
        return dict(zip(self.column, entry, strict=True))


def member(latent: Declared) -> Member:
    """The latent with its plates as a batch."""
    plates, event = latent.variable.plates, latent.variable.event
    batch, row, twin, column = (
        tuple(fresh(axis) for axis in axes) for axes in (plates, event, plates, event)
    )
    return Member(latent, batch, row, twin, column)


def fresh_like(indices: Sequence[Index]) -> tuple[Index, ...]:
    """New indices over the same axes."""
    return tuple(fresh(index.axis) for index in indices)


def together(one: Member) -> Member:
    """The elements of the latent as the entries of one vector."""
    return Member(one.latent, (), one.own, (), one.other)


@dataclass
class Quadratic:
    """The blocks of J, one for each pair in the order of `members`, and of h."""

    members: list[Member]
    blocks: dict[tuple[Declared, Declared], Terms]
    slopes: dict[Declared, Terms] = field(default_factory=dict)

    def block(self, u: Member, v: Member) -> Terms:
        """J[u, v], with the row of u and the column of v free."""
        if (u.latent, v.latent) in self.blocks:
            return self.blocks[u.latent, v.latent]
        turned = dict(zip((*v.own, *u.other), (*v.other, *u.own), strict=True))
        return moved(self.blocks.get((v.latent, u.latent), ()), turned)

    def add(self, u: Member, v: Member, terms: Terms) -> None:
        """Terms added to J[u, v]."""
        key = (u.latent, v.latent)
        self.blocks[key] = merged((*self.blocks.get(key, ()), *terms))

    def neighbors(self, one: Member) -> list[Member]:
        """The other members that it meets."""
        return [v for v in self.members if v is not one and self.block(one, v)]

    def take_together(self, one: Member) -> Member:
        """The member as one vector, from here on."""
        whole = together(one)
        self.members[self.members.index(one)] = whole
        return whole


def quadratic(scope: Scope, own: Terms, latents: list[Declared]) -> Quadratic:
    """Every block, read off the terms; Refusal where they are not quadratic in the latents."""
    found = Quadratic([member(latent) for latent in latents], {})
    for place, u in enumerate(found.members):
        first = derivative(own, u.latent, u.own)
        for v in found.members[place:]:
            second = derivative(first, v.latent, v.other)
            if any(depends(t.value, w) for t in second for w in latents):
                raise Refusal(f"the log joint is not quadratic in {u.name} and {v.name}")
            found.add(u, v, settled_terms(replace(t, value=-t.value) for t in second))
        found.slopes[u.latent] = settled_terms(_at_zero(first, latents, scope))
    _check_alone(found)
    return found


def _check_alone(found: Quadratic) -> None:
    """No discrete latent selects a term, and no step of a chain meets the one before."""
    for term in (t for ts in (*found.blocks.values(), *found.slopes.values()) for t in ts):
        for element in elements(term.value):
            if isinstance(element.base, Indicator):
                raise Refusal(f"their precision switches with {element.base.latent.name}")
            if any(isinstance(read, Shift) for read in element.indices):
                raise Refusal("they meet along the steps of a chain")
        if any(isinstance(read, Shift) for g in term.guards for read in (g.left, g.right)):
            raise Refusal("they meet along the steps of a chain")


def _at_zero(terms: Terms, latents: list[Declared], scope: Scope) -> Terms:
    for latent in latents:
        terms = tuple(
            replace(t, value=replaced(t.value, latent, lambda _: ZERO, scope)) for t in terms
        )
    return tuple(term for term in terms if term.value != 0)


def moved(terms: Terms, replacement: Mapping[Index, Read]) -> Terms:
    """The terms at other indices."""
    found = (at(term, replacement) for term in terms)
    return tuple(term for term in found if term is not None)


def settled_terms(terms: Iterable[Term]) -> Terms:
    """Guards carried out where they can be, and told to each other."""
    found = (settled(term) for term in terms)
    return merged(_told(term) for term in found if term is not None)


def _told(term: Term) -> Term:
    """Where [class[i] = c] holds, school[class[i]] is school[c], in other guards too."""
    for guard in term.guards:
        looked, index = guard.left, guard.right
        if not isinstance(looked, Lookup) or not isinstance(index, Index) or index in term.bound:
            continue
        rest = [g for g in term.guards if g is not guard]
        others = [
            Guard(reread(g.left, looked, index), reread(g.right, looked, index)) for g in rest
        ]
        value = _value_told(term.value, looked, index)
        if others != rest or value != term.value:
            kept = dict.fromkeys((guard, *(g for g in others if g.left != g.right)))
            return _told(replace(term, value=value, guards=tuple(kept)))
    return term


def _value_told(value: sympy.Expr, looked: Lookup, index: Index) -> sympy.Expr:
    told = {
        element: Element(element.base, tuple(reread(r, looked, index) for r in element.indices))
        for element in elements(value)
    }
    return value.xreplace({old: new for old, new in told.items() if old != new})


def reads_of(terms: Terms, u: Member, v: Member) -> tuple[Read, ...] | None:
    """The place of v that the place of u determines, if every term says the same."""
    found = []
    for index in v.twin:
        reads = [_read_of(term, index, u) for term in terms]
        if None in reads or len(dict.fromkeys(reads)) != 1:
            return None
        found.append(reads[0])
    return tuple(read for read in found if read is not None)


def _read_of(term: Term, index: Index, u: Member) -> Read | None:
    for guard in term.guards:
        for one, other in ((guard.left, guard.right), (guard.right, guard.left)):
            if other == index and all(i in u.batch for i in indices_in(one)):
                return one
    return None


def without(terms: Terms, reads: tuple[Read, ...], v: Member) -> Terms:
    """The terms at the determined place of v, without the guards that say so."""
    placed = dict(zip(v.twin, reads, strict=True))
    return merged(settled_terms(moved(terms, placed)))


def split_diagonal(terms: Terms, row: tuple[Index, ...], column: tuple[Index, ...]) -> list[Terms]:
    """The terms on the diagonal, at the row and without the guard, and the others."""
    if not row:
        return [(), terms]
    (i,), (j,) = row, column
    on = [t for t in terms if Guard(i, j) in t.guards or Guard(j, i) in t.guards]
    return [moved(tuple(on), {j: i}), tuple(t for t in terms if t not in on)]
