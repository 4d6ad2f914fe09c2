"""The names of a class body, bound exactly where they are assigned.

Python hands every assignment of a class body to this dictionary, and asks it for every name that
the body uses.  So an axis or a variable learns its name and its line here, a name that is assigned
twice is refused at the second line, and one that nothing declares at its first use.
"""

from __future__ import annotations

import builtins
import dis
import sys
from difflib import get_close_matches
from types import FrameType, FunctionType
from typing import Any

from autoem.errors import (
    NamedTwice,
    NotADeclaration,
    Place,
    Redeclared,
    ReservedName,
    UnknownName,
    UsedBeforeDeclared,
    place_of,
)
from autoem.language.arithmetic import Axis
from autoem.language.declaration import Variable

RESERVED = ("declaration", "mro")
NOT_DECLARED = (FunctionType, type, property, staticmethod, classmethod)


class Namespace(dict[str, Any]):
    """The names of one class body, and the places of their assignments."""

    def __init__(self) -> None:
        dict.__init__(self)
        self.places: dict[str, Place] = {}

    def __setitem__(self, name: str, value: Any) -> None:
        if not (name.startswith("__") and name.endswith("__")):
            self._bind(name, value, place_of(sys._getframe(1)))
        dict.__setitem__(self, name, value)

    def __missing__(self, name: str) -> Any:
        frame = sys._getframe(1)
        if not (is_dunder(name) or resolves(name, frame)):
            raise unknown(name, frame, self)
        raise KeyError(name)

    def _bind(self, name: str, value: Any, place: Place) -> None:
        if name in self:
            raise Redeclared(name=name, first=self.places[name], place=place)
        if name in RESERVED:
            raise ReservedName(name=name, place=place)
        if isinstance(value, NOT_DECLARED):
            raise NotADeclaration(name=name, kind=type(value).__name__, place=place)
        self.places[name] = place
        if isinstance(value, Axis):
            named(name, value.key, place)
            value.key = name
        elif isinstance(value, Variable):
            named(name, value.name, place)
            object.__setattr__(value, "name", name)
            object.__setattr__(value, "place", place)


def named(name: str, before: str | None, place: Place) -> None:
    """A declaration has one name, in one model."""
    if before:
        raise NamedTwice(name=name, first=before, place=place)


def is_dunder(name: str) -> bool:
    """Whether Python itself owns the name."""
    return name.startswith("__") and name.endswith("__")


def resolves(name: str, frame: FrameType) -> bool:
    """Whether the class body may find the name outside: in a function around it, or a module."""
    outside = (frame.f_code.co_freevars, frame.f_globals, vars(builtins))
    return any(name in names for names in outside)


def unknown(name: str, frame: FrameType, known: Namespace) -> UnknownName | UsedBeforeDeclared:
    """The error for a name that nothing has declared yet."""
    place = place_of(frame)
    for step in dis.get_instructions(frame.f_code):
        if step.opname == "STORE_NAME" and step.argval == name and step.positions:
            line = step.positions.lineno or place.line
            declared = Place(place.file, line)
            return UsedBeforeDeclared(name=name, declared=declared, place=place)
    declared_names = tuple(known.places)
    outside = [n for n in (*frame.f_code.co_freevars, *frame.f_globals) if not n.startswith("_")]
    near = get_close_matches(name, [*declared_names, *outside], n=1)
    nearest = near[0] if near else None
    return UnknownName(name=name, nearest=nearest, known=declared_names, place=place)
