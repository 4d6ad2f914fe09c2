"""Names of axes and arrays.

An index of the derivation is unique; an axis of the program has a name, and the second index over
the same axis in one statement has a prime: x[n, d] x[n, d'].
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from autoem.derive.index import Index
from autoem.language.expression import Axis
from autoem.language.model import Declaration


@dataclass
class AxisNames:
    """The name of each axis of a model, and the length of those that every data set shares."""

    names: dict[Axis, str] = field(default_factory=dict)

    def of(self, axis: Axis) -> str:
        """The attribute name of the axis, or a made one."""
        if axis not in self.names:
            name = axis.key or (axis.name or "cell").replace(" ", "_")
            while name in self.names.values():
                name += "_"
            self.names[axis] = name
        return self.names[axis]

    @property
    def lengths(self) -> dict[str, int]:
        """Axes whose length is part of the model."""
        return {name: axis.size for axis, name in self.names.items() if axis.size is not None}


def axis_names(declaration: Declaration) -> AxisNames:
    """The names of all axes of a model: the declared ones first, then those of list literals."""
    axes = AxisNames()
    variables = (axis for v in declaration.variables for axis in (*v.plates, *v.event))
    for axis in (*declaration.axes, *variables):
        axes.of(axis)
    return axes


@dataclass
class IndexNames:
    """The names of the indices of one statement."""

    axes: AxisNames
    names: dict[Index, str] = field(default_factory=dict)
    mark: str = "'"

    def of(self, index: Index) -> str:
        """The axis, with a mark for each index over it that came before."""
        if index not in self.names:
            name = self.axes.of(index.axis)
            taken = self.names.values()
            while name in taken:
                name += self.mark
            self.names[index] = name
        return self.names[index]

    def all(self, indices: Iterable[Index]) -> tuple[str, ...]:
        """The names of some indices, in order."""
        return tuple(self.of(index) for index in indices)

    def copy(self) -> IndexNames:
        """The same names, to be extended by bound indices."""
        return IndexNames(self.axes, dict(self.names), self.mark)


def unique(stem: str, taken: Iterable[str]) -> str:
    """The stem, or the stem with the first free number."""
    used = set(taken)
    name, number = stem, 2
    while name in used:
        name, number = f"{stem}_{number}", number + 1
    return name
