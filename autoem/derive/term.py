"""Terms: the one sum that everything else reads.

A term is a product summed over its bound indices where its guards hold,

    sum over n, k of  [z_n = k] * (-1/2) * (x_n - mean_k)**2 / variance_k .

Sums are Einstein sums: every bound index is unique, so that the square of a sum over q has a q and
another q.  To select the part of a sum at an index j sets a bound index to j; anything else that
stands there, a lookup group[i] or an integer, becomes the guard [group[i] = j].
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import sympy

from autoem.derive.index import (
    Guard,
    Index,
    Lookup,
    Read,
    Shift,
    fresh,
    indices_in,
    reread,
    shifted,
    step_of,
    substitute,
)
from autoem.derive.quantity import Defined, Delta, Element, elements, indices_of


@dataclass(frozen=True)
class Term:
    """`value` summed over `bound` where the `guards` hold; `factor` names its origin."""

    value: sympy.Expr
    bound: tuple[Index, ...] = ()
    guards: tuple[Guard, ...] = ()
    factor: str = ""


Terms = tuple[Term, ...]


def check_term(term: Term) -> None:
    """Bound indices are unique, and a guard is never trivially false."""
    if len(dict.fromkeys(term.bound)) != len(term.bound):
        raise AssertionError(f"an index is bound twice in {term}")
    for guard in term.guards:
        if isinstance(guard.left, int) and isinstance(guard.right, int):
            raise AssertionError(f"the guard {guard} should have been decided")


def free_indices(terms: Iterable[Term]) -> tuple[Index, ...]:
    """The indices that terms mention and do not sum over, in order."""
    found: dict[Index, None] = {}
    for term in terms:
        mentioned = list(indices_of(term.value))
        for guard in term.guards:
            mentioned += [*indices_in(guard.left), *indices_in(guard.right)]
        found.update(dict.fromkeys(i for i in mentioned if i not in term.bound))
    return tuple(found)


def reindex(expression: sympy.Expr, replacement: Mapping[Index, Read]) -> sympy.Expr:
    """The expression with indices replaced in every element."""
    moved = {}
    for element in elements(expression):
        indices = tuple(substitute(read, replacement) for read in element.indices)
        if indices != element.indices:
            moved[element] = Element(element.base, indices)
    return expression.xreplace(moved) if moved else expression


def at(term: Term, replacement: Mapping[Index, Read]) -> Term | None:
    """The term with indices replaced (a bound one is then no longer summed); None where a guard
    has become false."""
    if not replacement:
        return term
    guards: dict[Guard, None] = {}
    for guard in term.guards:
        left, right = substitute(guard.left, replacement), substitute(guard.right, replacement)
        if left == right:
            continue
        if isinstance(left, int) and isinstance(right, int):
            return None
        guards[Guard(left, right)] = None
    bound = tuple(index for index in term.bound if index not in replacement)
    return replace(term, value=reindex(term.value, replacement), bound=bound, guards=tuple(guards))


def renamed(term: Term) -> Term:
    """The same term with fresh bound indices."""
    moved = {index: fresh(index.axis) for index in term.bound}
    result = at(term, moved)
    assert result is not None
    return replace(result, bound=tuple(moved.values()))


def times(left: Term, right: Term) -> Term:
    """The product of two terms whose bound indices are distinct."""
    guards = tuple(dict.fromkeys(left.guards + right.guards))
    return Term(left.value * right.value, left.bound + right.bound, guards, left.factor)


def instantiate(element: Element) -> Terms:
    """The definition of a named intermediate, at the element's own indices."""
    assert isinstance(element.base, Defined)
    replacement = dict(zip(element.base.indices, element.indices, strict=True))
    found = (at(renamed(term), replacement) for term in element.base.definition)
    return tuple(term for term in found if term is not None)


def never_equal(left: Read, right: Read) -> bool:
    """Whether two different reads can never agree: two numbers, or two steps of one index."""
    if isinstance(left, int) and isinstance(right, int):
        return True
    return step_of(left) is not None and step_of(left) == step_of(right)


def contradicts(guards: tuple[Guard, ...], new: Guard) -> bool:
    """Whether a guard sets an index to another number than one of those before it."""
    own = _number(new)
    known = (_number(guard) for guard in guards)
    return own is not None and any(k is not None and k[0] == own[0] and k != own for k in known)


