"""The meaning of the recursions along a chain, without recursion.

A discrete chain is summed over all its paths; of a Gaussian chain the whole precision is inverted:

    forward-backward   P(path)  ~  exp( sum_t U[t, k_t] + sum_(t > 0) W[t, k_(t-1), k_t] )
    smoother           mean = J^-1 h,   covariance = J^-1,    J block tridiagonal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product

import numpy as np
import sympy
from scipy import special

from autoem.derive.index import Index
from autoem.derive.quantity import ChainWeights, GaussianChain
from autoem.language.expression import Axis
from autoem.verify.pointwise import size_of

At = Mapping[Index, int]
Value = Callable[[sympy.Expr, At], float]
Parts = dict[str, np.ndarray]


def paths(chain: ChainWeights, plates: At, sizes: Mapping[Axis, int], value: Value) -> Parts:
    """The parts of a smoothed chain, over (t, k), (t, j), (t, k) and nothing.

    `before[t, j]` is P(z_(t-1) = j) given what is seen before t, zero at the first step; with
    exp(W) and `after` its product is the joint probability of two neighbors.
    """
    steps, shape = size_of(chain.time.axis, sizes), [size_of(i.axis, sizes) for i in chain.states]
    every = list(np.ndindex(*shape))
    states = len(every)
    weight, step = np.empty((steps, states)), np.zeros((steps, states, states))
    for t, k in np.ndindex(steps, states):
        at = {**plates, chain.time: t, **dict(zip(chain.states, every[k], strict=True))}
        weight[t, k] = value(chain.weight, at)
        for j in range(states if t else 0):
            earlier = dict(zip(chain.befores, every[j], strict=True))
            step[t, j, k] = value(chain.step, {**at, **earlier})

    def total(first: int, last: int, fixed: Mapping[int, int]) -> float:
        """log of the sum over the paths from `first` to `last` that pass through fixed states."""
        found = [
            sum(weight[t, k] for t, k in zip(range(first, last), path, strict=True))
            + sum(step[t, path[t - first - 1], path[t - first]] for t in range(first + 1, last))
            for path in product(range(states), repeat=last - first)
            if all(path[t - first] == k for t, k in fixed.items())
        ]
        return float(special.logsumexp(found))

    everything = total(0, steps, {})
    state, before, after = (np.zeros((steps, states)) for _ in range(3))
    for t, k in np.ndindex(steps, states):
        state[t, k] = np.exp(total(0, steps, {t: k}) - everything)
        if t:
            seen = total(0, t, {})
            before[t, k] = np.exp(total(0, t, {t - 1: k}) - seen)
            after[t, k] = np.exp(seen + total(t, steps, {t: k}) - everything)
    parts = {"state": state, "before": before, "after": after}
    found = {name: part.reshape(steps, *shape) for name, part in parts.items()}
    return found | {"log_normalizer": np.asarray(everything)}


def moments(chain: GaussianChain, plates: At, sizes: Mapping[Axis, int], value: Value) -> Parts:
    """The parts of a smoothed Gaussian chain: over (t, i), (t, i, j), (t, i, j) and nothing."""
    steps = size_of(chain.time.axis, sizes)
    shape = tuple(size_of(index.axis, sizes) for index in chain.row)
    size = int(np.prod(shape))
    events = list(np.ndindex(shape))
    precision, shift = np.zeros((steps, size, steps, size)), np.zeros((steps, size))
    for t in range(steps):
        for i, row in enumerate(events):
            at = {**plates, chain.time: t, **dict(zip(chain.row, row, strict=True))}
            shift[t, i] = value(chain.shift, at)
            for j, column in enumerate(events):
                both = {**at, **dict(zip(chain.column, column, strict=True))}
                precision[t, i, t, j] = value(chain.diagonal, both)
                if t:
                    coupling = value(chain.lower, both)
                    precision[t, i, t - 1, j] = precision[t - 1, j, t, i] = coupling
    flat = precision.reshape(steps * size, -1)
    covariance = np.linalg.inv(flat).reshape(precision.shape)
    mean = np.linalg.solve(flat, shift.ravel()).reshape((steps, *shape))
    here = np.array([covariance[t, :, t] for t in range(steps)])
    cross = np.array([covariance[t, :, t - 1] * (t > 0) for t in range(steps)])
    return {
        "mean": mean,
        "covariance": here.reshape((steps, *shape, *shape)),
        "cross": cross.reshape((steps, *shape, *shape)),
        "log_determinant": np.asarray(np.linalg.slogdet(flat)[1]),
    }
