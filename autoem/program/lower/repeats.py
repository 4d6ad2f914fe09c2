"""Rows that count as often as a weight says, inside every sum over them.

Where a latent is shared by all rows, no row can be taken out of its sums, and weights have no place
at the end.  They have one inside:  sum_n f(x_n)  becomes  sum_n w_n f(x_n),  the number of rows
sum_n w_n.  So a few weighted points may stand for all rows (`autoem.derive.moments`); for the rows
themselves the weights are ones.
"""

from __future__ import annotations

from dataclasses import replace

from autoem.program import ir
from autoem.program.names import fresh_names


def with_repeats(program: ir.ArrayProgram, axis: str) -> ir.ArrayProgram:
    """The program with a weight for each entry of the axis, which only data have."""
    name = fresh_names(program)(f"repeats_{axis}")
    weight = ir.Array(name, (axis,))
    measure = next(array for array in program.data if axis in array.axes)
    place = measure.axes.index(axis)
    more = (program.score, program.decode)
    score, decode = (f and _weighted(f, weight, program.sizes) for f in more)
    return replace(
        program,
        data=(*program.data, weight),
        posterior=_weighted(program.posterior, weight, program.sizes),
        statistics=_weighted(program.statistics, weight, program.sizes),
        score=score,
        decode=decode,
        ones={name: (measure.name, place)},
    )


def _weighted(function: ir.Function, weight: ir.Array, sizes: dict[str, str]) -> ir.Function:
    """Every sum over the axis, whatever it is called there, with the weight as a factor."""
    (axis,) = weight.axes
    body = []
    for let in function.body:
        if isinstance(let.operation, ir.Contract):
            own = tuple(ir.Ref(weight.name, (a,)) for a in let.operation.over if sizes[a] == axis)
            factors = (*let.operation.factors, *own)
            let = replace(let, operation=replace(let.operation, factors=factors))
        body.append(let)
    return replace(function, inputs=(*function.inputs, weight), body=tuple(body))
