"""A family: what is known of one distribution, as symbolic facts.

An exponential family has the log density

    log p(x | theta) = <eta(theta), T(x)> - A(theta) + log h(x)

and every fact below is one symbol of that line, or follows from it: E[T] is the gradient of A
with respect to eta.  `Family` holds what every distribution has, `ScalarFamily` the reading
above for a scalar value, `VectorFamily` the same per event index.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import sympy
from sympy import Expr


@dataclass(frozen=True)
class Argument:
    """One argument: `domain` is real, positive, probability, simplex, count, vector or matrix."""

    name: str
    domain: str


@dataclass(frozen=True)
class Summand:
    """sum over the indices `over` of `value`, which is one product."""

    value: Expr
    over: tuple[object, ...] = ()


class Reading(Protocol):
    """A value or an argument, read at event indices: x() of a scalar, x(i) of a vector.

    The value of a categorical variable also has `.index`, the index of its category.
    """

    def __call__(self, *indices: Any) -> Expr: ...
    @property
    def index(self) -> Any: ...


class ArgumentReading(Reading, Protocol):
    """An argument also knows the reductions over its event axis that a density needs."""

    @property
    def size(self) -> Expr: ...
    def total(self) -> Expr:
        """sum_i a_i."""

    def log_sum_exp(self) -> Expr:
        """log sum_i exp(a_i)."""

    def inverse(self, i: Any, j: Any) -> Expr:
        """Entry (i, j) of the inverse of a matrix."""

    def log_determinant(self) -> Expr: ...


Readings = Mapping[str, Any]
Facts = Mapping[str, Expr]
Arrays = Mapping[str, np.ndarray]
Size = int | tuple[int, ...] | None


class log_zero(sympy.Function):  # noqa: N801  (a sympy function is named as it is printed)
    """x log 0 for x >= 0: zero where x = 0, minus infinity elsewhere, with derivative zero."""

    nargs = 1

    @classmethod
    def eval(cls, x: Expr) -> Expr | None:
        if x.is_zero:
            return sympy.S.Zero
        return sympy.S.NegativeInfinity if x.is_number and x.is_zero is False else None

    def fdiff(self, argindex: int = 1) -> Expr:
        return sympy.S.Zero


def times_log(x: Expr, argument: Expr) -> Expr:
    """x log(argument), with the meaning 0 log 0 = 0 where the argument is exactly zero."""
    return log_zero(x) if argument.is_zero else x * sympy.log(argument)


def summands(*values: Expr) -> tuple[Summand, ...]:
    """The values that are not zero, each as a summand over no index."""
    return tuple(Summand(value) for value in values if value != 0)


class Family(ABC):
    """What every distribution has.

    `support` is real, positive, unit, count, binary, category, simplex, cells or vector;
    `conjugate` names the family of the conjugate prior of the main argument.
    """

    name: str
    arguments: tuple[Argument, ...]
    support: str
    event_rank: int = 0
    conjugate: str | None = None

    @abstractmethod
    def log_density(
        self, value: Any, arguments: Readings, index: Callable[[], Any]
    ) -> tuple[Summand, ...]:
        """log p(value | arguments) as a sum of products; `index()` is a fresh event index."""

    @abstractmethod
    def sample(self, generator: np.random.Generator, args: Arrays, size: Size = None) -> np.ndarray:
        """Independent draws; `size` is the shape before the event axes, as in numpy."""


class ScalarFamily(Family):
    """<eta, T(x)> - A + log h(x) of a scalar x; arguments are a mapping name to expression."""

    @abstractmethod
    def statistics(self, x: Expr) -> tuple[Expr, ...]:
        """T(x)."""

    @abstractmethod
    def natural(self, args: Facts) -> tuple[Expr, ...]:
        """eta, in the order of T."""

    @abstractmethod
    def log_normalizer(self, args: Facts) -> Expr:
        """A."""

    @abstractmethod
    def log_carrier(self, x: Expr, args: Facts) -> Expr:
        """log h(x); of the arguments it may read only those that are known counts."""

    @abstractmethod
    def from_natural(self, eta: Sequence[Expr]) -> dict[str, Expr]:
        """The inverse of `natural`."""

    @abstractmethod
    def expectations(self, args: Facts) -> tuple[Expr, ...]:
        """E[T], which is the gradient of A with respect to eta."""

    @abstractmethod
    def mean(self, args: Facts) -> Expr:
        """E[x]."""

    @abstractmethod
    def entropy(self, args: Facts) -> Expr | None:
        """E[-log p(x)]; None where it has no closed form."""

    @abstractmethod
    def maximum_likelihood(self, mean_statistics: Sequence[Expr]) -> dict[str, Expr] | None:
        """The arguments that maximize <eta, t> - A at the mean statistics t; None if not closed."""


class VectorFamily(Family):
    """The same reading where T has an entry for each event index, or pair of them.

    Statistic k has the first `ranks[k]` of `indices`; a fact that sums over another one names
    it in the `over` of its summand.  Values and arguments are readings, as in `log_density`.
    """

    ranks: tuple[int, ...] = (1,)

    @abstractmethod
    def statistics(self, value: Any, indices: Sequence[Any]) -> tuple[Expr, ...]:
        """T, at the indices."""

    @abstractmethod
    def natural(self, arguments: Readings, indices: Sequence[Any]) -> tuple[Summand, ...]:
        """eta, at the indices."""

    @abstractmethod
    def log_normalizer(self, arguments: Readings, index: Callable[[], Any]) -> tuple[Summand, ...]:
        """A."""

    @abstractmethod
    def log_carrier(
        self, value: Any, arguments: Readings, index: Callable[[], Any]
    ) -> tuple[Summand, ...]:
        """log h(x); of the arguments it may read only those that are known counts."""

    @abstractmethod
    def expectations(self, arguments: Readings, indices: Sequence[Any]) -> tuple[Expr, ...]:
        """E[T], at the indices."""

    @abstractmethod
    def mean(self, arguments: Readings, i: Any) -> Expr:
        """E[x_i]."""

    @abstractmethod
    def entropy(self, arguments: Readings, index: Callable[[], Any]) -> tuple[Summand, ...] | None:
        """E[-log p(x)]; None where it has no closed form."""
