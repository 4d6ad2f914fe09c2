"""Print the tree: four spaces, at most 100 columns, wrapped as the usual formatters do."""

from __future__ import annotations

import textwrap
from itertools import chain

from autoem.backends.numpy.tree import (
    Assign,
    Attribute,
    Augment,
    Binary,
    Comment,
    Conditional,
    Define,
    Evaluate,
    Expr,
    For,
    If,
    Invoke,
    Literal,
    Mapping,
    Module,
    Name,
    Parameter,
    Return,
    Section,
    Sequence,
    Slice,
    Statement,
    Subscript,
    Unary,
)

WIDTH = 100
PRECEDENCE = {
    "|": 5, "&": 6, "==": 4, "!=": 4, "<": 4, "<=": 4, ">": 4, ">=": 4, "is": 4, "is not": 4,
    "in": 4, "or": 1, "and": 2, "not": 3, "+": 7, "-": 7, "*": 8, "/": 8, "@": 8,
    "negative": 9, "~": 9, "**": 10,
}  # fmt: skip
CONDITIONAL, ATOM = 0, 11


def module_text(module: Module) -> str:
    """The source of a module."""
    head = f"# {module.header}\n{_document(module.document, '')}"
    text = "\n\n".join((head, "from __future__ import annotations", "\n".join(module.imports)))
    before: Statement | None = None
    for statement in module.body:
        apart = isinstance(statement, Define | Section | Comment)
        apart = apart or isinstance(before, Define | Section | Comment)
        text += "\n\n\n" if apart else "\n\n"
        text += "\n".join(_statement(statement, ""))
        before = statement
    return text + "\n"


def _document(text: str, indent: str) -> str:
    safe = textwrap.dedent(text).strip().replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    lines = [part for line in safe.split("\n") for part in _wrapped(line, WIDTH - len(indent) - 3)]
    if len(lines) == 1:
        return f'{indent}"""{lines[0]}"""'
    body = [f"{indent}{line}" if line.strip() else "" for line in lines[1:]]
    return "\n".join([f'{indent}"""{lines[0]}', *body, f'{indent}"""'])


def _wrapped(line: str, width: int) -> list[str]:
    """A line of a docstring; a long one goes on behind its own indentation."""
    if len(line) <= width:
        return [line.rstrip()]
    margin = line[: len(line) - len(line.lstrip())]
    return textwrap.wrap(line, width, subsequent_indent=margin + "    ")


def _statement(statement: Statement, indent: str) -> list[str]:
    inner = indent + "    "
    match statement:
        case Assign(target, value, annotation, document):
            typed = f": {annotation}" if annotation else ""
            lines = _fit(value, indent, f"{text(target)}{typed} = ", "")
            return [*lines, *([_document(document, indent)] if document else [])]
        case Augment(target, operator, value):
            return _fit(value, indent, f"{text(target)} {operator}= ", "")
        case Evaluate(value):
            return _fit(value, indent, "", "")
        case Return(value):
            return _fit(value, indent, "return ", "")
        case Comment(words):
            room = max(WIDTH - len(indent) - 2, 40)
            return [f"{indent}# {line}" for line in textwrap.wrap(words, room)]
        case For(target, iterable, body):
            head = [f"{indent}for {text(target)} in {text(iterable)}:"]
            return head + _block(body, inner)
        case If(condition, body):
            return [f"{indent}if {text(condition)}:", *_block(body, inner)]
        case Section(source):
            return [source.strip("\n")]
        case Define():
            return _define(statement, indent)


def _block(body: tuple[Statement, ...], indent: str) -> list[str]:
    lines: list[str] = []
    for place, statement in enumerate(body):
        beside = isinstance(body[place - 1], Define) if place else True
        if isinstance(statement, Define) or (place and beside):
            lines.append("")
        lines += _statement(statement, indent)
    return lines


def _define(function: Define, indent: str) -> list[str]:
    lines = [f"{indent}@{text(decorator)}" for decorator in function.decorators]
    items = [_parameter(parameter) for parameter in function.parameters]
    close = f") -> {function.returns}:"
    whole = f"{indent}def {function.name}({', '.join(items)}{close}"
    if len(whole) <= WIDTH:
        lines.append(whole)
    else:
        body = f"{indent}    {', '.join(items)}"
        split = [body] if len(body) <= WIDTH else [f"{indent}    {item}," for item in items]
        lines += [f"{indent}def {function.name}(", *split, indent + close]
    if function.document:
        lines.append(_document(function.document, indent + "    "))
    return lines + _block(function.body, indent + "    ")


def _parameter(parameter: Parameter) -> str:
    default = "" if parameter.default is None else f" = {text(parameter.default)}"
    return f"{parameter.name}: {parameter.annotation}{default}"


