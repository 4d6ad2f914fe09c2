r"""The LaTeX writer: the same layouts for papers and notebooks (amsmath).

>>> from autoem.derive.explain.layout import equation
>>> n, k = Symbol("n"), Symbol("k")
>>> r, x = Symbol("r", (n, k)), Symbol("x", (n,))
>>> mean = Quotient(Series((n,), Product((r, x))), Series((n,), r))
>>> print(latex(equation(Symbol("μ", (k,), "hat"), mean)))
\hat{\mu}_{k} = \frac{\sum_{n} r_{nk} x_{n}}{\sum_{n} r_{nk}}
"""

from __future__ import annotations

from fractions import Fraction

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
    parts_within,
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
from autoem.derive.explain.tex import ACCENTS, FUNCTIONS, RELATIONS, escaped, name_of
from autoem.language.number import powers_of_ten


def latex(math: Math) -> str:
    """A formula in LaTeX."""
    match math:
        case Number():
            return _number(math.value)
        case Symbol():
            return _symbol(math)
        case Words():
            return rf"\text{{{escaped(math.text)}}}"
        case Size():
            return rf"|{latex(math.index)}|"
        case Add():
            return _sum(math)
        case Negative():
            return f"-{within(math.body, SERIES)}"
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
            return latex(math.sides[0]) + "".join(
                f" {RELATIONS[symbol]} {latex(side)}" for symbol, side in pairs
            )
    return _closed(math)


def _closed(math: Math) -> str:
    """Layouts that need no bracket where they stand."""
    match math:
        case Power():
            return _power(math)
        case Transpose():
            return rf"{within(math.body, POSTFIX)}^{{\top}}"
        case Derivative():
            return rf"\frac{{\partial {latex(math.body)}}}{{\partial {latex(math.by)}}}"
        case Softmax():
            name = rf"\operatorname{{softmax}}_{{{latex(math.index)}}}"
            return name + bracketed(latex(math.argument))
        case Factorial():
            return within(math.body, ATOM) + "!"
        case Norm():
            return rf"\left\lVert {latex(math.body)} \right\rVert"
        case Indicator():
            return f"[{latex(math.condition)}]"
        case Expectation():
            operator = r"\mathbb{E}" if math.operator == "E" else name_of(math.operator)
            mark = f"_{{{_joined(math.states)}}}" if math.states else ""
            return f"{operator}{mark}[{latex(math.body)}]"
        case Density():
            return _density(math.name) + enclosed(", ".join(_arguments(math)), "(", ")")
        case Listing():
            return f"({', '.join(map(latex, math.entries))})"
        case Conditioned():
            return rf"{latex(math.body)} \mid {', '.join(map(latex, math.given))}"
    raise TypeError(f"no LaTeX for {type(math).__name__}")


def within(math: Math, place: int) -> str:
    """The layout in a place of this level, in brackets where it is looser."""
    own = ATOM if isinstance(math, Quotient) and place <= PRODUCT else level(math)
    if own >= place and own > ADD:
        return latex(math)
    return bracketed(latex(math))


def bracketed(inner: str) -> str:
    """In round brackets; in curly ones around round ones."""
    return enclosed(inner, r"\{", r"\}") if "(" in inner else enclosed(inner, "(", ")")


def enclosed(inner: str, left: str, right: str) -> str:
    """Between brackets, that grow with a fraction or a sum."""
    tall = r"\frac" in inner or r"\sum" in inner
    return rf"\left{left} {inner} \right{right}" if tall else f"{left}{inner}{right}"


def _number(value: Fraction) -> str:
    sign, size = "-" if value < 0 else "", abs(value)
    digits, zeros = powers_of_ten(size)
    if zeros:
        return sign + ("" if digits == 1 else rf"{digits} \cdot ") + f"10^{{{zeros}}}"
    if size.denominator == 1:
        return f"{sign}{size}"
    return rf"{sign}\tfrac{{{size.numerator}}}{{{size.denominator}}}"


def _symbol(math: Symbol) -> str:
    name = name_of(math.name)
    if math.accent:
        narrow, wide = ACCENTS[math.accent]
        name = f"{narrow if len(math.name) == 1 else wide}{{{name}}}"
    above = f"^{{{math.superscript}}}" if math.superscript else ""
    below = f"_{{{_joined(math.subscripts)}}}" if math.subscripts else ""
    return name + above + below


def _joined(marks: tuple[Math, ...]) -> str:
    """Subscripts side by side where all are single letters."""
    single = all(
        (isinstance(m, Symbol) and len(m.name.rstrip("′")) == 1 and not m.subscripts)
        or (isinstance(m, Number) and 0 <= m.value < 10)
        for m in marks
    )  # fmt: skip
    return ("" if single else ",").join(latex(mark) for mark in marks)


