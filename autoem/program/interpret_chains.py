"""Chains for the reference interpreter: in log space, or as one dense Gaussian, chain by chain.

Nothing here is shared with the runtime, so that agreement between the two means something.
"""

from __future__ import annotations

import numpy as np

from autoem.program.interpret_numeric import grid
from autoem.program.interpret_scalar import Scope
from autoem.program.interpret_trees import best_tree, smooth_tree
from autoem.program.ir import Array, BestPath, ForwardBackward, Recur, Smooth


def forward_backward(
    operation: ForwardBackward, targets: tuple[Array, ...], scope: Scope
) -> tuple[np.ndarray, ...]:
    """Sums over all paths, in log space: each chain by itself."""
    time, states, befores = operation.time, operation.states, operation.befores
    chains = tuple(axis for axis in targets[0].axes if axis not in (time, *states))
    lengths, steps = scope.shape(chains), scope.shape((time,))
    weight = grid(scope, operation.weight, (*chains, time, *states)).reshape(*lengths, *steps, -1)
    if operation.first:
        first = grid(scope, operation.first, (*chains, *states)).reshape(*lengths, -1)
        weight = np.concatenate([(weight[..., 0, :] + first)[..., None, :], weight[..., 1:, :]], -2)
    step = grid(scope, operation.step, (*chains, time, *befores, *states))
    step = step.reshape(*lengths, *steps, weight.shape[-1], -1)
    if operation.parent is None:
        found = [_smooth(weight[chain], step[chain]) for chain in np.ndindex(lengths)]
    else:
        up = grid(scope, operation.parent, (*chains, time))
        found = [smooth_tree(weight[c], step[c], up[c]) for c in np.ndindex(lengths)]
    inner = (*steps, *scope.shape(states))
    arrays = [
        np.array(part).reshape((*lengths, *(inner if np.ndim(part[0]) else ())))
        for part in zip(*found, strict=True)
    ]
    order = (*chains, time, *states)
    return tuple(
        np.transpose(array, [(order if time in t.axes else chains).index(a) for a in t.axes])
        for array, t in zip(arrays, targets, strict=True)
    )


def _smooth(weight: np.ndarray, step: np.ndarray) -> tuple[np.ndarray, ...]:
    """One chain: log sums of the paths up to, and after, each state."""
    past, future = weight.copy(), np.zeros_like(weight)
    for t in range(1, len(weight)):
        past[t] += np.logaddexp.reduce(past[t - 1][:, None] + step[t], axis=0)
    for t in range(len(weight) - 1, 0, -1):
        future[t - 1] = np.logaddexp.reduce(step[t] + weight[t] + future[t], axis=1)
    total, seen = np.logaddexp.reduce(past[-1]), np.logaddexp.reduce(past, axis=1)[:, None]
    before = np.zeros_like(past)
    before[1:] = np.exp(past[:-1] - seen[:-1])
    until = np.vstack([np.zeros((1, 1)), seen[:-1]])
    return np.exp(past + future - total), before, np.exp(weight + future + until - total), total


def smooth(operation: Smooth, targets: tuple[Array, ...], scope: Scope) -> tuple[np.ndarray, ...]:
    """The dense joint precision of each chain, inverted."""
    time, event = operation.time, operation.event
    row, column = event[:1], event[1:]
    chains = tuple(a for a in targets[0].axes if a not in (time, *event))
    lengths, steps = scope.shape(chains), scope.shape((time,))[0]
    size = scope.shape(row)[0] if row else 1
    square, line = (*chains, time, *row, *column), (*chains, time, *row)
    diagonal = grid(scope, operation.diagonal, square).reshape(*lengths, steps, size, size)
    lower = grid(scope, operation.lower, square).reshape(*lengths, steps, size, size)
    shift = grid(scope, operation.shift, line).reshape(*lengths, steps * size)
    found = [_dense(diagonal[c], lower[c], shift[c]) for c in np.ndindex(lengths)]
    parts = [np.array(part) for part in zip(*found, strict=True)]
    orders = (line, square, square, chains)
    result = []
    for part, order, target in zip(parts, orders, targets, strict=True):
        value = part.reshape(scope.shape(order))
        result.append(np.transpose(value, [order.index(axis) for axis in target.axes]))
    return tuple(result)


