"""The unicode writer: one line a formula, for the terminal.

>>> from autoem.derive.explain.layout import equation
>>> n, k = Symbol("n"), Symbol("k")
>>> r, x = Symbol("r", (n, k)), Symbol("x", (n,))
>>> mean = Quotient(Series((n,), Product((r, x))), Series((n,), r))
>>> print(text(equation(Symbol("μ", (k,), "hat"), mean)))
μ̂_k = ∑_n r_nk x_n / ∑_n r_nk
"""

from __future__ import annotations

from fractions import Fraction
from unicodedata import normalize

from autoem.derive.explain.layout import (
    Add,
    Call,
    Conditioned,
    Density,
    Derivative,
    Expectation,
    Factorial,
    Indicator,
    Listing,
    Math,
    Negative,
    Norm,
    Number,
    Power,
    Product,
    Quotient,
    Relation,
    Series,
    Size,
    Softmax,
    Symbol,
    Transpose,
    Words,
    conditions_of,
)
from autoem.derive.explain.levels import (
    ADD,
    ATOM,
    POSTFIX,
    PRODUCT,
    SERIES,
    is_bare,
    level,
)
from autoem.language.number import powers_of_ten

ACCENTS = {"hat": ("\u0302", "ˆ"), "tilde": ("\u0303", "~"), "": ("", "")}
"""Accent to the mark over one letter, and the mark after a word."""

