"""Entries that count as often as a weight says, inside every sum that leaves them.

Where no axis is that of the rows, weights have no place at the end.  They have one inside: a sum
over what lies in different entries counts each of them as often as its weight says,

    sum over i of  f[i]    becomes    sum over i of  w[group[i]] f[i] ,

and a number of entries becomes the sum of their weights; a sum within one entry stays as it is:

    sum over i of  [group[i] = g] f[i] .

So an entry of weight w is w equal entries (`autoem.derive.repeats` says of which axes), and a few
weighted points may stand for all rows (`autoem.derive.moments`); where none are given the weights
are ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import product

from autoem.derive.index import Index, Lookup, Read
from autoem.derive.repeats import Dependent, Repeats, Within
from autoem.program import ir
from autoem.program.lower.names import AxisNames
from autoem.program.names import fresh_names
from autoem.program.walk import index_axes, references, replace_index

Place = tuple[tuple[str, ...], ir.IndexRead]
"""Axes, and the entry that their positions lie in."""


def with_repeats(program: ir.ArrayProgram, repeats: Repeats, axes: AxisNames) -> ir.ArrayProgram:
    """The program with a weight for each entry of the axis, which only data have."""
    axis = axes.of(repeats.axis)
    name = fresh_names(program)(f"repeats_{axis}")
    weight = ir.Array(name, (axis,))
    places = tuple(_place(within, axes) for within in repeats.within)

    def counted(function: ir.Function) -> ir.Function:
        body = tuple(_counted(let, program.sizes, places, name) for let in function.body)
        return replace(function, inputs=(*function.inputs, weight), body=body)

    return replace(
        program,
        data=(*program.data, weight),
        posterior=counted(program.posterior),
        statistics=counted(program.statistics),
        score=program.score and counted(program.score),
        decode=program.decode and counted(program.decode),
        ones=(*program.ones, name),
    )


def _place(within: Within, axes: AxisNames) -> Place:
    """The same over axes of the program."""

    def read(found: Read) -> ir.IndexRead:
        if isinstance(found, Lookup):
            return ir.Ref(found.table.name, tuple(map(read, found.indices)))
        assert isinstance(found, Index)
        return axes.of(found.axis)

    return tuple(map(axes.of, within.axes)), read(within.read)


def _counted(let: ir.Let, sizes: dict[str, str], places: tuple[Place, ...], weight: str) -> ir.Let:
    """The statement, its sums with the weights of the entries that they leave as factors."""
    operation = let.operation
    if isinstance(operation, ir.Root):
        inner = tuple(_counted(each, sizes, places, weight) for each in operation.body)
        return replace(let, operation=replace(operation, body=inner))
    targets = dict.fromkeys(axis for target in let.targets for axis in target.axes)
    if not isinstance(operation, ir.Contract):
        _check_apart(operation, targets, sizes, places)
        return let
    held = _entries(targets, operation.guards, sizes, places)
    met = _entries((*targets, *operation.over), operation.guards, sizes, places)
    left = tuple(ir.Ref(weight, (entry,)) for entry in met if entry not in held)
    return replace(let, operation=replace(operation, factors=(*operation.factors, *left)))


def _entries(
    axes: Iterable[str],
    guards: tuple[ir.Guard, ...],
    sizes: dict[str, str],
    places: tuple[Place, ...],
) -> tuple[ir.IndexRead, ...]:
    """The entries that positions along some axes lie in; where [group[i] = g] holds, that of
    row i is g."""
    told: dict[ir.IndexRead, ir.IndexRead] = {
        lookup: other
        for guard in guards
        for lookup, other in ((guard.left, guard.right), (guard.right, guard.left))
        if isinstance(lookup, ir.Ref)
    }
    found: dict[ir.IndexRead, None] = {}
    for of, read in places:
        for own in product(*([name for name in axes if sizes[name] == axis] for axis in of)):
            moved: dict[ir.IndexRead, ir.IndexRead] = dict(zip(of, own, strict=True))
            found[_replaced(_replaced(read, moved), told)] = None
    return tuple(found)


def _replaced(read: ir.IndexRead, parts: dict[ir.IndexRead, ir.IndexRead]) -> ir.IndexRead:
    return replace_index(read, lambda part: parts.get(part, part))


def _check_apart(
    operation: ir.Operation,
    targets: Iterable[str],
    sizes: dict[str, str],
    places: tuple[Place, ...],
) -> None:
    """No other operation goes over entries: raises `Dependent`."""
    gone = {axis for ref in references(operation) for axis in index_axes(ref)} - set(targets)
    if isinstance(operation, ir.Matrix):
        gone |= {operation.row, operation.column}
    if isinstance(operation, ir.Solve):
        gone |= {axis for row in operation.rows for axis in row}
    inside = {axis for of, _ in places for axis in of}
    if not isinstance(operation, ir.Map) and any(sizes.get(axis) in inside for axis in gone):
        raise Dependent("matrix")
