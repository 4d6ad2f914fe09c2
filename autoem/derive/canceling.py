"""Logarithms that cancel between factors: what one divides by, another multiplies with.

The density of a race and of who wins it,

    (a + b) exp(-(a + b) t)   and   a / (a + b),

have the product a exp(-(a + b) t): as sums of terms, the coefficients of log(a + b) add to zero.
So do those of log(1 + exp u) of a logistic law and of a Polya-Gamma latent.  Of sums over the same
plates each logarithm is split, and where its coefficients add to zero it is left out of each.
Terms without such a logarithm stay as they are.
"""

from __future__ import annotations

from dataclasses import replace

import sympy

from autoem.derive.index import Index
from autoem.derive.quantity import Element
from autoem.derive.term import Term, Terms, at


def canceled(terms: Terms, priors: tuple[str, ...]) -> Terms:
    """The terms, with logarithms of sums that cancel left out; priors stay by themselves."""
    groups: dict[object, list[int]] = {}
    for position, term in enumerate(terms):
        alike = () if term.factor in priors else _plates(term)
        groups.setdefault(alike or position, []).append(position)
    found = list(terms)
    for group in groups.values():
        for position, term in zip(group, _canceled([terms[i] for i in group]), strict=True):
            found[position] = term
    return tuple(term for term in found if term.value != 0)


def _plates(term: Term) -> tuple[object, ...]:
    """What sums that may be added share: their axes; nothing where an axis stands twice, where a
    guard selects, or where no logarithm of a sum stands."""
    axes = sorted(dict.fromkeys(index.axis.label for index in term.bound))
    alike = len(axes) == len(term.bound) and not term.guards and _sums(term.value)
    return (tuple(axes), frozenset(index.axis for index in term.bound)) if alike else ()


def _sums(value: sympy.Expr) -> bool:
    """Whether a logarithm of a sum of elements stands in the expression."""
    logs = (node for node in value.atoms(sympy.log) if node.has(Element))
    return any(inner.is_Add for log in logs for inner in sympy.preorder_traversal(log.args[0]))


def _canceled(group: list[Term]) -> list[Term]:
    """The terms of sums over the same plates, each without what they cancel together."""
    if len(group) == 1:
        return group
    first = group[0]
    places: dict[object, Index] = {index.axis: index for index in first.bound}
    moved = [at(t, {index: places[index.axis] for index in t.bound}) for t in group]
    values = [_split(term.value) for term in moved if term is not None]
    coefficients: dict[sympy.Expr, list[sympy.Expr]] = {}
    for value in values:
        for log in _logs(value):
            if log.args[0].is_Add:
                coefficients.setdefault(log, []).append(value.coeff(log))
    gone = {
        log: sympy.Integer(0) for log, found in coefficients.items()
        if _adds_to_zero(found)
    }  # fmt: skip
    return [
        replace(term, value=_collected(value.xreplace(gone)), bound=first.bound)
        if any(value.has(log) for log in gone)
        else term
        for term, value in zip(group, values, strict=True)
    ]


def _adds_to_zero(found: list[sympy.Expr]) -> bool:
    return len(found) > 1 and sympy.expand(sympy.Add(*found)) == 0


def _collected(value: sympy.Expr) -> sympy.Expr:
    """A sum by its logarithms."""
    return sympy.collect(value, _logs(value))


def _logs(value: sympy.Expr) -> list[sympy.Expr]:
    return sorted(value.atoms(sympy.log), key=str)


def _split(value: sympy.Expr) -> sympy.Expr:
    """log(1 - a / (a + b)) as log b - log(a + b)."""
    whole = {
        log: sympy.log(sympy.factor(sympy.together(log.args[0]))) for log in value.atoms(sympy.log)
    }
    return sympy.expand(sympy.expand_log(value.xreplace(whole)))
