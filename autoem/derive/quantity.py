"""Quantities, and their elements as sympy symbols.

A quantity is an array of the derivation: a declared variable, the indicator [z = k] of a discrete
latent, a matrix function of a covariance, or something that the derivation defines (a linear
predictor, a precision, a responsibility).  Its element at given indices is a sympy symbol, so that
sympy does scalar calculus on one replicate and never sees a plate.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any

import sympy

from autoem.derive.index import Index, Read, indices_in, name_of
from autoem.language.declaration import Given, Parameter, Random, Variable
from autoem.language.domain import Domain
from autoem.language.expression import Axis

if TYPE_CHECKING:
    from autoem.derive.term import Term

_serial = count()


@dataclass(frozen=True, eq=False)
class Quantity:
    """An array over named axes; `sign` is "positive", "nonnegative" or "real"."""

    name: str
    axes: tuple[Axis, ...]
    sign: str = "real"
    serial: int = field(default_factory=lambda: next(_serial), kw_only=True)

    @property
    def symmetric(self) -> bool:
        """Whether the last two axes may change places."""
        return False


@dataclass(frozen=True, eq=False)
class Declared(Quantity):
    """A variable of the model."""

    variable: Variable = field(kw_only=True)

    @property
    def domain(self) -> Domain:
        """The domain of a parameter or a given."""
        assert isinstance(self.variable, Parameter | Given)
        return self.variable.domain

    @property
    def support(self) -> str | None:
        """The support of a latent or observed variable."""
        assert isinstance(self.variable, Random)
        return self.variable.distribution.support

    @property
    def symmetric(self) -> bool:
        """What is positive definite is."""
        known = isinstance(self.variable, Parameter | Given)
        return (self.domain.kind if known else self.support) == "positive_definite"


@dataclass(frozen=True, eq=False)
class Indicator(Quantity):
    """[z = k], over the plates of z and then its states."""

    latent: Declared = field(kw_only=True)


@dataclass(frozen=True, eq=False)
class MatrixFunction(Quantity):
    """`inverse` (elements i, j) or `log_determinant` of a positive definite quantity."""

    function: str = field(kw_only=True)
    base: Quantity = field(kw_only=True)

    @property
    def symmetric(self) -> bool:
        """The inverse is."""
        return self.function == "inverse"


@dataclass(frozen=True, eq=False)
class Seen(Quantity):
    """One where an entry of an observed array is there, zero where it is missing."""

    base: Declared = field(kw_only=True)


@dataclass(frozen=True, eq=False)
class Size(Quantity):
    """The number of entries of an axis."""

    axis: Axis = field(kw_only=True)


@dataclass(frozen=True, eq=False)
class Later(Quantity):
    """One at every step of a chain but the first, where it is zero; of a tree, whose nodes have
    each a `parent`, one where there is one."""

    parent: Declared | None = field(default=None, kw_only=True)


@dataclass(frozen=True, eq=False)
class Delta(Quantity):
    """Kronecker's delta of two indices over one axis."""


@dataclass(frozen=True, eq=False)
class Origin(Quantity):
    """The value of a location parameter about which statistics are gathered."""

    base: Quantity = field(kw_only=True)

    @property
    def symmetric(self) -> bool:
        """As the parameter is."""
        return self.base.symmetric


def old_value(parameter: Declared) -> Origin:
    """The value of a parameter before the update, as a quantity of its own."""
    return Origin(parameter.name, parameter.axes, parameter.sign, base=parameter)


@dataclass(frozen=True, eq=False)
class Defined(Quantity):
    """A named intermediate: `definition` is a sum of terms with the formal `indices` free.

    `phase` says where it is computed: "model" (wherever its parts are), "posterior", "maximize".
    """

    indices: tuple[Index, ...] = field(kw_only=True)
    definition: tuple[Term, ...] = field(kw_only=True)
    phase: str = field(default="model", kw_only=True)


