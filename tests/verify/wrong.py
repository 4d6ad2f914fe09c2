"""What is wrong in a wrong term, sum of terms, or formula."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import sympy

from autoem.derive.index import Index, substitute
from autoem.derive.quantity import Element, elements
from autoem.derive.term import Term, Terms
from autoem.families.family import log_zero


def doubled(term: Term) -> Term | None:
    """Twice the term; twice zero or minus infinity is the same."""
    return None if term.value.has(log_zero) else replace(term, value=2 * term.value)


def dropped_factor(term: Term) -> Term | None:
    """Without the last factor that is no number."""
    factors = [f for f in sympy.Mul.make_args(term.value) if not f.is_number]
    if len(factors) < 2:
        return None
    return replace(term, value=term.value / factors[-1])


def wrong_index(term: Term) -> Term | None:
    """One element read at another index of the same axis."""
    for element in elements(term.value):
        for own in element.indices:
            for other in term.bound:
                if isinstance(own, Index) and own != other and own.axis is other.axis:
                    indices = tuple(substitute(read, {own: other}) for read in element.indices)
                    moved = {element: Element(element.base, indices)}
                    return replace(term, value=term.value.xreplace(moved))
    return None


TERMS: dict[str, Callable[[Term], Term | None]] = {
    "flipped sign": lambda term: replace(term, value=-term.value),
    "wrong constant": doubled,
    "dropped factor": dropped_factor,
    "wrong index": wrong_index,
}


def wrong_terms(terms: Terms) -> Iterator[tuple[str, Terms]]:
    """Sums of terms with one term changed or gone."""
    for position, term in enumerate(terms):
        before, after = terms[:position], terms[position + 1 :]
        if len(terms) > 1:
            yield f"dropped term {position}", (*before, *after)
        for name, change in TERMS.items():
            changed = change(term)
            if changed is not None:
                yield f"{name} in term {position}", (*before, changed, *after)


def wrong_formulas(formula: sympy.Expr) -> Iterator[tuple[str, sympy.Expr]]:
    yield "doubled", 2 * formula
    if isinstance(formula, sympy.exp) and formula.args[0].is_Add:
        for part in formula.args[0].args:
            yield f"without {type(part).__name__} in exp", sympy.exp(formula.args[0] - part)
    for part in formula.args if isinstance(formula, sympy.Add) else ():
        yield "a term dropped", formula - part
        yield "a sign flipped", formula - 2 * part
    for part in formula.args if isinstance(formula, sympy.Mul) else ():
        if not part.is_number:
            yield "a factor dropped", formula / part
