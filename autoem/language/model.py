"""The class statement that declares a model."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Any

from autoem.errors import BadModel, Place, Redeclared, UnknownName
from autoem.language.declaration import Given, Latent, Observed, Parameter, Variable
from autoem.language.expression import Axis


@dataclass(frozen=True)
class Declaration:
    """All that a class body declares, in order."""

    name: str
    doc: str
    axes: tuple[Axis, ...]
    variables: tuple[Variable, ...]

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        return tuple(v for v in self.variables if isinstance(v, Parameter))

    @property
    def givens(self) -> tuple[Given, ...]:
        return tuple(v for v in self.variables if isinstance(v, Given))

    @property
    def latents(self) -> tuple[Latent, ...]:
        return tuple(v for v in self.variables if isinstance(v, Latent))

    @property
    def observed(self) -> tuple[Observed, ...]:
        return tuple(v for v in self.variables if isinstance(v, Observed))


class Namespace(dict[str, Any]):
    """The names of a class body, bound where they are assigned."""

    def __setitem__(self, name: str, value: Any) -> None:
        frame = sys._getframe(1)
        place = Place(frame.f_code.co_filename, frame.f_lineno)
        if name in self and not name.startswith("__"):
            raise Redeclared(place=place, problem=f"{name} is declared twice", write="a new name")
        if isinstance(value, Axis):
            value.key = name
        if isinstance(value, Variable):
            object.__setattr__(value, "name", name)
            object.__setattr__(value, "place", place)
        dict.__setitem__(self, name, value)


class ModelType(type):
    """The type of models: reads a class body as a declaration."""

    declaration: Declaration

    @classmethod
    def __prepare__(mcs, name: str, bases: tuple[type, ...], **keywords: Any) -> Namespace:
        return Namespace()

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> ModelType:
        cls = type.__new__(mcs, name, bases, dict(namespace))
        if bases:
            values = namespace.values()
            cls.declaration = Declaration(
                name,
                namespace.get("__doc__") or "",
                tuple(value for value in values if isinstance(value, Axis)),
                tuple(value for value in values if isinstance(value, Variable)),
            )
        return cls


class Model(metaclass=ModelType):
    """A declared model: `Model.declaration` says what it declares."""
