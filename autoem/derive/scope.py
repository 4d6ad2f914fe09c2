"""The quantities of one model: what its names, indicators and intermediates are.

A `Scope` makes each quantity once.  Equal sums share one named intermediate, whatever their indices
are called.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import sympy

from autoem.derive.index import Index, Read, Shift
from autoem.derive.quantity import (
    Computed,
    Declared,
    Defined,
    Delta,
    Element,
    Indicator,
    Later,
    LogPartition,
    MatrixFunction,
    Seen,
    Size,
    indices_of,
)
from autoem.derive.term import Term, canonical
from autoem.derive.told import Position, Told
from autoem.language import declaration
from autoem.language.expression import Axis

DELTA = Delta("delta", ())

_SIGNS = {
    "positive": "positive",
    "positive_definite": "real",
    "simplex": "positive",
    "nonnegative": "nonnegative",
    "count": "nonnegative",
    "binary": "nonnegative",
    "unit": "positive",
    "cells": "nonnegative",
}


@dataclass
class Scope:
    """The quantities of one model, and the named intermediates of its expressions."""

    declared: dict[declaration.Variable, Declared] = field(default_factory=dict)
    indicators: dict[declaration.Variable, Indicator] = field(default_factory=dict)
    partitions: dict[object, LogPartition] = field(default_factory=dict)
    masks: dict[declaration.Variable, Seen] = field(default_factory=dict)
    steps: dict[tuple[Axis, declaration.Variable | None], Later] = field(default_factory=dict)
    sizes: dict[Axis, Size] = field(default_factory=dict)
    functions: dict[tuple[str, Declared], MatrixFunction] = field(default_factory=dict)
    defined: dict[object, Defined] = field(default_factory=dict)
    state_axes: dict[declaration.Variable, Axis] = field(default_factory=dict)
    positions: dict[Axis, Position] = field(default_factory=dict)
    reckoned: dict[object, Told] = field(default_factory=dict)
    unsure: tuple[declaration.Variable, ...] = ()
    """Observed variables with gaps that others read: where they are missing, they are latents."""

    def is_latent(self, variable: declaration.Variable) -> bool:
        """Whether a variable enters as the indicator of its states, or as a number that is not
        known: a latent, or an observed variable of states that is missing somewhere."""
        unsure = variable in self.unsure and has_states(variable)
        return isinstance(variable, declaration.Latent) or unsure

    def quantity(self, variable: declaration.Variable) -> Declared:
        """The quantity of a declared variable."""
        if variable not in self.declared:
            axes = (*variable.plates, *variable.event)
            name = variable.name or "anonymous"
            self.declared[variable] = Declared(name, axes, sign_of(variable), variable=variable)
        return self.declared[variable]

    def seen(self, variable: declaration.Variable) -> Seen:
        """Which entries of an observed variable are there."""
        base = self.quantity(variable)
        if variable not in self.masks:
            self.masks[variable] = Seen(f"seen_{base.name}", base.axes, "nonnegative", base=base)
        return self.masks[variable]

    def later(self, axis: Axis, parent: declaration.Variable | None = None) -> Later:
        """Whether a step of a chain has one before it; whether a node of a tree has a parent."""
        key = (axis, parent)
        if key not in self.steps:
            table = None if parent is None else self.quantity(parent)
            axes, name = (axis,) if table is None else table.axes, axis.key or axis.label
            self.steps[key] = Later(f"later_{name}", axes, "nonnegative", parent=table)
        return self.steps[key]

    def position(self, read: Read, axis: Axis) -> sympy.Expr:
        """What is read along an axis, as a number."""
        if isinstance(read, int):
            return sympy.Integer(read)
        if isinstance(read, Shift):
            return self.position(read.index, axis) + read.by
        if axis not in self.positions:
            name = f"position_{axis.key or axis.label}"
            self.positions[axis] = Position(name, (axis,), "nonnegative")
        return Element(self.positions[axis], (read,))

    def told(
        self,
        name: str,
        value: sympy.Expr,
        along: Axis | None = None,
        inside: sympy.Expr = sympy.S.One,
    ) -> Element:
        """A comparison, or an index along an axis; equal ones are one quantity."""
        key, free = canonical((Term(value), Term(inside)))
        if (key, along) not in self.reckoned:
            axes = tuple(index.axis for index in free)
            self.reckoned[key, along] = Told(
                name, axes, "nonnegative", value=value, indices=free, along=along, inside=inside
            )
        return Element(self.reckoned[key, along], free)

    def indicator(self, latent: declaration.Variable) -> Indicator:
        """[z = k] for a discrete latent, over its plates and then its states."""
        if latent not in self.indicators:
            axes = (*latent.plates, self.states(latent))
            self.indicators[latent] = Indicator(
                f"is_{latent.name}", axes, "nonnegative", latent=self.quantity(latent)
            )
        return self.indicators[latent]

    def states(self, latent: declaration.Variable) -> Axis:
        """The axis of the states of a discrete latent; a binary one has its own, of size two."""
        category = latent.category
        if category is not None:
            return category
        if latent not in self.state_axes:
            self.state_axes[latent] = Axis(f"{latent.name}_states", size=2)
        return self.state_axes[latent]

    def size(self, axis: Axis) -> sympy.Expr:
        """The number of entries of an axis, as a symbol; a number where it is known."""
        if axis.size is not None:
            return sympy.Integer(axis.size)
        if axis not in self.sizes:
            self.sizes[axis] = Size(f"size_{axis.label}", (), "positive", axis=axis)
        return Element(self.sizes[axis])

    def matrix(self, function: str, base: Declared) -> MatrixFunction:
        """inverse or log_determinant of a positive definite variable."""
        key = (function, base)
        if key not in self.functions:
            axes = base.axes if function == "inverse" else base.axes[:-2]
            name = f"{function}_{base.name}"
            self.functions[key] = MatrixFunction(name, axes, function=function, base=base)
        return self.functions[key]

    def define(self, name: str, terms: tuple[Term, ...], phase: str = "model") -> Element:
        """A named intermediate for a sum of terms; equal sums share one name."""
        summed, free = canonical(terms)
        key = (summed, phase)
        if key not in self.defined:
            axes = tuple(index.axis for index in free)
            self.defined[key] = Defined(name, axes, indices=free, definition=terms, phase=phase)
        return Element(self.defined[key], free)

    def log_partition(self, operand: sympy.Expr, over: Index) -> sympy.Expr:
        """log sum exp of the operand over one index; equal ones are one quantity."""
        if over not in indices_of(operand):
            return operand + sympy.log(self.size(over.axis))
        key, free = canonical((Term(operand, (over,)),))
        if ("log_partition", key) not in self.partitions:
            axes = tuple(index.axis for index in free)
            self.partitions["log_partition", key] = LogPartition(
                "log_partition", axes, operand=operand, indices=free, over=over
            )
        return Element(self.partitions["log_partition", key], free)

    def named(self, name: str, terms: tuple[Term, ...], free: tuple[Index, ...]) -> Element:
        """A named intermediate over the given free indices, mentioned or not."""
        axes = tuple(index.axis for index in free)
        base = Defined(name, axes, indices=free, definition=terms, phase="posterior")
        return Element(base, free)

    def computed(
        self,
        name: str,
        operation: str,
        operands: tuple[sympy.Expr, ...],
        free: tuple[Index, ...],
        over: tuple[Index, ...] = (),
        sign: str = "real",
        phase: str = "posterior",
    ) -> Element:
        """The result of an operation that is no sum, over the given free indices."""
        axes = tuple(index.axis for index in free)
        base = Computed(
            name,
            axes,
            sign,
            operation=operation,
            operands=operands,
            indices=free,
            over=over,
            phase=phase,
        )
        return Element(base, free)


def has_states(variable: declaration.Variable) -> bool:
    """Whether a random variable has finitely many values."""
    return isinstance(variable, declaration.Random) and variable.support in ("category", "binary")


def sign_of(variable: declaration.Variable) -> str:
    """What is known of the sign of a variable's entries."""
    if isinstance(variable, declaration.Parameter | declaration.Given):
        domain = variable.domain
        if domain.kind == "interval" and domain.lower is not None and domain.lower >= 0:
            return "positive"
        return _SIGNS.get(domain.kind, "real")
    assert isinstance(variable, declaration.Random)
    return _SIGNS.get(variable.distribution.support or "real", "real")