VULGAR = {Fraction(1, 2): "½", Fraction(1, 3): "⅓", Fraction(1, 4): "¼", Fraction(3, 4): "¾"}
SUPERSCRIPTS = str.maketrans("0123456789−-T", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁻ᵀ")
WORDS = {"sqrt": "√"}


def text(math: Math) -> str:
    """A formula on one line."""
    match math:
        case Number():
            return _number(math.value)
        case Symbol():
            return _symbol(math)
        case Words():
            return math.text
        case Size():
            return f"|{text(math.index)}|"
        case Add():
            return _sum(math)
        case Negative():
            return f"−{within(math.body, SERIES)}"
        case Product():
            return product(math.factors)
        case Quotient():
            return _quotient(math)
        case Series():
            return f"{sums(math)} {within(math.body, SERIES)}"
        case Call():
            return _call(math)
        case Relation():
            pairs = zip(math.symbols, math.sides[1:], strict=True)
            return text(math.sides[0]) + "".join(f"{_sign(s)}{text(side)}" for s, side in pairs)
    return _closed(math)


def _sign(symbol: str) -> str:
    return f"{symbol} " if symbol in ("", ",") else f" {symbol} "


def _closed(math: Math) -> str:
    """Layouts that need no bracket where they stand."""
    match math:
        case Power():
            return _power(math)
        case Transpose():
            return within(math.body, POSTFIX) + "ᵀ"
        case Derivative():
            return f"∂{text(math.body)}/∂{text(math.by)}"
        case Softmax():
            return f"softmax_{_joined((math.index,))}({text(math.argument)})"
        case Factorial():
            return within(math.body, ATOM) + "!"
        case Norm():
            return f"‖{text(math.body)}‖"
        case Indicator():
            return f"[{text(math.condition)}]"
        case Expectation():
            mark = f"_{_joined(math.states)}" if math.states else ""
            return f"{math.operator}{mark}[{text(math.body)}]"
        case Density():
            return f"{math.name}({', '.join(_arguments(math))})"
        case Listing():
            return f"({', '.join(map(text, math.entries))})"
        case Conditioned():
            return f"{text(math.body)} | {', '.join(map(text, math.given))}"
    raise TypeError(f"no text for {type(math).__name__}")


def within(math: Math, place: int) -> str:
    """The layout in a place of this level, in brackets where it is looser."""
    own = level(math)
    written = text(math)
    if isinstance(math, Number) and math.value in VULGAR:
        own = POSTFIX
    if own >= place and own > ADD:
        return written
    return f"{{{written}}}" if "(" in written else f"({written})"


def _number(value: Fraction) -> str:
    sign, size = "−" if value < 0 else "", abs(value)
    digits, zeros = powers_of_ten(size)
    if zeros:
        power = "10" + str(zeros).translate(SUPERSCRIPTS)
        return sign + (power if digits == 1 else f"{digits}·{power}")
    return sign + VULGAR.get(size, str(size))


def _symbol(math: Symbol) -> str:
    over, after = ACCENTS[math.accent]
    name = normalize("NFC", math.name + over) if len(math.name) == 1 else math.name + after
    mark = f"_{_joined(math.subscripts)}" if math.subscripts else ""
    return name + math.superscript.translate(SUPERSCRIPTS) + mark


def _joined(marks: tuple[Math, ...]) -> str:
    """Subscripts side by side where all are single letters: r_nk, but p_{k,item}."""
    written = [text(mark).replace(" ", "") for mark in marks]
    if all(len(mark.rstrip("′")) == 1 for mark in written):
        return "".join(written)
    plain = len(written) == 1 and written[0].rstrip("′").isalnum()
    return written[0] if plain else f"{{{','.join(written)}}}"


def _sum(math: Add) -> str:
    first, *others = math.terms
    result = text(first) if isinstance(first, Negative) else within(first, SERIES)
    for term in others:
        sign, body = ("−", term.body) if isinstance(term, Negative) else ("+", term)
        result += f" {sign} {within(body, SERIES)}"
    return result


def product(factors: tuple[Math, ...]) -> str:
    match factors:
        case (Number() as number, Symbol(subscripts=()) as symbol) if len(symbol.name) == 1:
            return within(number, POSTFIX) + text(symbol)
    *first, last = factors
    written = [_before_another(factor) for factor in first]
    return " ".join([*written, within(last, SERIES if first else PRODUCT)])


def _before_another(factor: Math) -> str:
    """A factor that others follow: exp(x) y and not exp x y."""
    if isinstance(factor, Call):
        return f"{_function(factor)}({text(factor.argument)})"
    return within(factor, POSTFIX if isinstance(factor, Quotient) else PRODUCT)


def under(bottom: Math) -> str:
    """A denominator behind its slash."""
    loose = isinstance(bottom, Series) or level(bottom) >= POSTFIX
    return text(bottom) if loose else within(bottom, ATOM)


def _quotient(math: Quotient) -> str:
    top, bottom = within(math.numerator, SERIES), math.denominator
    below = under(bottom)
    plain = (Symbol, Number, Size)
    tight = isinstance(math.numerator, plain) and isinstance(bottom, plain)
    return f"{top}/{below}" if tight else f"{top} / {below}"


def sums(math: Series) -> str:
    """The sum signs of a series, each with its conditions."""
    return " ".join(f"{math.operator}_{_under(math, index)}" for index in math.indices)


def _under(math: Series, index: Symbol) -> str:
    own = conditions_of(math, index)
    if not own:
        return _joined((index,))
    written = ", ".join(map(text, own))
    # The index need not be named where the condition begins with it: t > 0.
    named = all(condition.sides[0] == index for condition in own)
    return f"{{{written if named else f'{text(index)}: {written}'}}}"


def _call(math: Call) -> str:
    name = _function(math)
    if not is_bare(math):
        return f"{name}({text(math.argument)})"
    loose = isinstance(math.argument, Call | Series | Density | Indicator)
    return f"{name} {text(math.argument) if loose else within(math.argument, POSTFIX)}"


def _function(math: Call) -> str:
    mark = f"_{_joined((math.subscript,))}" if math.subscript else ""
    return WORDS.get(math.function, math.function) + mark


def _power(math: Power) -> str:
    base = within(math.base, ATOM)
    if isinstance(math.base, Symbol) and math.base.superscript:
        base = f"({base})"
    exponent = text(math.exponent)
    if isinstance(math.exponent, Number) and math.exponent.value.denominator == 1:
        # The power of a symbol stands before its subscripts only on paper: x_n² is clear enough.
        return base + exponent.translate(SUPERSCRIPTS)
    return f"{base}^{within(math.exponent, ATOM)}"


def _arguments(math: Density) -> list[str]:
    labels = math.labels or ("",) * len(math.arguments)
    pairs = zip(labels, math.arguments, strict=True)
    return [f"{label}={text(a)}" if label else text(a) for label, a in pairs]