def _quotient(math: Quotient) -> str:
    """A fraction; a long sum over a number stands behind one over it."""
    above, below = math.numerator, math.denominator
    if isinstance(above, Symbol) and isinstance(below, Number):
        return rf"\tfrac{{{latex(above)}}}{{{latex(below)}}}"
    if _is_long(above) and isinstance(above, Series | Add):
        return rf"\frac{{1}}{{{latex(below)}}} {within(above, SERIES)}"
    return rf"\frac{{{latex(above)}}}{{{latex(below)}}}"


def _is_long(math: Math) -> bool:
    """Whether a fraction would be too wide: a Σ with a bracket."""
    return any(
        isinstance(part, Series) and any(isinstance(inner, Add) for inner in parts_within(part))
        for part in parts_within(math)
    )


def _sum(math: Add) -> str:
    first, *others = math.terms
    result = latex(first) if isinstance(first, Negative) else within(first, SERIES)
    for term in others:
        sign, body = ("-", term.body) if isinstance(term, Negative) else ("+", term)
        result += f" {sign} {within(body, SERIES)}"
    return result


def product(factors: tuple[Math, ...]) -> str:
    """Factors side by side."""
    *first, last = factors
    written = [_before_another(factor) for factor in first]
    written.append(within(last, SERIES if first else PRODUCT))
    words = [_is_word(factor) for factor in factors]
    result = written[0]
    for position, part in enumerate(written[1:], start=1):
        # Two words side by side, or a function after anything, want a thin space.
        before = factors[position - 1]
        closed = isinstance(before, Density | Expectation | Indicator | Call | Softmax)
        function = isinstance(factors[position], Call)
        thin = closed or function or words[position] or words[position - 1]
        result += (r" \, " if thin and not part.startswith(r"\log") else " ") + part
    return result


def _before_another(factor: Math) -> str:
    """A factor that others follow: exp(x) y and not exp x y."""
    if isinstance(factor, Call) and is_bare(factor):
        return _function(factor) + bracketed(latex(factor.argument))
    return within(factor, PRODUCT)


def _is_word(math: Math) -> bool:
    match math:
        case Symbol(name=name):
            return len(name.rstrip("′")) > 1
        case Power(base=inner) | Transpose(body=inner):
            return _is_word(inner)
    return False


def sums(math: Series) -> str:
    """The sum signs of a series, each with its conditions."""
    sign = {"∑": r"\sum", "∏": r"\prod"}[math.operator]
    return " ".join(rf"{sign}_{{{_under(math, index)}}}" for index in math.indices)


def _under(math: Series, index: Symbol) -> str:
    own = conditions_of(math, index)
    if not own:
        return latex(index)
    written = ",\\, ".join(map(latex, own))
    named = all(condition.sides[0] == index for condition in own)
    return written if named else f"{latex(index)} : {written}"


def _call(math: Call) -> str:
    if math.function == "sqrt":
        return rf"\sqrt{{{latex(math.argument)}}}"
    name = _function(math)
    if not is_bare(math):
        return name + bracketed(latex(math.argument))
    loose = isinstance(math.argument, Call | Series | Density | Indicator)
    return f"{name} {latex(math.argument) if loose else within(math.argument, POSTFIX)}"


def _function(math: Call) -> str:
    below = f"_{{{latex(math.subscript)}}}" if math.subscript else ""
    return FUNCTIONS.get(math.function, rf"\operatorname{{{escaped(math.function)}}}") + below


def _power(math: Power) -> str:
    base = within(math.base, ATOM)
    exponent = latex(math.exponent)
    if isinstance(math.base, Symbol) and not math.base.superscript:
        name, below = _split(math.base)
        return f"{name}^{{{exponent}}}{below}"
    return f"{bracketed(base) if isinstance(math.base, Symbol) else base}^{{{exponent}}}"


def _split(symbol: Symbol) -> tuple[str, str]:
    """A symbol before and after the place of its exponent."""
    bare = _symbol(Symbol(symbol.name, (), symbol.accent))
    return bare, f"_{{{_joined(symbol.subscripts)}}}" if symbol.subscripts else ""


def _density(name: str) -> str:
    if len(name) == 1:
        return r"\mathcal{N}" if name == "N" else name
    return rf"\operatorname{{{escaped(name)}}}"


def _arguments(math: Density) -> list[str]:
    labels = math.labels or ("",) * len(math.arguments)
    pairs = zip(labels, math.arguments, strict=True)
    return [rf"\text{{{escaped(label)}}} = {latex(a)}" if label else latex(a) for label, a in pairs]
