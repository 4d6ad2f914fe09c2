"""The conditional posterior of one latent, and how an expectation is taken under it.

A latent v is eliminated from the log joint at its own plates n and in the *context* of the states
c of those discrete latents that its terms mention at the same place:

    log p(rest) + log q(v_n | c)  =  the terms that mention v_n in the context c .

What remains is the log-normalizer, a new factor on the context.  Expectations are taken in the
order of elimination, each under q(v | context), with the context's indicators made explicit.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

import sympy

from autoem.derive.calculus import depends, mentions
from autoem.derive.index import Guard, Index, Read, fresh, indices_in, substitute
from autoem.derive.quantity import (
    Defined,
    Element,
    Indicator,
    LogPartition,
    MatrixFunction,
    Quantity,
    declared_name,
    elements,
)
from autoem.derive.scope import Scope
from autoem.derive.term import Term, Terms, instantiate, merged, reindex, select, settled


@dataclass(frozen=True)
class Context:
    """The state `state` of the discrete latent of `indicator`, looked up at `reads`."""

    indicator: Indicator
    reads: tuple[Read, ...]
    state: Index


Contexts = dict[tuple[Indicator, tuple[Read, ...]], Context]
"""The contexts that were met, by what is looked up and where."""


@dataclass(frozen=True)
class Local:
    """The terms that mention one latent, at its own plates and in its context."""

    latent: Quantity
    plates: tuple[Index, ...]
    contexts: tuple[Context, ...]
    terms: Terms

    def scattered(self, terms: Terms) -> Terms:
        """Terms free at plates and context, summed back over both with the indicators."""
        result = []
        for term in terms:
            value, bound = term.value, [*term.bound, *self.plates]
            for context in self.contexts:
                if _mentions_index(term, context.state):
                    value *= Element(context.indicator, (*context.reads, context.state))
                    bound.append(context.state)
            result.append(settled(replace(term, value=value, bound=tuple(bound))))
        return merged(term for term in result if term is not None)


def _mentions_index(term: Term, index: Index) -> bool:
    from_value = any(
        index in indices_in(read) for element in elements(term.value) for read in element.indices
    )
    return from_value or any(
        index in (*indices_in(guard.left), *indices_in(guard.right)) for guard in term.guards
    )


class Refusal(Exception):
    """Why a rule does not apply; the user reads it when no rule does."""


@dataclass(frozen=True)
class Posterior(ABC):
    """q(latent | context): which family, by which rule, with which named quantities."""

    local: Local
    rule: str
    reason: str
    family: str
    natural: dict[str, Element]
    expectations: dict[str, Element]
    log_normalizer: Terms

    @property
    def name(self) -> str:
        """The name that the latent is declared under."""
        return declared_name(self.local.latent)

    @property
    def together(self) -> tuple[Posterior, ...]:
        """The posteriors that are found at once, in the order of elimination: this one alone."""
        return (self,)

    @property
    def given(self) -> tuple[Element, ...]:
        """The continuous latents, eliminated later, whose values it is conditioned on: none."""
        return ()

    def remainder(self) -> Terms:
        """What is left of the log joint, summed over plates and context: the log-normalizer."""
        return self.local.scattered(self.log_normalizer)

    @abstractmethod
    def expect(self, term: Term, scope: Scope) -> Terms:
        """E_q of a term that mentions the latent."""


def localize(terms: Terms, latent: Quantity, plate_count: int) -> Local:
    """The terms that mention the latent, at one element of it, in their context.

    Raises Refusal where two elements of the latent meet in one term, or where a state that the
    latent's own element does not determine selects a term.
    """
    plates = tuple(fresh(axis) for axis in latent.axes[:plate_count])
    contexts: Contexts = {}
    found = []
    for term in terms:
        reads = plate_reads(term.value, latent, plate_count)
        chosen = select(term, reads, plates)
        if chosen is not None:
            found.append(replace(chosen, value=_moved(chosen.value, latent, reads, plates)))
    conditioned = in_contexts(found, latent, plates, contexts)
    return Local(latent, plates, tuple(contexts.values()), tuple(conditioned))


def _moved(
    value: sympy.Expr, latent: Quantity, reads: tuple[Read, ...], plates: tuple[Index, ...]
) -> sympy.Expr:
    """b[group(i)] as b[g], which it is where the guard [group(i) = g] holds."""
    count = len(plates)
    return value.xreplace(
        {
            element: Element(element.base, (*plates, *element.indices[count:]))
            for element in elements(value)
            if is_of(element, latent) and element.indices[:count] == reads
        }
    )


def is_of(element: Element, latent: Quantity) -> bool:
    """Whether it is an entry of the latent, or of its inverse, or its determinant."""
    base = element.base
    return base is latent or (isinstance(base, MatrixFunction) and base.base is latent)


def plate_reads(value: sympy.Expr, latent: Quantity, plate_count: int) -> tuple[Read, ...]:
    """Where a term reads the latent: the reads of its plates, the same in the whole term.

    Raises Refusal where they differ, and where an intermediate sums over a plate of the latent.
    """
    found: dict[tuple[Read, ...], None] = {}
    for element in elements(value):
        if is_of(element, latent):
            found[element.indices[:plate_count]] = None
        elif isinstance(element.base, Defined) and mentions(element.base.definition, latent):
            for inner in instantiate(element):
                reads = plate_reads(inner.value, latent, plate_count)
                summed = [i for read in reads for i in indices_in(read) if i in inner.bound]
                if summed:
                    over = summed[0].axis.key or summed[0].axis.label
                    raise Refusal(f"a sum of {latent.name} over {over} couples its elements")
                found[reads] = None
    if len(found) != 1:
        raise Refusal(f"a term mentions {declared_name(latent)} at {len(found)} places")
    return next(iter(found))


def in_contexts(
    terms: Iterable[Term], latent: Quantity, plates: tuple[Index, ...], contexts: Contexts
) -> list[Term]:
    """The terms given the states that select them; contexts that are new are added."""
    found = (_in_context(term, latent, plates, contexts) for term in terms)
    return [term for term in found if term is not None]


def _in_context(
    term: Term, latent: Quantity, plates: tuple[Index, ...], contexts: Contexts
) -> Term | None:
    """The term given the states that select it: each indicator becomes one, its state a context."""
    for element in elements(term.value):
        if not isinstance(element.base, Indicator) or element.base is latent:
            continue
        *reads, state = element.indices
        if any(index not in plates for read in reads for index in indices_in(read)):
            raise Refusal(
                f"{declared_name(latent)} depends on {element.base.latent.name}, which its own "
                "element does not determine: their states couple"
            )
        key = (element.base, tuple(reads))
        if key not in contexts:
            contexts[key] = Context(element.base, tuple(reads), fresh(element.base.axes[-1]))
        rest = replace(term, value=term.value.xreplace({element: sympy.Integer(1)}))
        chosen = select(rest, (state,), (contexts[key].state,))
        return None if chosen is None else _in_context(chosen, latent, plates, contexts)
    return term


def with_context(
    term: Term, local: Local, reads: tuple[Read, ...]
) -> tuple[Term, tuple[Read, ...]]:
    """The term with the indicators of the latent's context at `reads`, and their states."""
    states: list[Read] = []
    placed = dict(zip(local.plates, reads, strict=True))
    for context in local.contexts:
        where = tuple(substitute(read, placed) for read in context.reads)
        known = [
            element.indices[-1] for element in elements(term.value)
            if element.base is context.indicator and element.indices[:-1] == where
        ]  # fmt: skip
        if known:
            states.append(known[0])
            continue
        state = fresh(context.state.axis)
        indicator = Element(context.indicator, (*where, state))
        term = replace(term, value=term.value * indicator, bound=(*term.bound, state))
        states.append(state)
    return term, tuple(states)


