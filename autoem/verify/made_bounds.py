"""What is seen of a simulated value: bounds about it, or an exact value.

The rows are cut at two points each, which do not depend on the value; it lies in one of the three
pieces, and the ends of that piece are what is seen.  Some rows are seen exactly.  A given that
chooses between bounds, `where(grade, 0, -inf)`, is what makes them hold.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from autoem.language.construct import Within
from autoem.language.declaration import Given, Random, Variable
from autoem.language.evaluate import align, evaluate
from autoem.language.expression import Axis, subexpressions
from autoem.language.model import Declaration, mentioned

EXACT = 0.4
"""The share of rows that are seen exactly."""

Values = dict[Variable, np.ndarray]


def only_bounds(declaration: Declaration) -> tuple[Given, ...]:
    """The givens that stand in bounds of `Within` and nowhere else."""
    bounds: dict[object, None] = {}
    elsewhere: dict[object, None] = {}
    for variable in declaration.variables:
        law = variable.distribution if isinstance(variable, Random) else None
        if isinstance(law, Within):
            ends = (node for end in (law.lower, law.upper) for node in subexpressions(end))
            bounds.update(dict.fromkeys(ends))
        else:
            elsewhere.update(dict.fromkeys(mentioned(variable)))
    return tuple(v for v in declaration.givens if v in bounds and v not in elsewhere)


def made_bounds(
    law: Within, values: Values, sizes: Mapping[Axis, int], generator: np.random.Generator
) -> Values:
    """The givens of the bounds that are not known yet."""
    t = np.asarray(values[law.latent], dtype=float)
    lower, upper = _pieces(t, generator)
    made: Values = {}
    for end, value in ((law.lower, lower), (law.upper, upper)):
        if isinstance(end, Given) and end not in values:
            made[end] = np.maximum(value, _least(end, t))
    choices = [n for end in (law.lower, law.upper) for n in subexpressions(end)]
    for given in dict.fromkeys(choices):
        if isinstance(given, Given) and given not in values and given not in made:
            made[given] = _choice(given, law, t, {**values, **made}, sizes)
    return made


def _least(given: Given, t: np.ndarray) -> float:
    """The lowest bound that the domain of a given allows, below all values."""
    kind = given.domain.kind
    if kind == "positive":
        return float(np.min(t)) / 2
    return 0.0 if kind == "nonnegative" else -np.inf


def _pieces(t: np.ndarray, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The ends of the piece in which each value lies."""
    spread = float(np.std(t)) or 1.0
    middle, half = float(np.median(t)), np.abs(generator.normal(1.0, 0.3, t.shape)) * spread
    center = middle + 0.3 * spread * generator.normal(size=t.shape)
    first, second = center - half, center + half
    lower = np.where(t <= first, -np.inf, np.where(t <= second, first, second))
    upper = np.where(t <= first, first, np.where(t <= second, second, np.inf))
    exact = generator.random(t.shape) < EXACT
    return np.where(exact, t, lower), np.where(exact, t, upper)


def _choice(
    given: Given, law: Within, t: np.ndarray, values: Values, sizes: Mapping[Axis, int]
) -> np.ndarray:
    """Zero or one, whichever gives bounds that hold the value."""
    shape = tuple(sizes[axis] if axis.size is None else axis.size for axis in given.plates)
    held = []
    for state in (0, 1):
        trial = {**values, given: np.full(shape, state)}
        target = (law.latent.plates, ())
        ends = [
            align(evaluate(end, trial, sizes), end.shape, target) for end in (law.lower, law.upper)
        ]
        held.append((ends[0] <= t) & (t <= ends[1]))
    return np.where(held[1], 1, 0)
