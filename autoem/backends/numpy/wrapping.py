"""Expressions that do not fit on a line, wrapped as ruff does it.

A call is split inside its brackets, a collection into one item a line.  A sum or product goes into
parentheses, one operand a line; with one operator only, the last brackets are split instead.
"""

from __future__ import annotations

from itertools import chain

from autoem.backends.numpy.one_line import ATOM, PRECEDENCE, precedence, text, tight
from autoem.backends.numpy.tree import (
    Attribute,
    Binary,
    Expr,
    Invoke,
    Mapping,
    Sequence,
    Subscript,
    Unary,
)

WIDTH = 100
Lines = list[str]


def fit(value: Expr, indent: str, before: str, after: str) -> Lines:
    """The expression between two pieces of text, on one line if it fits, else in brackets."""
    line = f"{indent}{before}{text(value)}{after}"
    if len(line) <= WIDTH:
        return [line]
    match value:
        case Sequence(brackets, items):
            pairs = [("", item) for item in items]
            pair = brackets or "()"
            return _exploded(pairs, indent, before + pair[0], pair[1] + after)
        case Mapping(entries):
            pairs = [(f"{text(key)}: ", item) for key, item in entries]
            return _exploded(pairs, indent, before + "{", "}" + after)
        case Unary("-", Invoke() as operand):
            return fit(operand, indent, before + "-", after)
        case Unary("-", Binary() as operand) if precedence(operand) < precedence(value):
            return [f"{indent}{before}-(", *_inside(operand, indent + "    "), f"{indent}){after}"]
        case Binary():
            return _binary(value, indent, before, after)
        case Subscript(Binary() as owner) | Invoke(Attribute(Binary() as owner)):
            rest = text(value).removeprefix(f"({text(owner)})")
            if not _opens(owner, indent + before, rest):
                inside = _inside(owner, indent + "    ")
                return [f"{indent}{before}(", *inside, f"{indent}){rest}{after}"]
        case Invoke(Attribute(Subscript() as owner)):
            rest = text(value).removeprefix(text(owner))
            return fit(owner, indent, before, rest + after)
    return _last(value, 0, indent, before, after) or [line]


def _opens(owner: Expr, before: str, rest: str) -> bool:
    """Whether the line has room for the owner and what follows, up to an opening bracket."""
    opening = max(rest.find("("), rest.find("[")) + 1
    return len(f"{before}({text(owner)}){rest[:opening]}") <= WIDTH


def _bracket(items: list[tuple[str, Expr]], indent: str, before: str, after: str) -> Lines:
    inner = indent + "    "
    joined = inner + ", ".join(prefix + text(item) for prefix, item in items)
    if len(joined) <= WIDTH:
        return [indent + before, joined, indent + after]
    return _exploded(items, indent, before, after)


def _exploded(items: list[tuple[str, Expr]], indent: str, before: str, after: str) -> Lines:
    """One item a line, each with a comma."""
    inner = indent + "    "
    lines = [fit(item, inner, prefix, ",") for prefix, item in items]
    return [indent + before, *chain.from_iterable(lines), indent + after]


def _operands(value: Binary) -> list[tuple[str, Expr]]:
    """A chain of operators of one precedence: each operand and the operator in front of it."""
    level, found = PRECEDENCE[value.operator], list[tuple[str, Expr]]()
    node: Expr = value
    while isinstance(node, Binary) and PRECEDENCE[node.operator] == level:
        found.append((f"{node.operator} ", node.right))
        node = node.left
    return [("", node), *found[::-1]]


def _binary(value: Binary, indent: str, before: str, after: str) -> Lines:
    """Parentheses around the whole, or around the last or the first of two operands."""
    level, operands = PRECEDENCE[value.operator], _operands(value)
    if len(operands) == 2:
        left, right = value.left, value.right
        head = f"{before}{tight(left, level)} {value.operator} "
        subscript = isinstance(_rightmost(right), Subscript)
        split = None if subscript else _last(right, level + 1, indent, head, after)
        if split:
            return split
        tail = f" {value.operator} {tight(right, level + 1)}{after}"
        both = isinstance(left, Invoke) and isinstance(_rightmost(right), Invoke)
        bracketed = both or precedence(left) < level
        if bracketed and len(f"{indent}){tail}") <= WIDTH:
            split = _last(left, level, indent, before, tail)
            if split:
                return split
    return [f"{indent}{before}(", *_inside(value, indent + "    "), f"{indent}){after}"]


def _rightmost(value: Expr) -> Expr:
    return _rightmost(value.right) if isinstance(value, Binary) else value


def _last(value: Expr, need: int, indent: str, head: str, after: str) -> Lines | None:
    """Split inside the last brackets of the expression, if what is in front of them fits."""
    match value:
        case Binary() if precedence(value) < need:
            if len(f"{indent}{head}(") <= WIDTH:
                inside = _inside(value, indent + "    ")
                return [f"{indent}{head}(", *inside, f"{indent}){after}"]
        case Binary(operator, left, right):
            level = PRECEDENCE[operator]
            head = f"{head}{tight(left, level)} {operator} "
            return _last(right, level + 1, indent, head, after)
        case Invoke(function, arguments, keywords) if arguments or keywords:
            items = [("", argument) for argument in arguments]
            items += [(f"{name}=", argument) for name, argument in keywords]
            opening = f"{head}{text(function)}("
            if len(indent + opening) <= WIDTH:
                return _bracket(items, indent, opening, f"){after}")
        case Subscript(owner, places):
            opening = f"{head}{tight(owner, ATOM)}["
            if len(indent + opening) <= WIDTH:
                pairs = [("", place) for place in places]
                return _bracket(pairs, indent, opening, f"]{after}")
    return None


def _inside(value: Expr, indent: str) -> Lines:
    """The expression between parentheses: on one line if it fits, else an operand a line."""
    line = indent + text(value)
    if len(line) <= WIDTH or not isinstance(value, Binary):
        return [line]
    return _chain(value, indent, "")


def _chain(value: Binary, indent: str, before: str) -> Lines:
    """Every operand of the chain on a line of its own, the first behind `before`."""
    level = PRECEDENCE[value.operator]
    lines: Lines = []
    for place, (operator, operand) in enumerate(_operands(value)):
        need = level if place == 0 else level + 1
        lines += _operand(operand, need, indent, operator if place else before)
    return lines


def _operand(value: Expr, need: int, indent: str, before: str) -> Lines:
    """One operand; what is too long is split inside its brackets or along its own operators."""
    line = f"{indent}{before}{tight(value, need)}"
    if len(line) <= WIDTH:
        return [line]
    if isinstance(value, Binary) and precedence(value) < need:
        return [f"{indent}{before}(", *_inside(value, indent + "    "), f"{indent})"]
    if isinstance(value, Binary):
        return _chain(value, indent, before)
    return _last(value, need, indent, before, "") or [line]
