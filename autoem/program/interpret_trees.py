"""Trees for the reference interpreter: node by node, in log space."""

from __future__ import annotations

import numpy as np


def smooth_tree(weight: np.ndarray, step: np.ndarray, up: np.ndarray) -> tuple[np.ndarray, ...]:
    """One tree: what is below each state, and what is elsewhere."""
    inside, outside = weight.copy(), np.zeros_like(weight)
    order = sorted(range(len(up)), key=lambda node: -_depth(up, node))
    for node in order:
        if up[node] >= 0:
            inside[up[node]] += _said(step, inside, node)
    state, before, after = (np.zeros_like(weight) for _ in range(3))
    for node in reversed(order):
        after[node] = np.exp(inside[node] - np.logaddexp.reduce(inside[node]))
        if up[node] >= 0:
            rest = outside[up[node]] + inside[up[node]] - _said(step, inside, node)
            outside[node] = np.logaddexp.reduce(rest[:, None] + step[node], axis=0)
        whole = inside[node] + outside[node]
        state[node] = np.exp(whole - np.logaddexp.reduce(whole))
        if up[node] >= 0:
            reached, held = np.exp(step[node]) @ after[node], state[up[node]]
            before[node] = np.divide(held, reached, out=np.zeros_like(held), where=held > 0)
    total = sum(np.logaddexp.reduce(inside[node]) for node in order if up[node] < 0)
    return state, before, after, np.asarray(total)


def best_tree(weight: np.ndarray, step: np.ndarray, up: np.ndarray) -> tuple[float, list[int]]:
    """One tree: the best of what is below each state, then the states from the roots on."""
    below, order = weight.copy(), sorted(range(len(up)), key=lambda node: -_depth(up, node))
    for node in order:
        if up[node] >= 0:
            below[up[node]] += (step[node] + below[node]).max(axis=1)
    states = [0] * len(up)
    for node in reversed(order):
        coming = step[node][states[up[node]]] if up[node] >= 0 else 0.0
        states[node] = int(np.argmax(coming + below[node]))
    return sum(float(below[node].max()) for node in order if up[node] < 0), states


def _said(step: np.ndarray, inside: np.ndarray, child: int) -> np.ndarray:
    """log of what a child says of each state of its parent."""
    return np.logaddexp.reduce(step[child] + inside[child], axis=1)


def _depth(up: np.ndarray, node: int) -> int:
    """How many nodes are above one."""
    depth = 0
    while up[node] >= 0:
        node, depth = int(up[node]), depth + 1
        if depth > len(up):
            raise ValueError("a node is below itself")
    return depth