Chosen = tuple[Element, ...]
"""Indicators that are multiplied with each other."""


def by_states(
    value: sympy.Expr, indicators: tuple[Quantity, ...]
) -> Iterator[tuple[Chosen, sympy.Expr]]:
    """What is linear in each [z_n = k], as products of those, each with its coefficient."""
    own = [element for element in elements(value) if element.base in indicators]
    if own:
        for more, coefficient in by_states(value.diff(own[0]), indicators):
            yield (own[0], *more), coefficient
        yield from by_states(value.xreplace({own[0]: sympy.Integer(0)}), indicators)
    elif value != 0:
        yield (), value


def placed_at(
    element: Element, local: Local, reads: tuple[Read, ...], states: tuple[Read, ...]
) -> Callable[..., Element]:
    """The named quantity `element` (free at plates and context) moved to a place."""
    moved: dict[Index, Read] = dict(zip(local.plates, reads, strict=True))
    moved.update(zip((c.state for c in local.contexts), states, strict=True))

    def at_event(replacement: dict[Index, Read] | None = None) -> Element:
        both = {**moved, **(replacement or {})}
        return Element(element.base, tuple(substitute(read, both) for read in element.indices))

    return at_event


def replaced(
    value: sympy.Expr, latent: Quantity, by: Callable[[tuple[Read, ...]], sympy.Expr], scope: Scope
) -> sympy.Expr:
    """The expression with every element of the latent replaced, inside intermediates too."""
    moved: dict[sympy.Expr, sympy.Expr] = {}
    for element in elements(value):
        if element.base is latent:
            moved[element] = by(element.indices)
        elif isinstance(element.base, Defined) and mentions(element.base.definition, latent):
            inner = (
                replace(t, value=replaced(t.value, latent, by, scope)) for t in instantiate(element)
            )
            kept = tuple(t for t in inner if t.value != 0)
            moved[element] = scope.define(element.base.name, kept) if kept else sympy.Integer(0)
        elif isinstance(element.base, LogPartition) and depends(element, latent):
            over = fresh(element.base.over.axis)
            formal = dict(zip(element.base.indices, element.indices, strict=True))
            operand = reindex(element.base.operand, {**formal, element.base.over: over})
            moved[element] = scope.log_partition(replaced(operand, latent, by, scope), over)
    return value.xreplace(moved)


__all__ = [
    "Chosen",
    "Context",
    "Guard",
    "Local",
    "Posterior",
    "Refusal",
    "by_states",
    "depends",
    "localize",
    "placed_at",
    "plate_reads",
    "replaced",
    "with_context",
]
