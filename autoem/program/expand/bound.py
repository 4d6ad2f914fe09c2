"""How much cancels: the same contraction of absolute values at the largest residual of the rows."""

from __future__ import annotations

from dataclasses import dataclass, field

from autoem.program.expand.residual import Residual, ref, total
from autoem.program.ir import Array, Call, Contract, Extreme, Let, Map, Ref
from autoem.program.simplify.context import Context
from autoem.program.walk import index_axes


@dataclass
class Bounds:
    """The statements that compute the bounds, and the arrays that are the bounds."""

    context: Context
    residuals: dict[str, Residual]
    varying: frozenset[str]
    lets: list[Let] = field(default_factory=list)
    arrays: list[Array] = field(default_factory=list)
    reached: dict[str, Array] = field(default_factory=dict)

    def add(self, target: Array, operation: Contract) -> None:
        """Bound what cancels in a contraction with residuals."""
        factors = tuple(
            self._reach(factor) if factor.name in self.residuals else self._size(factor)
            for factor in operation.factors
        )
        row = str(self.context.row)
        axes = tuple(axis for axis in target.axes if axis != row)
        bound = Array(self.context.fresh(f"bound_{target.name}"), axes)
        value = Contract(factors, operation.over, (), abs(operation.scale))
        self.lets.append(Let((bound,), value, "bound of what cancels"))
        self.arrays.append(bound)

    def _size(self, factor: Ref) -> Ref:
        """Absolute values of a factor, the largest of all rows where it varies."""
        row = str(self.context.row)
        axes = tuple(axis for axis in index_axes(factor) if axis != row)
        array = Array(self.context.fresh(f"size_{factor.name}"), axes)
        varies = row in index_axes(factor)
        self.lets.append(
            Let((array,), Extreme(factor, (row,)) if varies else Map(Call("abs", (factor,))))
        )
        return Ref(array.name, axes)

    def _reach(self, slot: Ref) -> Ref:
        """The largest residual of the rows: that of the centered part plus the offset."""
        residual = self.residuals[slot.name]
        if slot.name not in self.reached:
            self.reached[slot.name] = self._largest(residual)
        reach = self.reached[slot.name]
        place = dict(zip(residual.target.axes, slot.axes, strict=True))
        return Ref(reach.name, tuple(place[axis] for axis in reach.axes))

    def _largest(self, residual: Residual) -> Array:
        stem, fresh = residual.target.name, self.context.fresh
        largest = Array(fresh(f"largest_{stem}"), residual.inner)
        reach = Array(fresh(f"reach_{stem}"), (*residual.outer, *residual.inner))
        extreme = Extreme(ref(residual.centered), (str(self.context.row),))
        offset = Call("abs", (ref(residual.offset),))
        self.lets.append(Let((largest,), extreme))
        self.lets.append(Let((reach,), Map(total((ref(largest), offset)))))
        return reach
