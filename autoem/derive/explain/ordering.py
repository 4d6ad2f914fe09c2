"""In which order a person writes the factors of a product and the terms of a sum.

Of a product: numbers, weights, parameters, expectations, data, then brackets, then functions; so
`rank`.  Of a sum: short terms before crowded ones, data before parameters, plus before minus; so
`order`.
"""

from __future__ import annotations

import sympy

from autoem.derive.explain.links import logistic
from autoem.derive.explain.notation import DATA, LATENT, PARAMETER, SIZE, WEIGHT, Notation
from autoem.derive.quantity import Element, elements

BRACKET, FUNCTION, LAST = LATENT + 1, LATENT + 2, LATENT + 3


def rank(notation: Notation, factor: sympy.Expr) -> tuple[int, int]:
    """The place of a factor in a product."""
    first = min(_ranks(notation, factor), default=(PARAMETER, 0))
    base = factor.base if isinstance(factor, sympy.Pow) else factor
    if isinstance(base, Element) and notation.glyph(base.base) is not None:
        return first
    if isinstance(base, logistic):
        return (BRACKET, -1)
    return (BRACKET if isinstance(base, sympy.Add | Element) else FUNCTION, first[1])


def _ranks(notation: Notation, value: sympy.Expr) -> list[tuple[int, int]]:
    glyphs = (notation.glyph(element.base) for element in elements(value))
    return [glyph.rank for glyph in glyphs if glyph is not None]


def is_weight(notation: Notation, factor: sympy.Expr) -> bool:
    """A responsibility or an indicator, or one minus it."""
    glyphs = [notation.glyph(element.base) for element in elements(factor)]
    plain = isinstance(factor, Element | sympy.Add) and bool(glyphs)
    return plain and all(g is not None and g.rank[0] == WEIGHT for g in glyphs)


def order(notation: Notation, value: sympy.Expr, negative: bool) -> tuple[int, ...]:
    """The place of a product in a sum."""
    ranks = _ranks(notation, value)
    kinds = [kind for kind, _ in ranks]
    factors = [f for f in sympy.Mul.make_args(value) if not f.is_number]
    crowded = sum(not is_weight(notation, f) for f in factors) > 2 or any(
        _is_residual(notation, factor) for factor in factors
    )
    flags = (
        not value.is_number and value.has(sympy.exp),
        all(kind == SIZE for kind in kinds),
        crowded,
        crowded and DATA not in kinds,
        all(kind in (SIZE, PARAMETER) for kind in kinds),
        negative,
    )
    lead = max(elements(value), key=lambda e: (rank(notation, e), e.base.serial), default=None)
    entries = [read for read in lead.indices if isinstance(read, int)] if lead else []
    first = min(ranks, default=(FUNCTION, 0))
    return (*map(int, flags), *first, lead.base.serial if lead else 0, *entries)


def _is_residual(notation: Notation, factor: sympy.Expr) -> bool:
    """Whether it is a difference with data in it, or a power of one."""
    base = factor.as_base_exp()[0]
    kinds = [kind for kind, _ in _ranks(notation, base)]
    return base.is_Add and any(kind in (DATA, LATENT) for kind in kinds)


def forward(notation: Notation, value: sympy.Expr) -> sympy.Expr:
    """A product with its differences turned as on paper: data before a mean, 1 − p, and
    (x − 1) / (p − 1) as (1 − x) / (1 − p)."""
    factors, turned = list(sympy.Mul.make_args(value)), False
    for position, factor in enumerate(factors):
        base, exponent = factor.as_base_exp()
        if base.is_Add and exponent.is_Integer and exponent % 2:
            if exponent < 0 and base.as_coeff_Add()[0] < 0:
                factors[position], turned = -((-base) ** exponent), True
            elif exponent > 0 and _is_backward(notation, base):
                factors[position] = -((-base) ** exponent)
    if turned:
        above = next((f for f in factors if f.is_Add and len(f.args) == 2), None)
        if above is not None:
            return sympy.Mul(-1, *(-f if f is above else f for f in factors))
    return sympy.Mul(*factors)


def _is_backward(notation: Notation, base: sympy.Expr) -> bool:
    """Whether the data of a difference stands with a minus."""
    data = [e for e in elements(base) if rank(notation, e)[0] == DATA]
    signs = [bool(base.coeff(element).is_negative) for element in data]
    return bool(signs) and all(signs) and base.as_coeff_Add()[0] == 0


def paired_powers(
    product: sympy.Expr,
) -> tuple[list[sympy.Expr], list[tuple[sympy.Expr, sympy.Expr]]]:
    """The factors of a product; and apart, pairs like x^a and s^(−a), which are (x / s)^a."""
    factors, pairs = list(sympy.Mul.make_args(product)), []
    for below in [f for f in factors if f.is_Pow and not f.exp.is_number]:
        above = next((f for f in factors if f.is_Pow and f.exp == -below.exp), None)
        if above is not None and below.exp.could_extract_minus_sign():
            factors.remove(above)
            factors.remove(below)
            pairs.append((above, below))
    return factors, pairs
