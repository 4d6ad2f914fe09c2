"""The meaning of the recursions along a chain, without recursion.

A discrete chain is summed over all its paths; of a Gaussian chain the whole precision is inverted;
a stationary law is an eigenvector:

    forward-backward   P(path)  ~  exp( sum_t U[t, k_t] + sum_(t > 0) W[t, k_(t-1), k_t] )
    smoother           mean = J^-1 h,   covariance = J^-1,    J block tridiagonal
    stationary         pi A = pi.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product

import numpy as np
import sympy
from scipy import special

from autoem.derive.index import Index, Lookup
from autoem.derive.invariant import Transition
from autoem.derive.quantity import Element
from autoem.derive.smoothed import ChainWeights, GaussianChain
from autoem.language.expression import Axis
from autoem.verify.pointwise import size_of

At = Mapping[Index, int]
Value = Callable[[sympy.Expr, At], float]
Parts = dict[str, np.ndarray]


def parts_of(
    chain: ChainWeights | GaussianChain | Transition,
    plates: At,
    sizes: Mapping[Axis, int],
    value: Value,
) -> Parts:
    """All results along a chain, at one place of its plates."""
    match chain:
        case ChainWeights():
            return paths(chain, plates, sizes, value)
        case GaussianChain():
            return moments(chain, plates, sizes, value)
    return _invariants(chain, plates, sizes, value)


def paths(chain: ChainWeights, plates: At, sizes: Mapping[Axis, int], value: Value) -> Parts:
    """The parts of a smoothed chain or tree, over (t, k), (t, j), (t, k) and nothing.

    `after[t, k]` is P(z_t = k) given what is seen from t on (of a tree, below t); with exp(W) and
    `before`, that is zero at the first step, its product is the joint probability of neighbors.
    """
    steps, shape = size_of(chain.time.axis, sizes), [size_of(i.axis, sizes) for i in chain.states]
    up = [_earlier(chain, {**plates, chain.time: t}, value) for t in range(steps)]
    every = list(np.ndindex(*shape))
    states = len(every)
    weight, step = np.empty((steps, states)), np.zeros((steps, states, states))
    for t, k in np.ndindex(steps, states):
        at = {**plates, chain.time: t, **dict(zip(chain.states, every[k], strict=True))}
        weight[t, k] = value(chain.weight, at)
        for j in range(states if up[t] >= 0 else 0):
            earlier = dict(zip(chain.befores, every[j], strict=True))
            step[t, j, k] = value(chain.step, {**at, **earlier})

    def total(members: list[int], fixed: Mapping[int, int]) -> float:
        """log of the sum over the states of some steps, of which some are fixed."""
        ranges = [[fixed[t]] if t in fixed else range(states) for t in members]
        found = []
        for each in product(*ranges):
            path = dict(zip(members, each, strict=True))
            steps_in = (step[t, path[up[t]], k] for t, k in path.items() if up[t] in path)
            found.append(sum(weight[t, k] for t, k in path.items()) + sum(steps_in))
        return float(special.logsumexp(found))

    everything = total(list(range(steps)), {})
    state, before, after = (np.zeros((steps, states)) for _ in range(3))
    for t, k in np.ndindex(steps, states):
        below = [s for s in range(steps) if t in _line(up, s)]
        state[t, k] = np.exp(total(list(range(steps)), {t: k}) - everything)
        after[t, k] = np.exp(total(below, {t: k}) - total(below, {}))
    for t in range(steps):
        if up[t] >= 0:
            before[t] = state[up[t]] / (np.exp(step[t]) @ after[t])
    parts = {"state": state, "before": before, "after": after}
    found = {name: part.reshape(steps, *shape) for name, part in parts.items()}
    return found | {"log_normalizer": np.asarray(everything)}


def _earlier(chain: ChainWeights, at: At, value: Value) -> int:
    """The step before, or the parent; -1 where there is none."""
    if isinstance(chain.earlier, Lookup):
        return int(value(Element(chain.earlier.table, chain.earlier.indices), at))
    return at[chain.time] - 1


def _line(up: list[int], t: int) -> list[int]:
    """A step and all before it."""
    return [t, *(_line(up, up[t]) if up[t] >= 0 else ())]


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


def _invariants(chain: Transition, plates: At, sizes: Mapping[Axis, int], value: Value) -> Parts:
    """The stationary law of a transition, and the inverse of I - A + U."""
    size = size_of(chain.row.axis, sizes)
    entries = [
        value(chain.operand, {**plates, chain.row: j, chain.column: k})
        for j, k in np.ndindex(size, size)
    ]
    matrix = np.reshape(entries, (size, size))
    resolvent = np.linalg.inv(np.eye(size) - matrix + 1)
    return {"stationary": stationary_law(matrix), "resolvent": resolvent}


def stationary_law(transition: np.ndarray) -> np.ndarray:
    """pi with pi A = pi, as an eigenvector of A."""
    values, vectors = np.linalg.eig(transition.T)
    law = np.real(vectors[:, np.argmin(np.abs(values - 1))])
    return np.asarray(law / law.sum())