def _number(guard: Guard) -> tuple[Index, int] | None:
    """(t, i) of a guard that says t = i."""
    for number, read in ((guard.left, guard.right), (guard.right, guard.left)):
        index = step_of(read)
        if isinstance(number, int) and index is not None:
            return index, number - (read.by if isinstance(read, Shift) else 0)
    return None


def select(term: Term, reads: tuple[Read, ...], target: tuple[Read, ...]) -> Term | None:
    """The part of the term in which the reads equal the target: bound indices are set, anything
    else is guarded."""
    result: Term | None = term
    for position, wanted in enumerate(target):
        if result is None:
            return None
        read = reads[position]
        if read == wanted:
            continue
        if isinstance(read, Index) and read in result.bound:
            result = at(result, {read: wanted})
            reads = tuple(substitute(r, {read: wanted}) for r in reads)
        elif isinstance(read, Shift) and read.index in result.bound:
            moved = {read.index: shifted(wanted, -read.by)}
            result = at(result, moved)
            reads = tuple(substitute(r, moved) for r in reads)
        elif never_equal(read, wanted) or contradicts(result.guards, Guard(read, wanted)):
            return None
        else:
            result = replace(
                result,
                value=_told(result.value, read, wanted),
                guards=(*result.guards, Guard(read, wanted)),
            )
    return result


def _told(value: sympy.Expr, read: Read, wanted: Read) -> sympy.Expr:
    """Where the guard [group(i) = g] holds, rate[group(i)] is rate[g]."""
    if not isinstance(read, Lookup):
        return value
    moved = {}
    for element in elements(value):
        indices = tuple(reread(r, read, wanted) for r in element.indices)
        if indices != element.indices:
            moved[element] = Element(element.base, indices)
    return value.xreplace(moved) if moved else value


def where_guarded(term: Term) -> Term:
    """The term as it reads where its guards hold: with [group(i) = g], z[group(i)] is z[g]."""
    value = term.value
    for guard in term.guards:
        value = _told(value, guard.left, guard.right)
    return replace(term, value=value)


def settled(term: Term) -> Term | None:
    """Guards on a bound index carried out: sum_g [group(i) = g] f(g) is f(group(i))."""
    for guard in term.guards:
        for index, other in ((guard.left, guard.right), (guard.right, guard.left)):
            own = step_of(index)
            if own not in term.bound or own in indices_in(other):
                continue
            if isinstance(index, Shift) and isinstance(other, Lookup):
                continue
            value = shifted(other, -index.by) if isinstance(index, Shift) else other
            chosen = at(term, {own: value})
            return None if chosen is None else settled(chosen)
    return term


def merged(terms: Iterable[Term]) -> Terms:
    """Equal sums added, zero terms dropped."""
    found: dict[tuple[object, ...], Term] = {}
    for term in terms:
        key = (term.bound, term.guards, term.factor)
        known = found.get(key)
        value = term.value if known is None else known.value + term.value
        found[key] = replace(term, value=value)
    return tuple(term for term in found.values() if term.value != 0)


def resolve_deltas(term: Term) -> Term | None:
    """Kronecker deltas carried out: a bound index is set, a free one is guarded."""
    for element in elements(term.value):
        if isinstance(element.base, Delta):
            left, right = element.indices
            rest = replace(term, value=term.value.xreplace({element: sympy.Integer(1)}))
            if isinstance(right, Index) and right in rest.bound:
                chosen = at(rest, {right: left})
            else:
                chosen = select(rest, (left,), (right,))
            return None if chosen is None else resolve_deltas(chosen)
    return term


def canonical(terms: Terms) -> tuple[object, tuple[Index, ...]]:
    """A key that equal sums share whatever their indices are called, and their free indices in
    the order of that key."""
    free = free_indices(terms)
    key = []
    for term in terms:
        order = dict.fromkeys((*indices_of(term.value), *free, *term.bound))
        rank = {index: Index(index.axis, -1 - position) for position, index in enumerate(order)}
        moved = at(replace(term, bound=()), rank)
        assert moved is not None
        summed = frozenset(rank[index] for index in term.bound)
        key.append((moved.value, moved.guards, summed, tuple(rank[index] for index in free)))
    return tuple(key), free
