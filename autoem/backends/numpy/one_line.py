"""An expression on one line, with no more parentheses than it needs."""

from __future__ import annotations

from autoem.backends.numpy.tree import (
    Attribute,
    Binary,
    Conditional,
    Expr,
    Invoke,
    Literal,
    Mapping,
    Name,
    Sequence,
    Slice,
    Subscript,
    Unary,
)

PRECEDENCE = {
    "|": 5, "&": 6, "==": 4, "!=": 4, "<": 4, "<=": 4, ">": 4, ">=": 4, "is": 4, "is not": 4,
    "in": 4, "or": 1, "and": 2, "not": 3, "+": 7, "-": 7, "*": 8, "/": 8, "@": 8,
    "negative": 9, "~": 9, "**": 10,
}  # fmt: skip
"""How tightly an operator binds."""

CONDITIONAL, ATOM = 0, 11


def precedence(value: Expr) -> int:
    """How tightly the expression binds."""
    return _text(value)[1]


def text(value: Expr) -> str:
    """An expression on one line."""
    return _text(value)[0]


def tight(value: Expr, precedence: int) -> str:
    """The expression, in parentheses if it binds less than the precedence."""
    words, own = _text(value)
    return words if own >= precedence else f"({words})"


def _text(value: Expr) -> tuple[str, int]:
    """The expression and how tightly it binds."""
    match value:
        case Name(words):
            return words, ATOM
        case Literal(constant):
            return _literal(constant)
        case Attribute(owner, name):
            return f"{tight(owner, ATOM)}.{name}", ATOM
        case Invoke(function, arguments, keywords):
            items = [text(argument) for argument in arguments]
            items += [f"{name}={text(argument)}" for name, argument in keywords]
            return f"{tight(function, ATOM)}({', '.join(items)})", ATOM
        case Slice(lower, upper):
            ends = ["" if end is None else text(end) for end in (lower, upper)]
            gap = "" if all(end is None or _simple(end) for end in (lower, upper)) else " "
            return f"{ends[0]}{gap if lower else ''}:{gap if upper else ''}{ends[1]}", ATOM
        case Subscript(owner, places):
            return f"{tight(owner, ATOM)}[{', '.join(text(place) for place in places)}]", ATOM
        case Sequence(brackets, items):
            inside = ", ".join(text(item) for item in items)
            comma = "," if brackets == "()" and len(items) == 1 else ""
            return f"{brackets[:1]}{inside}{comma}{brackets[1:]}", ATOM
        case Mapping(entries):
            inside = ", ".join(f"{text(key)}: {text(item)}" for key, item in entries)
            return "{" + inside + "}", ATOM
        case Unary(operator, operand):
            level = PRECEDENCE["negative" if operator == "-" else operator]
            space = " " if operator.isalpha() else ""
            power = isinstance(operand, Binary) and operand.operator == "**"
            return f"{operator}{space}{tight(operand, ATOM if power else level)}", level
        case Conditional(condition, yes, no):
            words = f"{tight(yes, 1)} if {tight(condition, 1)} else {tight(no, 0)}"
            return words, CONDITIONAL
        case Binary(operator, left, right):
            return _binary(operator, left, right)


def _binary(operator: str, left: Expr, right: Expr) -> tuple[str, int]:
    level = PRECEDENCE[operator]
    if operator == "**":
        base, exponent = tight(left, level + 1), tight(right, PRECEDENCE["negative"])
        gap = "" if _simple(left) and not base.startswith("(") and _simple(right) else " "
        return f"{base}{gap}**{gap}{exponent}", level
    return f"{tight(left, level)} {operator} {tight(right, level + 1)}", level


def _simple(value: Expr) -> bool:
    match value:
        case Name() | Literal():
            return True
        case Attribute(owner, _) | Unary("-", owner):
            return _simple(owner)
    return False


def _literal(value: int | float | str | bool | None) -> tuple[str, int]:
    if isinstance(value, str):
        words = repr(value)
        plain = '"' not in value and words.startswith("'")
        return (f'"{words[1:-1]}"' if plain else words), ATOM
    if isinstance(value, float) and value in (float("inf"), float("-inf")):
        return ("np.inf", ATOM) if value > 0 else ("-np.inf", PRECEDENCE["negative"])
    words = repr(value)
    return words, PRECEDENCE["negative"] if words.startswith("-") else ATOM
