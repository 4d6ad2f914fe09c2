"""Programs written out by hand, each with data and the same computation in plain NumPy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from autoem.program.ir import ArrayProgram

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Case:
    """A program, a small instance, and what its functions are to give there.

    `e_step(data, parameters, weights)` gives posterior, statistics and log-likelihood;
    `m_step(statistics, parameters)` the new values of parameters.
    """

    program: ArrayProgram
    data: Arrays
    parameters: Arrays
    e_step: Callable[[Arrays, Arrays, np.ndarray], tuple[Arrays, Arrays, float]]
    m_step: Callable[[Arrays, Arrays], Arrays]

    @property
    def weights(self) -> np.ndarray:
        """Weights of the rows, some of them zero."""
        rows = self.program.row
        if rows is None:
            return np.ones(())
        lengths = [
            length
            for array in self.program.data
            for axis, length in zip(array.axes, np.shape(self.data[array.name]), strict=True)
            if axis == rows
        ]
        return np.random.default_rng(5).integers(0, 3, lengths[0]).astype(float)
