"""The layout of a formula and of a page: what is on the paper, in no particular markup.

A formula is a tree of `Math`: it knows of symbols with hats and subscripts, of sums over indices,
fractions, transposes and densities, and not of unicode or LaTeX.  A page is a tree of blocks:
sections, paragraphs and displayed formulas.  Writers turn both into text.

>>> r, n = Symbol("r", subscripts=(Symbol("n"), Symbol("k"))), Symbol("n")
>>> Quotient(Series((n,), r), Symbol("N")).numerator.body.name
'r'
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias


@dataclass(frozen=True)
class Math:
    """A piece of a formula."""


@dataclass(frozen=True)
class Number(Math):
    """An exact number."""

    value: Fraction


ZERO, ONE, TWO = (Number(Fraction(n)) for n in range(3))


@dataclass(frozen=True)
class Symbol(Math):
    """A name, with `accent` ("", "hat", "tilde"), subscripts and a superscript that is part of the
    name: the 2 of a variance called sigma2."""

    name: str
    subscripts: tuple[Math, ...] = ()
    accent: str = ""
    superscript: str = ""


@dataclass(frozen=True)
class Words(Math):
    """Upright words in a formula."""

    text: str


@dataclass(frozen=True)
class Size(Math):
    """The number of values of an index that has no capital letter: |item|."""

    index: Symbol


@dataclass(frozen=True)
class Add(Math):
    """A sum of terms; one that is taken away is a `Negative`."""

    terms: tuple[Math, ...]


@dataclass(frozen=True)
class Negative(Math):
    """The negative of a term."""

    body: Math


@dataclass(frozen=True)
class Product(Math):
    """Factors side by side."""

    factors: tuple[Math, ...]


@dataclass(frozen=True)
class Quotient(Math):
    """A fraction."""

    numerator: Math
    denominator: Math


@dataclass(frozen=True)
class Power(Math):
    """A power; of a matrix, the exponent -1 is the inverse."""

    base: Math
    exponent: Math


@dataclass(frozen=True)
class Transpose(Math):
    """The transpose of a vector or a matrix."""

    body: Math


@dataclass(frozen=True)
class Norm(Math):
    """The length of a vector."""

    body: Math


@dataclass(frozen=True)
class Call(Math):
    """A function of an argument: log, exp, det, tr, diag, digamma, ...; Γ_D has a subscript."""

    function: str
    argument: Math
    subscript: Math | None = None


@dataclass(frozen=True)
class Derivative(Math):
    """The partial derivative of the body."""

    body: Math
    by: Math


@dataclass(frozen=True)
class Softmax(Math):
    """exp of the argument over its sum over an index."""

    argument: Math
    index: Symbol


@dataclass(frozen=True)
class Factorial(Math):
    """x!"""

    body: Math


@dataclass(frozen=True)
class Series(Math):
    """The sum of the body over indices, where the conditions hold; or the product, "∏"."""

    indices: tuple[Symbol, ...]
    body: Math
    conditions: tuple[Relation, ...] = ()
    operator: str = "∑"


@dataclass(frozen=True)
class Indicator(Math):
    """One where the condition holds, zero elsewhere: [z_n = k]."""

    condition: Math


@dataclass(frozen=True)
class Expectation(Math):
    """E[body] or Cov[body] given states of discrete latents, which stand as subscripts."""

    operator: str
    body: Math
    states: tuple[Math, ...] = ()


@dataclass(frozen=True)
class Density(Math):
    """A distribution by name: N(mean, cov); an argument may carry a label, rate = 2."""

    name: str
    arguments: tuple[Math, ...]
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Listing(Math):
    """A vector entry by entry."""

    entries: tuple[Math, ...]


@dataclass(frozen=True)
class Conditioned(Math):
    """What stands before and after the bar: x_n | z_n = k."""

    body: Math
    given: tuple[Math, ...]


@dataclass(frozen=True)
class Relation(Math):
    """Sides joined by "=", "~", "∈", "≥", ...: a displayed line."""

    sides: tuple[Math, ...]
    symbols: tuple[str, ...]


def equation(*sides: Math) -> Relation:
    """left = right (= right again)."""
    return Relation(sides, ("=",) * (len(sides) - 1))


def parts_of(math: Math) -> tuple[Math, ...]:
    """The layouts that stand directly in a layout, in order."""
    found: list[Math] = []
    for value in vars(math).values():
        candidates = value if isinstance(value, tuple) else (value,)
        found += [item for item in candidates if isinstance(item, Math)]
    return tuple(found)


def parts_within(math: Math) -> Iterator[Math]:
    """The layout and everything that stands in it."""
    yield math
    for part in parts_of(math):
        yield from parts_within(part)


def conditions_of(series: Series, index: Symbol) -> tuple[Relation, ...]:
    """The conditions of a series that its index, and none after it, stands in."""
    later = series.indices[series.indices.index(index) + 1 :]
    return tuple(
        condition
        for condition in series.conditions
        if mentions(condition, index) and not any(mentions(condition, i) for i in later)
    )


def mentions(math: Math, symbol: Symbol) -> bool:
    """Whether a symbol stands anywhere in a layout."""
    return math == symbol or any(mentions(part, symbol) for part in parts_of(math))


Inline: TypeAlias = "str | Math"


@dataclass(frozen=True)
class Paragraph:
    """Running text with formulas in it; `lead` is set in bold."""

    parts: tuple[Inline, ...]
    lead: tuple[Inline, ...] = ()


@dataclass(frozen=True)
class Display:
    """Formulas on lines of their own."""

    lines: tuple[Relation, ...]


@dataclass(frozen=True)
class Verbatim:
    """Lines that a terminal shows as they are, and blocks that say the same on paper."""

    lines: tuple[str, ...]
    blocks: tuple[Block, ...]


Block: TypeAlias = "Paragraph | Display | Verbatim"


@dataclass(frozen=True)
class Section:
    """A heading and what stands under it."""

    title: str
    blocks: tuple[Block, ...]


def paragraph(*parts: Inline) -> Paragraph:
    """A paragraph without a lead."""
    return Paragraph(parts)


def display(*lines: Relation) -> Display:
    """Lines of formulas."""
    return Display(lines)
