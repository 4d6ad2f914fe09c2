"""One update beside Q, both written out at a small size: what a proof reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import sympy

from autoem.derive.held import Free
from autoem.derive.maximizers.problem import Update
from autoem.derive.quantity import Declared, MatrixFunction, Quantity
from autoem.language.expression import Axis
from autoem.verify.ground import Ground, symbol

Place = tuple[int, ...]
OLD = "old "


@dataclass(frozen=True)
class Proof:
    """Which orders were proved for an update."""

    first: bool = False
    second: bool = False


@dataclass(frozen=True, eq=False)
class Setting:
    """One update with what came before it, and Q, written out."""

    update: Update
    sizes: Mapping[Axis, int]
    surrogate: sympy.Expr
    solution: Ground
    bounded: Mapping[sympy.Symbol, sympy.Expr]
    functions: Mapping[tuple[str, Declared], MatrixFunction]
    free: Mapping[Declared, Free]

    @property
    def chosen(self) -> dict[sympy.Symbol, Place]:
        """The entries that the update chooses, which are those not held."""
        return {
            symbol(parameter, place): place
            for parameter in self.update.parameters
            for place in self.solution.places(parameter)
            if parameter not in self.free or self.free[parameter].at(place)
        }

    @property
    def stays(self) -> bool:
        """Whether what is held has its old value."""
        return all(
            value == symbol(parameter, place, OLD)
            for parameter in self.update.parameters
            for place in self.solution.places(parameter)
            if (entry := symbol(parameter, place)) not in self.chosen
            for value in (self.entries[entry],)
        )

    @property
    def entries(self) -> dict[sympy.Symbol, sympy.Expr]:
        """Each entry of the new parameters, and what the update makes it."""
        found = {}
        for parameter, value in zip(self.update.parameters, self.update.values, strict=True):
            for place in self.solution.places(parameter):
                found[symbol(parameter, place)] = self.solution.entry(value.base, place)
        return found


def function_symbol(base: MatrixFunction, parameter: Quantity, at: Place) -> sympy.Symbol:
    """The symbol of a matrix function of a parameter, whichever quantity stood for it."""
    return symbol(replace(base, name=base.function, base=parameter, serial=parameter.serial), at)
