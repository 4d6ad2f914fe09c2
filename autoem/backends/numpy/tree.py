"""Python source as a tree: only the nodes that generated programs need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Name:
    """An identifier, dotted or not: `x`, `np.exp`."""

    text: str


@dataclass(frozen=True)
class Literal:
    value: int | float | str | bool | None


@dataclass(frozen=True)
class Invoke:
    """function(arguments, keyword=value)"""

    function: Expr
    arguments: tuple[Expr, ...]
    keywords: tuple[tuple[str, Expr], ...] = ()


@dataclass(frozen=True)
class Attribute:
    value: Expr
    name: str


@dataclass(frozen=True)
class Slice:
    """lower:upper inside a subscript; a bare colon without bounds."""

    lower: Expr | None = None
    upper: Expr | None = None


@dataclass(frozen=True)
class Subscript:
    value: Expr
    places: tuple[Expr, ...]


@dataclass(frozen=True)
class Binary:
    operator: str
    left: Expr
    right: Expr


@dataclass(frozen=True)
class Unary:
    operator: str
    operand: Expr


@dataclass(frozen=True)
class Conditional:
    """yes if condition else no"""

    condition: Expr
    yes: Expr
    no: Expr


@dataclass(frozen=True)
class Sequence:
    """A tuple or a list, by its brackets."""

    brackets: str
    items: tuple[Expr, ...]


@dataclass(frozen=True)
class Mapping:
    items: tuple[tuple[Expr, Expr], ...]


Expr: TypeAlias = (
    Name
    | Literal
    | Invoke
    | Attribute
    | Slice
    | Subscript
    | Binary
    | Unary
    | Conditional
    | Sequence
    | Mapping
)


@dataclass(frozen=True)
class Assign:
    """target: annotation = value, and what it is."""

    target: Expr
    value: Expr
    annotation: str = ""
    document: str = ""


@dataclass(frozen=True)
class Augment:
    """target += value, for any operator"""

    target: Expr
    operator: str
    value: Expr


@dataclass(frozen=True)
class Evaluate:
    """An expression for its effect."""

    value: Expr


@dataclass(frozen=True)
class Return:
    value: Expr


@dataclass(frozen=True)
class Comment:
    text: str


@dataclass(frozen=True)
class For:
    target: Expr
    iterable: Expr
    body: tuple[Statement, ...]


@dataclass(frozen=True)
class If:
    condition: Expr
    body: tuple[Statement, ...]


@dataclass(frozen=True)
class Parameter:
    name: str
    annotation: str
    default: Expr | None = None


@dataclass(frozen=True)
class Define:
    """A function, with its docstring."""

    name: str
    parameters: tuple[Parameter, ...]
    returns: str
    document: str
    body: tuple[Statement, ...]
    decorators: tuple[Expr, ...] = ()


@dataclass(frozen=True)
class Section:
    """Source that is carried over as it stands from the runtime."""

    text: str


Statement: TypeAlias = Assign | Augment | Evaluate | Return | Comment | For | If | Define | Section


@dataclass(frozen=True)
class Module:
    header: str
    document: str
    imports: tuple[str, ...]
    body: tuple[Statement, ...]


def invoke(function: str, *arguments: Expr, **keywords: Expr) -> Invoke:
    """function(arguments, keyword=value), the function by its dotted name."""
    return Invoke(Name(function), arguments, tuple(keywords.items()))


def method(value: Expr, name: str, *arguments: Expr, **keywords: Expr) -> Invoke:
    """value.name(arguments, keyword=value)"""
    return Invoke(Attribute(value, name), arguments, tuple(keywords.items()))


def integers(values: tuple[int, ...]) -> Expr:
    """A tuple of integers, or the integer alone."""
    if len(values) == 1:
        return Literal(values[0])
    return Sequence("()", tuple(Literal(value) for value in values))