def _fit(value: Expr, indent: str, before: str, after: str) -> list[str]:
    """The expression between two pieces of text, on one line if it fits, else in brackets."""
    line = f"{indent}{before}{text(value)}{after}"
    if len(line) <= WIDTH:
        return [line]
    match value:
        case Invoke(function, arguments, keywords) if arguments or keywords:
            items = [("", argument) for argument in arguments]
            items += [(f"{name}=", argument) for name, argument in keywords]
            return _bracket(items, indent, f"{before}{_tight(function, ATOM)}(", f"){after}")
        case Sequence(brackets, items):
            pairs = [("", item) for item in items]
            pair = brackets or "()"
            return _exploded(pairs, indent, before + pair[0], pair[1] + after)
        case Mapping(entries):
            pairs = [(f"{text(key)}: ", item) for key, item in entries]
            return _exploded(pairs, indent, before + "{", "}" + after)
        case Subscript(Binary() as owner, places) if (
            len(f"{indent}{before}({text(owner)})[") > WIDTH
        ):
            end = f")[{', '.join(map(text, places))}]{after}"
            return [f"{indent}{before}(", *_fit(owner, indent + "    ", "", ""), indent + end]
        case Subscript(owner, places):
            pairs = [("", place) for place in places]
            return _bracket(pairs, indent, f"{before}{_tight(owner, ATOM)}[", f"]{after}")
        case Unary("-", Invoke() as operand):
            return _fit(operand, indent, before + "-", after)
        case Binary():
            return _split_last(value, indent, before, after)
    return [line]


def _opens(owner: Expr, before: str) -> bool:
    """Whether the line has room for the owner and an opening bracket."""
    return len(f"{before}({text(owner)})[") <= WIDTH


def _split_last(value: Binary, indent: str, before: str, after: str) -> list[str]:
    """One operator whose right side ends in brackets is split inside these; others line by line."""
    level = PRECEDENCE[value.operator]
    alone = not (isinstance(value.left, Binary) and PRECEDENCE[value.left.operator] == level)
    head = f"{before}{_tight(value.left, level)} {value.operator} "
    if alone and len(indent) + len(head) < WIDTH - 40:
        if isinstance(value.right, Invoke) and isinstance(value.right.function, Name):
            return _fit(value.right, indent, head, after)
        if isinstance(value.right, Binary) and PRECEDENCE[value.right.operator] <= level:
            return _operators(value.right, indent, head, after)
    return _operators(value, indent, before, after)


def _bracket(items: list[tuple[str, Expr]], indent: str, before: str, after: str) -> list[str]:
    inner = indent + "    "
    joined = inner + ", ".join(prefix + text(item) for prefix, item in items)
    if len(joined) <= WIDTH:
        return [indent + before, joined, indent + after]
    return _exploded(items, indent, before, after)


def _exploded(items: list[tuple[str, Expr]], indent: str, before: str, after: str) -> list[str]:
    """One item a line, each with a comma."""
    inner = indent + "    "
    lines = [_fit(item, inner, prefix, ",") for prefix, item in items]
    return [indent + before, *chain.from_iterable(lines), indent + after]


def _operators(value: Binary, indent: str, before: str, after: str) -> list[str]:
    """A chain of operators of one precedence, each on a line of its own."""
    inner = indent + "    "
    joined = inner + text(value)
    if len(joined) <= WIDTH:
        return [f"{indent}{before}(", joined, f"{indent}){after}"]
    level, lines = PRECEDENCE[value.operator], []
    node: Expr = value
    while isinstance(node, Binary) and PRECEDENCE[node.operator] == level:
        operand = _tight(node.right, level + 1)
        lines.append(f"{inner}{node.operator} {operand}")
        node = node.left
    return [f"{indent}{before}(", inner + _tight(node, level), *lines[::-1], f"{indent}){after}"]


def text(value: Expr) -> str:
    """An expression on one line."""
    return _text(value)[0]


def _tight(value: Expr, precedence: int) -> str:
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
            return f"{_tight(owner, ATOM)}.{name}", ATOM
        case Invoke(function, arguments, keywords):
            items = [text(argument) for argument in arguments]
            items += [f"{name}={text(argument)}" for name, argument in keywords]
            return f"{_tight(function, ATOM)}({', '.join(items)})", ATOM
        case Slice(lower, upper):
            ends = ["" if end is None else text(end) for end in (lower, upper)]
            gap = "" if all(end is None or _simple(end) for end in (lower, upper)) else " "
            return f"{ends[0]}{gap if lower else ''}:{gap if upper else ''}{ends[1]}", ATOM
        case Subscript(owner, places):
            return f"{_tight(owner, ATOM)}[{', '.join(text(place) for place in places)}]", ATOM
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
            return f"{operator}{space}{_tight(operand, ATOM if power else level)}", level
        case Conditional(condition, yes, no):
            words = f"{_tight(yes, 1)} if {_tight(condition, 1)} else {_tight(no, 0)}"
            return words, CONDITIONAL
        case Binary(operator, left, right):
            return _binary(operator, left, right)


def _binary(operator: str, left: Expr, right: Expr) -> tuple[str, int]:
    level = PRECEDENCE[operator]
    if operator == "**":
        base, exponent = _tight(left, level + 1), _tight(right, level)
        gap = "" if _simple(left) and _simple(right) else " "
        return f"{base}{gap}**{gap}{exponent}", level
    return f"{_tight(left, level)} {operator} {_tight(right, level + 1)}", level


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
