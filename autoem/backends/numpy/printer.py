"""Print the tree: four spaces, at most 100 columns, wrapped as the usual formatters do."""

from __future__ import annotations

import textwrap

from autoem.backends.numpy.one_line import text
from autoem.backends.numpy.tree import (
    Assign,
    Augment,
    Comment,
    Define,
    Evaluate,
    For,
    If,
    Module,
    Parameter,
    Return,
    Section,
    Statement,
)
from autoem.backends.numpy.wrapping import WIDTH, fit


def module_text(module: Module) -> str:
    """The source of a module."""
    head = f"# {module.header}\n{_document(module.document, '')}"
    source = "\n\n".join((head, "from __future__ import annotations", "\n".join(module.imports)))
    before: Statement | None = None
    for statement in module.body:
        apart = isinstance(statement, Define | Section | Comment)
        apart = apart or isinstance(before, Define | Section | Comment)
        source += "\n\n\n" if apart else "\n\n"
        source += "\n".join(_statement(statement, ""))
        before = statement
    return source + "\n"


def _document(words: str, indent: str) -> str:
    safe = textwrap.dedent(words).strip().replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
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
            lines = fit(value, indent, f"{text(target)}{typed} = ", "")
            return [*lines, *([_document(document, indent)] if document else [])]
        case Augment(target, operator, value):
            return fit(value, indent, f"{text(target)} {operator}= ", "")
        case Evaluate(value):
            return fit(value, indent, "", "")
        case Return(value):
            return fit(value, indent, "return ", "")
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
