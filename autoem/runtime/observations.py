"""How many observations the data hold: the n of Schwarz's criterion.

What is observed is counted along those of its plates that a latent has too: every step of every
sequence, every row of a mixture.  The other plates are parts of one observation, as the questions
that one person answers.  Where no latent has any of them, all are counted.
"""

from __future__ import annotations

import math

import numpy as np

from autoem.runtime.data import Data
from autoem.runtime.schema import Schema
from autoem.runtime.weights import weights_along


def observations(schema: Schema, data: Data) -> float:
    """The number of observations, weights counted and the tails of sequences not.

    >>> from autoem.runtime.schema import VariableSchema
    >>> plates = ("people", "questions")
    >>> schema = Schema(
    ...     "Classes",
    ...     plates,
    ...     (
    ...         VariableSchema("z", "latent", "integer", plates[:1]),
    ...         VariableSchema("y", "observed", "binary", plates),
    ...     ),
    ... )
    >>> observations(schema, Data({}, {"people": 20, "questions": 5}))
    20.0
    """
    variable = next((v for v in schema.of_kind("observed") if v.plates), None)
    if variable is None:
        return 1.0
    shared = {axis for latent in schema.of_kind("latent") for axis in latent.plates}
    counted = [axis for axis in variable.plates if axis in shared] or variable.plates
    number = {axis: np.ones(data.sizes[axis]) for axis in counted}
    if data.lengths is not None and {*data.lengths[:2]} <= {*counted}:
        rows, steps, each = data.lengths
        number |= {rows: each, steps: np.ones(1)}
    for axis in counted:
        weight = weights_along(schema, data.arrays, data.weights, axis)
        number[axis] = number[axis] * (1 if weight is None else weight)
    return math.prod(float(value.sum()) for value in number.values())
