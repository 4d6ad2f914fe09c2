"""The contractions with residuals as sums over the choices of centered or offset."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product as choices

from autoem.program.expand.bound import Bounds
from autoem.program.expand.residual import MINUS, Residual, ref, total
from autoem.program.ir import Array, Call, Contract, IndexRead, Let, Map, Ref, Scalar
from autoem.program.simplify.context import Context
from autoem.program.walk import distinct, index_axes, replace_refs


@dataclass
class Expanding:
    """The rewrite of one function."""

    context: Context
    residuals: dict[str, Residual]
    squares: dict[str, tuple[Array, Ref]]
    varying: frozenset[str]
    bounds: Bounds

    def statements(self, let: Let) -> list[Let]:
        name = let.targets[0].name
        if name in self.residuals:
            return self._split(self.residuals[name])
        if name in self.squares:
            return []
        operation = let.operation
        if isinstance(operation, Contract):
            factors = tuple(f for factor in operation.factors for f in self._opened(factor))
            if any(factor.name in self.residuals for factor in factors):
                return self._expanded(let, replace(operation, factors=factors))
        return [let]

    def _split(self, residual: Residual) -> list[Let]:
        """The center, and the residual as centered + offset; how far both reach."""
        stem, fresh = residual.target.name, self.context.fresh
        free = Array(fresh(f"free_{stem}"), (*residual.outer, *residual.inner))
        whole = Array(fresh(f"total_{stem}"), residual.inner)
        count, center = (
            Array(fresh(f"count_{stem}")),
            Array(fresh(f"center_{stem}"), residual.inner),
        )
        middle = Call("multiply", (MINUS, ref(whole), Call("power", (ref(count), MINUS))))
        away = Call("multiply", (MINUS, ref(center)))
        return [
            Let((free,), Map(total(residual.free))),
            Let((whole,), Contract((ref(free),), residual.outer)),
            Let((count,), Contract((), residual.outer)),
            Let(
                (center,), Map(middle), "a center for all residuals: where they are zero on average"
            ),
            Let((residual.offset,), Map(total((ref(free), ref(center))))),
            Let((residual.centered,), Map(total((*residual.rows, away)))),
        ]

    def _opened(self, factor: Ref) -> tuple[Ref, ...]:
        """A square as two factors."""
        if factor.name not in self.squares:
            return (factor,)
        array, base = self.squares[factor.name]
        place = dict(zip(array.axes, factor.axes, strict=True))
        moved = Ref(base.name, tuple(place[str(axis)] for axis in base.axes))
        return moved, moved

    def _expanded(self, let: Let, operation: Contract) -> list[Let]:
        """The contraction as a sum over the choices of centered or offset for each residual."""
        by_rows = str(self.context.row) in let.targets[0].axes
        slots = [f for f in operation.factors if f.name in self.residuals]
        rest = tuple(f for f in operation.factors if f.name not in self.residuals)
        if by_rows and len(slots) > 1:
            self.bounds.add(let.targets[0], operation)
        summands: dict[tuple[str, ...], Contract] = {}
        for choice in choices((True, False), repeat=len(slots)):
            sides = (self._side(slot, inside) for slot, inside in zip(slots, choice, strict=True))
            whole = self._canonical(replace(operation, factors=(*rest, *sides)))
            key = tuple(sorted(map(repr, whole.factors)))
            twin = summands.get(key)
            summands[key] = replace(whole, scale=whole.scale + (twin.scale if twin else 0))
        made: list[Let] = []
        gather = self._by_row_factors if by_rows else self._one_by_one
        parts = gather(let.targets[0], list(summands.values()), made)
        return [*made, Let(let.targets, Map(total(parts)), let.comment)]

    def _canonical(self, whole: Contract) -> Contract:
        """Summed axes renamed: those of row-wise factors first, in the order they are summed in."""
        rows = [f for f in whole.factors if f.name in self.varying or self._is_centered(f)]
        first = [axis for f in rows for axis in index_axes(f) if axis in whole.over]
        order = distinct((*first, *whole.over))
        names: dict[str, str] = {}
        for model in distinct(self.context.sizes[axis] for axis in whole.over):
            old = [axis for axis in order if self.context.sizes[axis] == model]
            new = [axis for axis in whole.over if self.context.sizes[axis] == model]
            names |= dict(zip(old, new, strict=True))

        def change(read: IndexRead) -> IndexRead:
            return names.get(read, read) if isinstance(read, str) else read

        new_whole = replace_refs(whole, change)
        assert isinstance(new_whole, Contract)
        return new_whole

    def _is_centered(self, factor: Ref) -> bool:
        return any(factor.name == r.centered.name for r in self.residuals.values())

    def _one_by_one(
        self, target: Array, summands: list[Contract], made: list[Let]
    ) -> tuple[Scalar, ...]:
        return tuple(self._part(target, whole, made) for whole in summands)

    def _by_row_factors(
        self, target: Array, summands: list[Contract], made: list[Let]
    ) -> tuple[Scalar, ...]:
        """Summands with the same row-wise factors become one, their coefficients added."""
        groups: dict[tuple[Ref, ...], list[Ref]] = {}
        for whole in summands:
            by_row = [f for f in whole.factors if f.name in self.varying or self._is_centered(f)]
            kept = {*target.axes, *(axis for f in by_row for axis in index_axes(f))}
            free = tuple(f for f in whole.factors if f not in by_row)
            over = tuple(axis for axis in whole.over if axis not in kept)
            mentioned = {axis for f in free for axis in index_axes(f)}
            axes = tuple(a for a in (*target.axes, *whole.over) if a in mentioned and a in kept)
            stem = f"{target.name}_coefficient"
            coefficient = Array(self.context.fresh(stem), axes)
            made.append(Let((coefficient,), Contract(free, over, (), whole.scale)))
            key = tuple(sorted(by_row, key=repr))
            groups.setdefault(key, []).append(ref(coefficient))
        return tuple(
            self._part(target, self._joined(target, rows, coefficients, made), made)
            for rows, coefficients in groups.items()
        )

    def _joined(
        self, target: Array, rows: tuple[Ref, ...], coefficients: list[Ref], made: list[Let]
    ) -> Contract:
        """The row-wise factors times the sum of their coefficients."""
        first = coefficients[0]
        if len(coefficients) > 1:
            axes = distinct(str(axis) for ref in coefficients for axis in ref.axes)
            whole = Array(self.context.fresh(f"{target.name}_coefficient"), axes)
            made.append(Let((whole,), Map(total(tuple(coefficients)))))
            first = ref(whole)
        over = distinct(a for f in (*rows, first) for a in index_axes(f) if a not in target.axes)
        return Contract((first, *rows), over)

    def _side(self, slot: Ref, inside: bool) -> Ref:
        """The residual's centered or offset part at the same place."""
        residual = self.residuals[slot.name]
        part = residual.centered if inside else residual.offset
        place = dict(zip(residual.target.axes, slot.axes, strict=True))
        return Ref(part.name, tuple(place[axis] for axis in part.axes))

    def _part(self, target: Array, whole: Contract, made: list[Let]) -> Ref:
        """One summand as an array over the axes of the target that it has."""
        mentioned = {axis for factor in whole.factors for axis in index_axes(factor)}
        axes = tuple(axis for axis in target.axes if axis in mentioned)
        part = Array(self.context.fresh(f"{target.name}_part"), axes)
        made.append(Let((part,), whole))
        return ref(part)
