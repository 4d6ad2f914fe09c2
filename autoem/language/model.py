"""Models: the class statement that declares one, and what it declares.

A class body is read once, top to bottom; the result is a frozen `Declaration`.  The class itself is
only its name: it has no instances and no subclasses.
"""

from __future__ import annotations

import reprlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, ClassVar, NoReturn

from autoem.errors import ModelHasNoInstances, ModelIsFinal, NoObserved, NotAModel, Undeclared
from autoem.language.arithmetic import Axis
from autoem.language.declaration import Given, Latent, Observed, Parameter, Random, Variable
from autoem.language.formula import Expression, subexpressions
from autoem.language.namespace import Namespace
from autoem.language.notation import notation


@dataclass(frozen=True)
class Declaration:
    """All that a class body declares, in order."""

    name: str
    doc: str
    axes: tuple[Axis, ...]
    variables: tuple[Variable, ...]

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        """What is estimated."""
        return tuple(v for v in self.variables if isinstance(v, Parameter))

    @property
    def givens(self) -> tuple[Given, ...]:
        """What is known and not modeled."""
        return tuple(v for v in self.variables if isinstance(v, Given))

    @property
    def latents(self) -> tuple[Latent, ...]:
        """What is not seen."""
        return tuple(v for v in self.variables if isinstance(v, Latent))

    @property
    def observed(self) -> tuple[Observed, ...]:
        """What is seen."""
        return tuple(v for v in self.variables if isinstance(v, Observed))


def mentioned(variable: Variable) -> Iterator[Expression]:
    """Every expression that stands in the declaration of a variable."""
    law = variable.distribution if isinstance(variable, Random) else None
    law = variable.prior if isinstance(variable, Parameter) else law
    for expression in () if law is None else law.expressions:
        yield from subexpressions(expression)


def check_declaration(declaration: Declaration) -> None:
    """Something is observed, and every declaration mentions only earlier names of the class."""
    if not declaration.observed:
        raise NoObserved(model=declaration.name)
    earlier: list[Variable] = []
    for variable in declaration.variables:
        earlier.append(variable)
        axes = list(variable.axes)
        for node in mentioned(variable):
            axes += [*node.plates, *node.event]
            if isinstance(node, Variable) and node not in earlier:
                what = f"the variable {node.name}" if node.name else f"{node.label} without a name"
                raise undeclared(variable, what, "theta = Parameter(Real())")
        for axis in (*axes, *(() if variable.category is None else (variable.category,))):
            if not axis.literal and axis not in declaration.axes:
                raise undeclared(variable, f"the axis {axis}", "n = Axis()")


def undeclared(variable: Variable, what: str, example: str) -> Undeclared:
    """The error for a name of another model, or for none."""
    return Undeclared(variable=variable.name, what=what, example=example, place=variable.place)


class ModelType(type):
    """The type of models: it reads a class body as a declaration."""

    declaration: Declaration

    painter: ClassVar[Callable[[ModelType, str], str] | None] = None
    """How a notebook shows a model, as "html" or "latex".  Pictures are drawn above the language,
    so that the package sets it."""

    @classmethod
    def __prepare__(mcs, name: str, bases: tuple[type, ...], /) -> Namespace:  # type: ignore[override]
        for base in bases:
            if isinstance(base, ModelType) and base.__bases__ != (object,):
                raise ModelIsFinal(base=base.__name__)
        return Namespace()

    def __new__(mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> ModelType:
        cls = type.__new__(mcs, name, bases, dict(namespace))
        if bases:
            cls.declaration = declared(name, namespace)
            check_declaration(cls.declaration)
        return cls

    def __call__(cls, *_: object, **__: object) -> NoReturn:
        raise ModelHasNoInstances(model=cls.__name__)

    def __str__(cls) -> str:
        return notation(cls.declaration.variables) if cls.__bases__ != (object,) else cls.__name__

    def _repr_html_(cls) -> str | None:
        return ModelType._painted(cls, "html")

    def _repr_latex_(cls) -> str | None:
        return ModelType._painted(cls, "latex")

    def _painted(cls, form: str) -> str | None:
        painter = ModelType.painter
        return painter(cls, form) if painter is not None and cls.__bases__ != (object,) else None


def declaration_of(model: object) -> Declaration:
    """The declaration of a model.  Errors: `NotAModel`."""
    if isinstance(model, ModelType) and model.__bases__ != (object,):
        return model.declaration
    came = "the base of all models" if isinstance(model, ModelType) else reprlib.repr(model)
    raise NotAModel(came=came)


def declared(name: str, namespace: dict[str, Any]) -> Declaration:
    """The declaration that the names of a class body make."""
    values = tuple(namespace.values())
    axes = tuple(value for value in values if isinstance(value, Axis))
    variables = tuple(value for value in values if isinstance(value, Variable))
    return Declaration(name, namespace.get("__doc__") or "", axes, variables)


class Model(metaclass=ModelType):
    """A declared model; `declaration` says what it declares, and `str` prints it.

    >>> from autoem.families import Normal
    >>> from autoem.language import Axis, Observed, Parameter, Positive, Real
    >>> class Sample(Model):
    ...     n = Axis("observations")
    ...     mean, variance = Parameter(Real()), Parameter(Positive())
    ...     x = Observed(Normal(mean, variance=variance), over=n)
    >>> [variable.name for variable in Sample.declaration.parameters]
    ['mean', 'variance']
    >>> print(Sample)
    mean ∈ ℝ
    variance > 0
    x_n ~ N(mean, variance)
    """
