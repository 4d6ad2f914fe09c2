"""Residuals x[n,d] - mean[k,d] multiplied out about a common center: one matrix product for all k.

With c the center, x - mean = (x - c) + (c - mean) =: centered + offset.  A contraction with two
residuals becomes

    P r r'  =  P centered centered'  +  (P offset' + P' offset) centered  +  P offset offset'

whose row-wise factors have no k: products of the data that all k share, times coefficients that
are computed once.  What cancels is bounded by the same contraction with |P| and the largest
residual, `bound`: times the machine epsilon it is the error.  Where that leaves nine digits, this
form may be used; else the factored one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import product as choices

from autoem.program.ir import (
    Array,
    Call,
    Contract,
    Extreme,
    Function,
    IndexRead,
    Let,
    Map,
    Number,
    Ref,
    Scalar,
)
from autoem.program.simplify.context import Context, is_free, varying
from autoem.program.walk import distinct, index_axes, references, replace_refs, scalar_axes

Axes = tuple[str, ...]


@dataclass(frozen=True)
class Residual:
    """A residual array: row-wise terms over `inner` and the row, row-free terms over more axes."""

    target: Array
    rows: tuple[Scalar, ...]
    free: tuple[Scalar, ...]
    outer: Axes  # the axes that only the row-free terms have
    inner: Axes  # the other axes but the row
    centered: Array = field(default=Array(""))
    offset: Array = field(default=Array(""))


@dataclass(frozen=True)
class Expansion:
    """The function multiplied out; it also gives the centered rows, and bounds of what cancels."""

    function: Function
    centered: tuple[Array, ...]
    bounds: tuple[Array, ...]


def expand(function: Function, context: Context) -> Expansion | None:
    """The function with its residuals multiplied out; None where it has none worth it."""
    if context.row is None:
        return None
    found = {r.target.name: r for r in _residuals(function, context)}
    if not found:
        return None
    work = Expanding(context, found, _squares(function, found), varying(function, context.row))
    body = [new for let in function.body for new in work.statements(let)]
    if not work.bounds:
        return None
    centered = tuple(residual.centered for residual in found.values())
    outputs = (*function.outputs, *centered, *work.bounds)
    whole = replace(function, body=(*body, *work.last), outputs=outputs)
    return Expansion(whole, centered, tuple(work.bounds))


def _residuals(function: Function, context: Context) -> Iterator[Residual]:
    """Sums of row-wise and row-free terms that only contractions and squares read."""
    found = varying(function, context.row)
    outputs = {array.name for array in function.outputs}
    for let in function.body:
        match let.operation:
            case Map(Call("add", terms)) if let.targets[0].name not in outputs:
                residual = _residual(let.targets[0], terms, found, context)
                if residual and _only_contracted(residual.target.name, function):
                    yield residual


def _residual(
    target: Array, terms: tuple[Scalar, ...], found: frozenset[str], context: Context
) -> Residual | None:
    row = str(context.row)
    rows = tuple(term for term in terms if not is_free(term, found) or row in scalar_axes(term))
    free = tuple(term for term in terms if term not in rows)
    own = distinct(axis for term in rows for axis in scalar_axes(term))
    others = distinct(axis for term in free for axis in scalar_axes(term))
    outer = tuple(axis for axis in others if axis not in own)
    inner = tuple(axis for axis in own if axis != row)
    whole = set(target.axes) == {row, *outer, *inner}
    if not rows or not outer or not whole or row not in target.axes:
        return None
    names = (context.fresh(f"centered_{target.name}"), context.fresh(f"offset_{target.name}"))
    centered, offset = Array(names[0], (*inner, row)), Array(names[1], (*outer, *inner))
    return Residual(target, rows, free, outer, inner, centered, offset)


def _only_contracted(name: str, function: Function, squared: bool = False) -> bool:
    """Whether only contractions read an array, itself or its square."""
    for let in function.body:
        used = [ref for ref in references(let.operation) if ref.name == name]
        if not used:
            continue
        plain = all(isinstance(axis, str) for ref in used for axis in ref.axes)
        if isinstance(let.operation, Contract) and not let.operation.guards and plain:
            continue
        square = _is_square(let, name) and not squared
        if not square or not _only_contracted(let.targets[0].name, function, True):
            return False
    return True


def _is_square(let: Let, name: str) -> bool:
    match let.operation:
        case Map(Call("power", (Ref() as base, Number(exponent)))):
            return (
                base.name == name and exponent == 2 and set(base.axes) == set(let.targets[0].axes)
            )
    return False


def _squares(function: Function, found: dict[str, Residual]) -> dict[str, tuple[Array, Ref]]:
    """Squares of residuals: name to the array and what it is the square of."""
    squares: dict[str, tuple[Array, Ref]] = {}
    for let in function.body:
        match let.operation:
            case Map(Call("power", (Ref() as base, _))) if base.name in found:
                squares[let.targets[0].name] = (let.targets[0], base)
    return squares


@dataclass
class Expanding:
    """The rewrite of one function."""

    context: Context
    residuals: dict[str, Residual]
    squares: dict[str, tuple[Array, Ref]]
    varying: frozenset[str]
    last: list[Let] = field(default_factory=list)
    bounds: list[Array] = field(default_factory=list)
    reached: dict[str, Array] = field(default_factory=dict)

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
        total = Array(fresh(f"total_{stem}"), residual.inner)
        count, center = (
            Array(fresh(f"count_{stem}")),
            Array(fresh(f"center_{stem}"), residual.inner),
        )
        middle = Call("multiply", (MINUS, _ref(total), Call("power", (_ref(count), MINUS))))
        away = Call("multiply", (MINUS, _ref(center)))
        return [
            Let((free,), Map(_sum(residual.free))),
            Let((total,), Contract((_ref(free),), residual.outer)),
            Let((count,), Contract((), residual.outer)),
            Let(
                (center,), Map(middle), "a center for all residuals: where they are zero on average"
            ),
            Let((residual.offset,), Map(_sum((_ref(free), _ref(center))))),
            Let((residual.centered,), Map(_sum((*residual.rows, away)))),
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
            self._bound(let, operation, slots, rest)
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
        return [*made, Let(let.targets, Map(_sum(parts)), let.comment)]

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
            groups.setdefault(key, []).append(_ref(coefficient))
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
            made.append(Let((whole,), Map(_sum(tuple(coefficients)))))
            first = _ref(whole)
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
        return _ref(part)

    def _bound(
        self, let: Let, operation: Contract, slots: list[Ref], rest: tuple[Ref, ...]
    ) -> None:
        """The contraction of the absolute values, with the largest residual of the rows."""
        if any(factor.name in self.varying for factor in rest):
            return
        factors = [self._absolute(factor) for factor in rest]
        factors += [self._reach(slot) for slot in slots]
        row = str(self.context.row)
        axes = tuple(axis for axis in let.targets[0].axes if axis != row)
        bound = Array(self.context.fresh(f"bound_{let.targets[0].name}"), axes)
        over = operation.over
        value = Contract(tuple(factors), over, (), abs(operation.scale))
        self.last.append(Let((bound,), value, "bound of what cancels"))
        self.bounds.append(bound)

    def _absolute(self, factor: Ref) -> Ref:
        axes = index_axes(factor)
        array = Array(self.context.fresh(f"size_{factor.name}"), axes)
        self.last.append(Let((array,), Map(Call("abs", (factor,)))))
        return Ref(array.name, axes)

    def _reach(self, slot: Ref) -> Ref:
        """The largest residual of the rows: that of the centered part plus the offset."""
        residual = self.residuals[slot.name]
        if slot.name not in self.reached:
            self.reached[slot.name] = self._new_reach(residual)
        reach = self.reached[slot.name]
        place = dict(zip(residual.target.axes, slot.axes, strict=True))
        return Ref(reach.name, tuple(place[axis] for axis in reach.axes))

    def _new_reach(self, residual: Residual) -> Array:
        stem, fresh = residual.target.name, self.context.fresh
        largest = Array(fresh(f"largest_{stem}"), residual.inner)
        reach = Array(fresh(f"reach_{stem}"), (*residual.outer, *residual.inner))
        extreme = Extreme(_ref(residual.centered), (str(self.context.row),))
        offset = Call("abs", (_ref(residual.offset),))
        self.last.append(Let((largest,), extreme))
        self.last.append(Let((reach,), Map(_sum((_ref(largest), offset)))))
        return reach


MINUS = Number(Fraction(-1))


def _ref(array: Array) -> Ref:
    return Ref(array.name, array.axes)


def _sum(terms: tuple[Scalar, ...]) -> Scalar:
    return terms[0] if len(terms) == 1 else Call("add", terms)
