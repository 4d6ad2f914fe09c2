"""A family's facts spelled out at a fixed event size: every entry is an expression of its own.

Proofs and tests read scalar and vector families alike through `spelled(family, size)`: values and
arguments are numbers or nested sequences of them, T, eta and E[T] are flat tuples.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any, final

import numpy as np
import sympy
from sympy import Expr

from autoem.families.entries import Entries, fresh, read, spell
from autoem.families.family import ExponentialForm, Family, ScalarFamily, Summand, VectorFamily

RANK = {"simplex": 1, "vector": 1, "matrix": 2}
Entry = Any
Values = Mapping[str, Any]


def spelled(family: Family, size: int = 1) -> Spelled:
    """The facts of the family where its event axis has `size` entries.

    >>> from autoem.families.dirichlet import DIRICHLET
    >>> spelled(DIRICHLET, 2).statistics(sympy.symbols("p q"))
    (log(p), log(q))
    """
    if isinstance(family, VectorFamily):
        return SpelledVector(family, size)
    if isinstance(family, ScalarFamily):
        return SpelledScalar(family, size)
    raise TypeError(f"{family.name} is neither a scalar nor a vector family")


class Spelled(ABC):
    """The facts of a family, entry by entry."""

    family: Any
    size: int

    def shape(self, argument: str) -> tuple[int, ...]:
        """The event shape of an argument."""
        domains = {known.name: known.domain for known in self.family.arguments}
        return (self.size,) * RANK.get(domains[argument], 0)

    def log_density(self, x: Entry, args: Values) -> Expr:
        """log p(x)."""
        value, known = read("x", x), _readings(args)
        summands = self.family.log_density(value, known, fresh)
        return spell(summands, self.size, value, *known.values())

    @abstractmethod
    def statistics(self, x: Entry) -> tuple[Expr, ...]: ...
    @abstractmethod
    def natural(self, args: Values) -> tuple[Expr, ...]: ...
    @abstractmethod
    def log_normalizer(self, args: Values) -> Expr: ...
    @abstractmethod
    def log_carrier(self, x: Entry, args: Values) -> Expr: ...
    @abstractmethod
    def from_natural(self, eta: Sequence[Entry]) -> dict[str, Any]: ...
    @abstractmethod
    def expectations(self, args: Values) -> tuple[Expr, ...]: ...
    @abstractmethod
    def mean(self, args: Values) -> tuple[Expr, ...]: ...
    @abstractmethod
    def entropy(self, args: Values) -> Expr | None: ...
    @abstractmethod
    def maximum_likelihood(self, t: Sequence[Entry], args: Values) -> dict[str, Any] | None: ...


def _readings(args: Values) -> dict[str, Entries]:
    return {name: read(name, value) for name, value in args.items()}


def _exact(args: Values) -> dict[str, Expr]:
    return {name: sympy.sympify(value, strict=True) for name, value in args.items()}


@final
@dataclass(frozen=True)
class SpelledScalar(Spelled):
    """A scalar family has one entry; T, eta, A and h are asked of an exponential one only."""

    family: ScalarFamily
    size: int = 1

    @property
    def form(self) -> ExponentialForm:
        """The family as an exponential one."""
        if not isinstance(self.family, ExponentialForm):
            raise TypeError(f"{self.family.name} is no exponential family")
        return self.family

    def statistics(self, x: Entry) -> tuple[Expr, ...]:
        return self.form.statistics(sympy.sympify(x, strict=True))

    def natural(self, args: Values) -> tuple[Expr, ...]:
        return self.form.natural(_exact(args))

    def log_normalizer(self, args: Values) -> Expr:
        return self.form.log_normalizer(_exact(args))

    def log_carrier(self, x: Entry, args: Values) -> Expr:
        return self.form.log_carrier(sympy.sympify(x, strict=True), _exact(args))

    def from_natural(self, eta: Sequence[Entry]) -> dict[str, Any]:
        return dict(self.form.from_natural(eta))

    def expectations(self, args: Values) -> tuple[Expr, ...]:
        return self.form.expectations(_exact(args))

    def mean(self, args: Values) -> tuple[Expr, ...]:
        return (self.family.mean(_exact(args)),)

    def entropy(self, args: Values) -> Expr | None:
        return self.family.entropy(_exact(args))

    def maximum_likelihood(self, t: Sequence[Entry], args: Values) -> dict[str, Any] | None:
        return self.form.maximum_likelihood(t, _exact(args))


@final
@dataclass(frozen=True)
class SpelledVector(Spelled):
    """A vector family has `size` entries, or `size` squared, for each statistic."""

    family: VectorFamily
    size: int

    def statistics(self, x: Entry) -> tuple[Expr, ...]:
        value = read("x", x)
        return self._entries(lambda at: self.family.statistics(value, at), value)

    def natural(self, args: Values) -> tuple[Expr, ...]:
        known = _readings(args)
        return self._entries(lambda at: self.family.natural(known, at), *known.values())

    def log_normalizer(self, args: Values) -> Expr:
        known = _readings(args)
        return spell(self.family.log_normalizer(known, fresh), self.size, *known.values())

    def log_carrier(self, x: Entry, args: Values) -> Expr:
        value, known = read("x", x), _readings(args)
        summands = self.family.log_carrier(value, known, fresh)
        return spell(summands, self.size, value, *known.values())

    def from_natural(self, eta: Sequence[Entry]) -> dict[str, Any]:
        return self._arguments(self.family.from_natural, eta)

    def expectations(self, args: Values) -> tuple[Expr, ...]:
        known = _readings(args)
        return self._entries(lambda at: self.family.expectations(known, at), *known.values())

    def mean(self, args: Values) -> tuple[Expr, ...]:
        known = _readings(args)
        at = tuple(fresh() for _ in range(max(1, self.family.event_rank)))
        return self._at_all(Summand(self.family.mean(known, at)), at, *known.values())

    def entropy(self, args: Values) -> Expr | None:
        known = _readings(args)
        summands = self.family.entropy(known, fresh)
        return None if summands is None else spell(summands, self.size, *known.values())

    def maximum_likelihood(self, t: Sequence[Entry], args: Values) -> dict[str, Any] | None:
        return self._arguments(self.family.maximum_likelihood, t)

    def _entries(self, facts: Any, *readings: Entries) -> tuple[Expr, ...]:
        """Each fact of the family at all its indices, flat."""
        at = tuple(fresh() for _ in range(max(self.family.ranks)))
        return tuple(
            entry
            for fact, rank in zip(facts(at), self.family.ranks, strict=True)
            for entry in self._at_all(fact, at[:rank], *readings)
        )

    def _at_all(self, fact: Any, at: Sequence[Expr], *readings: Entries) -> tuple[Expr, ...]:
        part = fact if isinstance(fact, Summand) else Summand(fact)
        return tuple(
            spell((_put(part, at, integers),), self.size, *readings)
            for integers in product(range(self.size), repeat=len(at))
        )

    def _arguments(self, inverse: Any, flat: Sequence[Entry]) -> Any:
        """Arguments by name, of their event shape, from flat natural parameters or statistics."""
        at = tuple(fresh() for _ in range(max(self.family.ranks)))
        readings, start = [], 0
        for k, rank in enumerate(self.family.ranks):
            block = np.array(flat[start : start + self.size**rank], dtype=object)
            readings.append(read(f"t{k}", block.reshape((self.size,) * rank)))
            start += self.size**rank
        found = inverse(readings, at)
        return found and {
            name: np.array(
                self._at_all(part, at[: len(self.shape(name))], *readings), dtype=object
            ).reshape(self.shape(name))
            for name, part in found.items()
        }


def _put(part: Summand, at: Sequence[Expr], integers: Sequence[int]) -> Summand:
    """The summand with integers for its free indices."""
    values = dict(zip(at, map(sympy.Integer, integers), strict=True))
    return Summand(part.value.xreplace(values), part.over)
