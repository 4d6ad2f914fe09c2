"""Where a long formula may break: before a sign of a sum, also of one in a bracket at its end.

>>> from autoem.derive.explain.layout import Symbol, equation
>>> x, y = Symbol("x"), Add((Symbol("a"), Negative(Symbol("b"))))
>>> runs(equation(x, y), TEXT)
['x', '= a', '− b']
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from autoem.derive.explain import latex as paper, text as terminal
from autoem.derive.explain.layout import (
    Add,
    Density,
    Math,
    Negative,
    Product,
    Quotient,
    Relation,
    Series,
)
from autoem.derive.explain.levels import SERIES
from autoem.derive.explain.tex import RELATIONS

SHORT, LONG, INDENT = 36, 18, 4
"""A sum up to this breadth is not broken; a left side from this on may stand alone; the room that
a new line begins with."""


@dataclass(frozen=True)
class Style:
    """What a writer gives to the breaking of lines."""

    write: Callable[[Math], str]
    within: Callable[[Math, int], str]
    sums: Callable[[Series], str]
    product: Callable[[tuple[Math, ...]], str]
    relations: Mapping[str, str]
    minus: str
    round: tuple[str, str]
    curly: tuple[str, str]
    over: Callable[[Math, list[str]], list[str]]
    thin: str


TEXT = Style(
    terminal.text,
    terminal.within,
    terminal.sums,
    terminal.product,
    {},
    "−",
    ("(", ")"),
    ("{", "}"),
    lambda below, above: [*above[:-1], f"{above[-1]} / {terminal.under(below)}"],
    "",
)
LATEX = Style(
    paper.latex,
    paper.within,
    paper.sums,
    paper.product,
    RELATIONS,
    "-",
    (r"\Bigl(", r"\Bigr)"),
    (r"\Bigl\{", r"\Bigr\}"),
    lambda below, above: _led(rf"\frac{{1}}{{{paper.latex(below)}}}", above),
    r"\, ",
)


def runs(math: Math, style: Style) -> list[str]:
    """The parts of a formula, between which a line may break."""
    match math:
        case Relation():
            return list(_sides(math, style))
        case Add():
            return list(_terms(math, style))
        case Negative(body=body):
            first, *rest = runs(body, style)
            return [f"{style.minus}{first}", *rest]
        case Series(body=body) if _breaks(body):
            return _led(style.sums(math), runs(_bracketed(body), style))
        case Quotient(numerator=above, denominator=below) if _breaks(above):
            return style.over(below, runs(_bracketed(above), style))
        case Series(body=Quotient(numerator=above, denominator=below)) if _breaks(above):
            return _led(style.sums(math), style.over(below, runs(_bracketed(above), style)))
        case Product(factors=(_, _, *_) as factors) if all(isinstance(f, Density) for f in factors):
            return _densities(factors, style)
        case Series(body=Product(factors=factors)) if all(isinstance(f, Density) for f in factors):
            return _led(style.sums(math), _densities(factors, style))
        case Product(factors=(*leads, last)) if _breaks(last):
            return _led(style.product(tuple(leads)), runs(_bracketed(last), style))
        case _Bracket(body=body):
            opening, closing = style.curly if "(" in terminal.text(body) else style.round
            first, *middle, end = runs(body, style)
            return [opening + first, *middle, end + closing]
    return [style.within(math, SERIES)]


@dataclass(frozen=True)
class _Bracket(Math):
    """A sum in a bracket that may break."""

    body: Math


def _bracketed(math: Math) -> Math:
    return _Bracket(math) if isinstance(math, Add) else math


def _breaks(math: Math) -> bool:
    """Whether a sum ends the layout."""
    match math:
        case Add():
            return breadth(terminal.text(math)) > SHORT
        case Series(body=body):
            return _breaks(body)
        case Product(factors=(*_, last)):
            return _breaks(last)
    return False


def _densities(factors: tuple[Math, ...], style: Style) -> list[str]:
    first, *others = (style.write(factor) for factor in factors)
    return [first, *(style.thin + factor for factor in others)]


def _led(lead: str, inner: list[str]) -> list[str]:
    return [f"{lead} {inner[0]}", *inner[1:]]


def _terms(math: Add, style: Style) -> Iterator[str]:
    first, *others = math.terms
    yield from runs(first, style)
    for term in others:
        sign, body = (style.minus, term.body) if isinstance(term, Negative) else ("+", term)
        yield from _led(sign, runs(body, style))


def _sides(math: Relation, style: Style) -> Iterator[str]:
    yield style.write(math.sides[0])
    for symbol, side in zip(math.symbols, math.sides[1:], strict=True):
        yield from _led(style.relations.get(symbol, symbol), runs(side, style))


def breadth(run: str) -> float:
    """How wide a run is, in letters: marks of subscripts take no room, spaces half."""
    return 1 + sum(0 if mark in "_^{}ˆ" else 0.5 if mark == " " else 1 for mark in run)


def filled(relation: Relation, style: Style, width: float) -> list[list[str]]:
    """The runs of a formula by line; a long left side that leaves no room stands alone."""
    shown = [breadth(run) for run in runs(relation, TEXT)]
    alone = sum(shown) > width and shown[0] > LONG
    later = width - INDENT - (0 if alone else shown[0])
    lines: list[list[str]] = [[]]
    room = shown[0] if alone else width
    for run, length in zip(runs(relation, style), shown, strict=True):
        # The first sign stays with a short left side, whatever its length.
        held = not alone and len(lines) == 1 and len(lines[0]) < 2
        if length > room and lines[-1] and not held:
            lines.append([])
            room = later
        lines[-1].append(run)
        room -= length
    return lines
