"""A family: what is known of one distribution, as symbolic facts.

An exponential family has the log density

    log p(x | theta) = <eta(theta), T(x)> - A(theta) + log h(x)

and every fact below is one symbol of that line, or follows from it: E[T] is the gradient of A
with respect to eta.  `Family` is what every distribution has; `ScalarFamily` reads that line for a
scalar x, `VectorFamily` at each event index.  A new family is one file and one entry of `FAMILIES`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np
import sympy
from sympy import Expr


@dataclass(frozen=True)
class Argument:
    """One argument.

    `domain` is real, positive, probability, integer, count, simplex, vector or matrix; `beyond` is
    the matrix whose size less one the argument exceeds.
    """

    name: str
    domain: str
    beyond: str = ""


@dataclass(frozen=True)
class Summand:
    """The sum of `value`, which is one product, over the event indices `over`."""

    value: Expr
    over: tuple[object, ...] = ()


class Reading(Protocol):
    """A value or an argument read at event indices: x() of a scalar, x(i) of a vector, C(i, j).

    The value of a categorical variable has `.index`, its category.  An argument has what a density
    may need of its whole event: `.size`, `.total()` = sum_i a_i, `.log_sum_exp()` =
    log sum_i exp(a_i), and of a matrix `.inverse(i, j)` and `.log_determinant()`.  The value of a
    matrix variable has these two as well: the density of a covariance is in terms of
    log det x, and of x itself (Wishart) or its inverse (InverseWishart).
    """

    def __call__(self, *indices: Any) -> Expr: ...
    @property
    def index(self) -> Any: ...
    @property
    def size(self) -> Expr: ...
    def total(self) -> Expr: ...
    def log_sum_exp(self) -> Expr: ...
    def inverse(self, i: Any, j: Any) -> Expr: ...
    def log_determinant(self) -> Expr: ...


Arrays: TypeAlias = Mapping[str, Any]
Facts: TypeAlias = Mapping[str, Expr]
FreshIndex: TypeAlias = Callable[[], Any]
Indices: TypeAlias = Sequence[Any]
Readings: TypeAlias = Mapping[str, Any]
Size: TypeAlias = int | tuple[int, ...] | None
Summands: TypeAlias = tuple[Summand, ...]


class log_zero(sympy.Function):
    """x log 0 for x >= 0: zero where x = 0, minus infinity elsewhere, with derivative zero.

    >>> log_zero(sympy.Integer(0)), log_zero(sympy.Integer(2)).evalf()
    (0, -oo)
    """

    nargs = 1

    @classmethod
    def eval(cls, x: Expr) -> Expr | None:
        return sympy.S.Zero if x.is_zero else None

    def fdiff(self, argindex: int = 1) -> Expr:
        return sympy.S.Zero

    def _eval_evalf(self, prec: int) -> Expr | None:
        return sympy.S.NegativeInfinity if self.args[0].is_zero is False else None


class outside(sympy.Function):
    """outside(x, lower, upper): zero for lower <= x <= upper, minus infinity elsewhere.

    The log density of a support that depends on parameters.  Its derivatives are zero: that the
    bounds cannot pass the data is for the maximizer to see.

    >>> outside(*map(sympy.Integer, (2, 1, 3))), outside(*map(sympy.Integer, (4, 1, 3))).evalf()
    (0, -oo)
    """

    nargs = 3

    @classmethod
    def eval(cls, x: Expr, lower: Expr, upper: Expr) -> Expr | None:
        within = all(gap.is_extended_nonnegative for gap in (x - lower, upper - x))
        return sympy.S.Zero if within else None

    def fdiff(self, argindex: int = 1) -> Expr:
        return sympy.S.Zero

    def _eval_evalf(self, prec: int) -> Expr | None:
        x, lower, upper = self.args
        beyond = any(gap.is_extended_negative for gap in (x - lower, upper - x))
        return sympy.S.NegativeInfinity if beyond else None

    @staticmethod
    def _imp_(x: Any, lower: Any, upper: Any) -> Any:
        return np.where((lower <= x) & (x <= upper), 0.0, -np.inf)


def times_log(x: Expr, argument: Expr) -> Expr:
    """x log(argument), with the meaning 0 log 0 = 0 where the argument is exactly zero."""
    return log_zero(x) if argument.is_zero else x * sympy.log(argument)


def summands(*values: Expr) -> Summands:
    """The values that are not zero, each summed over no index."""
    return tuple(Summand(value) for value in values if value != 0)


def negative(parts: Summands) -> Summands:
    """Minus the sum."""
    return tuple(Summand(-part.value, part.over) for part in parts)


def drawn_plates(size: Size, *plates: tuple[int, ...]) -> tuple[int, ...]:
    """The plates of a draw: `size`, or what the plates of the arguments broadcast to."""
    if size is None:
        return np.broadcast_shapes(*plates)
    return (size,) if isinstance(size, int) else size


class Family(ABC):
    """What every distribution has.

    `support` is real, positive, unit, angle, integer, count, binary, category, simplex, cells,
    vector or positive_definite.  `conjugates` has the conjugate prior of an argument, both by name.
    `ends` are the arguments that bound the support: which is below all values, and which above.
    """

    name: str
    arguments: tuple[Argument, ...]
    support: str
    event_rank: int = 0
    conjugates: Mapping[str, str] = {}
    ends: Mapping[str, str] = {}

    @abstractmethod
    def log_density(self, value: Any, arguments: Readings, index: FreshIndex) -> Summands:
        """log p(value | arguments) as a sum of products; `index()` is a fresh event index."""

    @abstractmethod
    def sample(self, generator: np.random.Generator, args: Arrays, size: Size = None) -> np.ndarray:
        """Independent draws: `size` and then the event; the arguments' plates broadcast to it."""


