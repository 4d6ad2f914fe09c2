"""`--posterior` on the command line: an approximation by name, with its options behind a colon."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click

from autoem.errors import BadOption, UnknownChoice

if TYPE_CHECKING:
    from autoem.derive.approximations import Approximation


def chosen(
    context: click.Context, option: click.Parameter, text: str | None
) -> Approximation | None:
    """The approximation of `quadrature`, or of `quadrature:order=32,tolerance=1e-8`.

    Errors: `UnknownChoice`, `BadOption`.
    """
    if text is None:
        return None
    from autoem.derive.approximations import CHOICES

    name, _, rest = text.partition(":")
    if name not in CHOICES:
        raise UnknownChoice(option="posterior", value=name, choices=tuple(CHOICES))
    return _called(CHOICES[name], rest)


OPTIONS: Mapping[type, Callable[[str], Any]] = {int: int, str: str}
"""Type of a default to what reads an option; others are numbers."""


def _called(make: Callable[..., Approximation], rest: str) -> Approximation:
    """The approximation with the options that are written out."""
    signature = inspect.signature(make).parameters
    known: Mapping[str, Any] = {k: p for k, p in signature.items() if p.default is not p.empty}
    options = {}
    for part in filter(None, rest.split(",")):
        key, _, value = part.partition("=")
        if key not in known:
            raise BadOption(
                option=key, value=value, expected=f"one of {', '.join(known) or 'none'}"
            )
        try:
            options[key] = OPTIONS.get(type(known[key].default), float)(value)
        except ValueError:
            raise BadOption(option=key, value=value, expected="a number") from None
    return make(**options)
