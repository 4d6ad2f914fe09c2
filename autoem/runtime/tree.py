"""Trees of states: upward from the leaves and downward from the roots, level by level.

    upward      u[v, k] = exp U[v, k] prod over children c of m[c, k] / s[v],   sum_k u[v, k] = 1
                m[v, j] = sum_k A[j, k] u[v, k]
    downward    P[root, k] = u[root, k],    P[v, k] = sum_j (P[p, j] / m[v, j]) A[j, k] u[v, k]

with p the parent of v.  So the joint responsibility of j at p and k at v is a product of three,
P[p] / m[v], A and u[v].  The log-normalizer is sum_v log s[v].  The nodes of one level are worked
on together; products over children are sums of logarithms, so that many do no harm.
Source: Felsenstein (1981), Journal of Molecular Evolution 17, 368; Pearl (1988), Probabilistic
Reasoning in Intelligent Systems, chapter 4.
"""

from __future__ import annotations

import numpy as np

from autoem.runtime.passes import LOWEST, Smoothing

# --- standalone: begin


def levels_of(parent: np.ndarray) -> list[np.ndarray]:
    """The nodes by depth, roots (parent -1) first; children of one node stand side by side.

    Raises ValueError where a node is below itself, or a parent is no node.

    >>> [level.tolist() for level in levels_of(np.array([-1, 0, 0, 1]))]
    [[0], [1, 2], [3]]
    """
    count = len(parent)
    if parent.min(initial=-1) < -1 or parent.max(initial=-1) >= count:
        raise ValueError("a parent is no node")
    order = np.argsort(parent, kind="stable")
    children = np.bincount(parent[parent >= 0], minlength=count)
    first = np.cumsum(children) - children + (parent < 0).sum()
    level, levels = np.flatnonzero(parent < 0), []
    while level.size:
        levels.append(level)
        width = children[level]
        start = np.repeat(first[level] - (np.cumsum(width) - width), width)
        level = order[start + np.arange(width.sum())]
    if sum(map(len, levels)) < count:
        raise ValueError("a node is below itself")
    return levels


def upward_downward(weight: np.ndarray, step: np.ndarray, parent: np.ndarray) -> Smoothing:
    """Smooth trees with log weights (nodes, states, chains...) and log steps.

    `step` is (before, after), or (nodes or 1, before, after, chains or 1 ...) where it varies;
    `parent` has the position of the parent of each node, -1 at roots.  The results are those of
    `forward_backward`, with the parent for the step before.

    >>> weight = np.log([[0.5, 0.5], [0.9, 0.1], [0.9, 0.1]])
    >>> state, *_ = upward_downward(weight, np.log(np.eye(2)), np.array([-1, 0, 0]))
    >>> np.round(state[0], 3)
    array([0.988, 0.012])
    """
    move, levels = np.exp(_steps(step, weight.ndim)), levels_of(parent)
    total, after = weight.astype(float), np.zeros(weight.shape)
    state, before, message = np.zeros((3, *weight.shape))
    log_normalizer = np.zeros(weight.shape[2:])
    for nodes in reversed(levels):
        peak = np.maximum(total[nodes].max(axis=1, keepdims=True), LOWEST)
        share = np.exp(total[nodes] - peak)
        scale = share.sum(axis=1, keepdims=True)
        after[nodes] = share / scale
        log_normalizer += (np.log(scale) + peak).sum(axis=(0, 1))
        if parent[nodes[0]] >= 0:
            message[nodes] = (_at(move, nodes) * after[nodes][:, None]).sum(axis=2)
            _to_parents(total, np.log(message[nodes]), parent[nodes])
    state[levels[0]] = after[levels[0]]
    for nodes in levels[1:]:
        up, sent = state[parent[nodes]], message[nodes]
        before[nodes] = np.divide(up, sent, out=np.zeros_like(up), where=up > 0)
        state[nodes] = (before[nodes][:, :, None] * _at(move, nodes)).sum(axis=1) * after[nodes]
    return state, before, after, log_normalizer


def best_tree(
    weight: np.ndarray, step: np.ndarray, parent: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Log weight and states of the best assignment: the same upward with maxima for sums."""
    move, levels = _steps(step, weight.ndim), levels_of(parent)
    total, origin = weight.astype(float), np.zeros(weight.shape, dtype=int)
    for nodes in reversed(levels[1:]):
        arriving = _at(move, nodes) + total[nodes][:, None]
        origin[nodes] = arriving.argmax(axis=2)
        _to_parents(total, arriving.max(axis=2), parent[nodes])
    states = np.zeros((len(weight), *weight.shape[2:]), dtype=int)
    states[levels[0]] = total[levels[0]].argmax(axis=1)
    for nodes in levels[1:]:
        chosen = states[parent[nodes]][:, None]
        states[nodes] = np.take_along_axis(origin[nodes], chosen, axis=1)[:, 0]
    return total[levels[0]].max(axis=1).sum(axis=0), states


def _steps(step: np.ndarray, axes: int) -> np.ndarray:
    """The steps over (nodes or 1, before, after, chains or 1 ...)."""
    whole = step[None] if step.ndim == 2 else step
    return whole.reshape(*whole.shape, *[1] * (axes + 1 - whole.ndim))


def _at(move: np.ndarray, nodes: np.ndarray) -> np.ndarray:
    return move[nodes] if len(move) > 1 else move


def _to_parents(total: np.ndarray, message: np.ndarray, parents: np.ndarray) -> None:
    """Add the messages of a level, in which siblings stand side by side, to their parents."""
    starts = np.flatnonzero(np.diff(parents, prepend=-1))
    total[parents[starts]] += np.add.reduceat(message, starts, axis=0)


# --- standalone: end
