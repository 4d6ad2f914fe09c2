"""What the interpreter is given: data and parameters, what data leave out, and lengths of axes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from autoem.program.ir import Array, ArrayProgram

Values = dict[str, np.ndarray]


def completed(
    program: ArrayProgram, data: Mapping[str, np.ndarray], parameters: Mapping[str, np.ndarray]
) -> Values:
    """Data and parameters, the positions along every axis that only codes point into, and ones
    where no weights are given."""
    made = {
        name: np.arange(1 + max(int(np.max(data[code], initial=-1)) for code in codes))
        for name, codes in program.every.items()
        if name not in data
    }
    found = {**made, **data, **parameters}
    arrays = (a for a in (*program.data, *program.parameters) if a.name in found)
    sizes = sizes_of(program, arrays, found)
    ones = (array for array in program.data if array.name in program.ones)
    return {array.name: np.ones(sizes[array.axes[0]]) for array in ones} | found


def axis_sizes(program: ArrayProgram, values: Mapping[str, np.ndarray]) -> dict[str, int]:
    """Size of every program axis, read from the shapes of data and parameters."""
    return sizes_of(program, (*program.data, *program.parameters), values)


def sizes_of(
    program: ArrayProgram, arrays: Iterable[Array], values: Mapping[str, np.ndarray]
) -> dict[str, int]:
    """Size of every axis that some arrays have."""
    found: dict[str, int] = dict(program.lengths)
    for array in arrays:
        for axis, size in zip(array.axes, np.shape(values[array.name]), strict=True):
            model_axis = program.sizes[axis]
            if found.setdefault(model_axis, size) != size:
                raise ValueError(f"axis {model_axis} has {found[model_axis]} and {size} entries")
    return {axis: found[model] for axis, model in program.sizes.items() if model in found}