class ScalarFamily(Family):
    """A scalar x; arguments are a mapping name to expression."""

    @abstractmethod
    def mean(self, args: Facts) -> Expr:
        """E[x]."""

    def entropy(self, args: Facts) -> Expr | None:
        """E[-log p(x)]; None where it has no closed form."""
        return None


class ExponentialForm(ScalarFamily):
    """<eta, T(x)> - A + log h(x) of a scalar x.

    Known counts (the trials of a binomial) are no parameters: they may stand in h, and neither
    `from_natural` nor `maximum_likelihood` returns them.
    """

    @abstractmethod
    def statistics(self, x: Expr) -> tuple[Expr, ...]:
        """T(x)."""

    @abstractmethod
    def natural(self, args: Facts) -> tuple[Expr, ...]:
        """eta, in the order of T."""

    @abstractmethod
    def log_normalizer(self, args: Facts) -> Expr:
        """A."""

    def log_carrier(self, x: Expr, args: Facts) -> Expr:
        """log h(x), which is zero but where a family says otherwise."""
        return sympy.S.Zero

    @abstractmethod
    def from_natural(self, eta: Sequence[Expr]) -> dict[str, Expr]:
        """The inverse of `natural`."""

    @abstractmethod
    def expectations(self, args: Facts) -> tuple[Expr, ...]:
        """E[T], the gradient of A with respect to eta."""

    def maximum_likelihood(
        self, mean_statistics: Sequence[Expr], args: Facts
    ) -> dict[str, Expr] | None:
        """The arguments, by name, that maximize <eta, t> - A at t, the mean of T over the data.

        None where there is no closed form; `args` holds the known counts.
        """
        return None


class VectorFamily(Family):
    """<eta, T(x)> - A + log h(x) where T has an entry for each event index, or pair of them.

    Values, arguments, eta and mean statistics are readings.  Fact k stands at the first `ranks[k]`
    of `indices`; where it sums over another of them, that one is in the `over` of its summand.
    """

    ranks: tuple[int, ...] = (1,)

    @abstractmethod
    def statistics(self, value: Any, indices: Indices) -> tuple[Expr, ...]:
        """T."""

    @abstractmethod
    def natural(self, arguments: Readings, indices: Indices) -> Summands:
        """eta."""

    @abstractmethod
    def log_normalizer(self, arguments: Readings, index: FreshIndex) -> Summands:
        """A, as a sum of products."""

    def log_carrier(self, value: Any, arguments: Readings, index: FreshIndex) -> Summands:
        """log h(x), which is zero but where a family says otherwise."""
        return ()

    @abstractmethod
    def from_natural(self, eta: Sequence[Any], indices: Indices) -> dict[str, Summand]:
        """The inverse of `natural`."""

    @abstractmethod
    def expectations(self, arguments: Readings, indices: Indices) -> tuple[Expr, ...]:
        """E[T]."""

    @abstractmethod
    def mean(self, arguments: Readings, indices: Indices) -> Expr:
        """E[x]; of a category, its probability."""

    def entropy(self, arguments: Readings, index: FreshIndex) -> Summands | None:
        """E[-log p(x)] as a sum of products; None where it has no closed form."""
        return None

    def maximum_likelihood(
        self, mean_statistics: Sequence[Any], indices: Indices
    ) -> dict[str, Summand] | None:
        """The arguments, by name, that maximize <eta, t> - A at t; None if not closed."""
        return None