def _dense(diagonal: np.ndarray, lower: np.ndarray, shift: np.ndarray) -> tuple[np.ndarray, ...]:
    """Mean, blocks of the covariance at (t, t) and (t, t - 1), and log det, of one chain."""
    steps, size = diagonal.shape[:2]
    whole = np.zeros((steps, size, steps, size))
    for t in range(steps):
        whole[t, :, t] = diagonal[t]
        if t:
            whole[t, :, t - 1] = lower[t]
            whole[t - 1, :, t] = lower[t].T
    matrix = whole.reshape(steps * size, -1)
    covariance = np.linalg.inv(matrix)
    blocks = covariance.reshape(steps, size, steps, size)
    here = np.array([blocks[t, :, t] for t in range(steps)])
    cross = np.array([blocks[t, :, t - 1] * (t > 0) for t in range(steps)])
    return covariance @ shift, here, cross, np.linalg.slogdet(matrix)[1]


def best_path(
    operation: BestPath, targets: tuple[Array, ...], scope: Scope
) -> tuple[np.ndarray, ...]:
    """The best of all states at each step, given the best way to each state before."""
    time, states = operation.time, operation.states
    chains = tuple(axis for axis in targets[1].axes if axis != time)
    lengths, steps = scope.shape(chains), scope.shape((time,))
    weight = grid(scope, operation.weight, (*chains, time, *states)).reshape(*lengths, *steps, -1)
    step = grid(scope, operation.step, (*chains, time, *operation.befores, *states))
    step = step.reshape(*lengths, *steps, weight.shape[-1], -1)
    value, path = np.empty(lengths), np.empty((*lengths, weight.shape[-2]), dtype=np.int64)
    if operation.parent is None:
        for chain in np.ndindex(lengths):
            value[chain], path[chain] = _viterbi(weight[chain], step[chain])
    else:
        up = grid(scope, operation.parent, (*chains, time))
        for chain in np.ndindex(lengths):
            value[chain], path[chain] = best_tree(weight[chain], step[chain], up[chain])
    order = (*chains, time)
    paths = zip(np.unravel_index(path, scope.shape(states)), targets[1:], strict=True)
    return (
        np.transpose(value, [chains.index(axis) for axis in targets[0].axes]),
        *(np.transpose(p, [order.index(axis) for axis in t.axes]) for p, t in paths),
    )


def _viterbi(weight: np.ndarray, step: np.ndarray) -> tuple[float, list[int]]:
    """One chain: the best way to each state, kept whole."""
    ways = {k: (weight[0, k], [k]) for k in range(weight.shape[1])}
    for t in range(1, len(weight)):
        found = {
            k: max((ways[j][0] + step[t, j, k], -j) for j in range(weight.shape[1]))
            for k in range(weight.shape[1])
        }
        ways = {
            k: (value + weight[t, k], [*ways[-back][1], k]) for k, (value, back) in found.items()
        }
    value, last = max((way[0], -k) for k, way in ways.items())
    return value, ways[-last][1]


def recur(operation: Recur, target: Array, scope: Scope) -> np.ndarray:
    """Step by step, chain by chain."""
    time, event = operation.time, operation.event
    row, column = event[:1], event[1:]
    chains = tuple(a for a in target.axes if a not in (time, *event))
    gain = grid(scope, operation.gain, (*chains, time, *row, *column))
    shift = grid(scope, operation.shift, (*chains, time, *row))
    found = shift.astype(float)
    for chain in np.ndindex(scope.shape(chains)):
        for t in range(1, scope.shape((time,))[0]):
            before = found[chain][t - 1]
            found[chain][t] += gain[chain][t] @ before if event else gain[chain][t] * before
    order = (*chains, time, *row)
    return np.transpose(found, [order.index(axis) for axis in target.axes])