@dataclass(frozen=True, eq=False)
class LogPartition(Quantity):
    """log sum_k exp(a_k) of an `operand` a with the formal `indices` and the index `over` free."""

    operand: sympy.Expr = field(kw_only=True)
    indices: tuple[Index, ...] = field(kw_only=True)
    over: Index = field(kw_only=True)


@dataclass(frozen=True, eq=False)
class Statistic(Defined):
    """A sum over rows of data and expectations: what the E-step hands to the M-step."""


@dataclass(frozen=True, eq=False)
class Entries(Quantity):
    """A list literal: entry i of its one axis, as a function of the other formal indices."""

    indices: tuple[Index, ...] = field(kw_only=True)
    entries: tuple[sympy.Expr, ...] = field(kw_only=True)


@dataclass(frozen=True, eq=False)
class Computed(Quantity):
    """The result of an operation that is no sum: an inverse, a softmax, a log-sum-exp."""

    operation: str = field(kw_only=True)
    operands: tuple[sympy.Expr, ...] = field(kw_only=True)
    indices: tuple[Index, ...] = field(kw_only=True)
    over: tuple[Index, ...] = field(default=(), kw_only=True)
    phase: str = field(default="posterior", kw_only=True)

    @property
    def symmetric(self) -> bool:
        """An inverse is: only symmetric matrices are inverted."""
        return self.operation == "inverse"


@dataclass(frozen=True)
class LinearSystem:
    """sum_j matrix[i][j] y[j] = right[i]: an index that a row and a column share is a batch.

    `method` is "solve", or "ascend": with the absolute values of the eigenvalues, so that the
    solution is a direction in which the objective rises.
    """

    rows: tuple[tuple[Index, ...], ...]
    columns: tuple[tuple[Index, ...], ...]
    right: tuple[Element, ...]
    matrix: tuple[tuple[Element | None, ...], ...]
    method: str = "solve"


@dataclass(frozen=True, eq=False)
class Solution(Quantity):
    """Unknown number `position` of a linear system, free at `indices`."""

    system: LinearSystem = field(kw_only=True)
    position: int = field(kw_only=True)
    indices: tuple[Index, ...] = field(kw_only=True)


_ASSUMPTIONS: dict[str, dict[str, bool]] = {
    "positive": {"positive": True},
    "nonnegative": {"nonnegative": True},
    "real": {"real": True},
}


class Element(sympy.Symbol):
    """The symbol x[n, d]; equal elements are of one quantity at equal indices.

    Of the two names P[i, j] and P[j, i] of an entry of a symmetric matrix there is only one.
    """

    __slots__ = ("base", "indices")
    base: Quantity
    indices: tuple[Read, ...]

    def __new__(cls, base: Quantity, indices: tuple[Read, ...] = ()) -> Element:
        if base.symmetric:
            indices = (*indices[:-2], *sorted(indices[-2:], key=name_of))
        brackets = ",".join(name_of(read) for read in indices)
        name = f"{base.name}#{base.serial:012d}[{brackets}]"
        element: Element = sympy.Symbol.__xnew__(cls, name, **_ASSUMPTIONS[base.sign])
        element.base, element.indices = base, indices
        return element

    def __getnewargs_ex__(self) -> Any:
        raise TypeError("an element of a derivation is not pickled")


def elements(expression: sympy.Expr) -> tuple[Element, ...]:
    """The elements in an expression, in an order that no hash seed changes."""
    return tuple(sorted(expression.atoms(Element), key=lambda element: element.name))


def declared_name(quantity: Quantity) -> str:
    """The name of a variable, also where its indicator stands for it."""
    return quantity.latent.name if isinstance(quantity, Indicator) else quantity.name


def after_first(value: sympy.Expr) -> sympy.Expr:
    """The value at a step that is not the first."""
    later = {e: sympy.Integer(1) for e in elements(value) if isinstance(e.base, Later)}
    return value.xreplace(later)


def indices_of(expression: sympy.Expr) -> tuple[Index, ...]:
    """The indices that the elements of an expression mention, each once, in order."""
    found: dict[Index, None] = {}
    for element in elements(expression):
        for read in element.indices:
            found.update(dict.fromkeys(indices_in(read)))
    return tuple(found)
