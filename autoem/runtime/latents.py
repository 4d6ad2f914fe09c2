"""The posterior by latent: probabilities of states, or mean and covariance, in the usual order.

A program computes expectations given the states of other latents, E[f | x, z = k], and their
probabilities r_k.  What a user asks for is not conditional:

    E[f | x]   = sum_k r_k E[f | x, k],
    Var[f | x] = sum_k r_k Var[f | x, k] + sum_k r_k (E[f | x, k] - E[f | x])^2 .
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from autoem.runtime.arrays import Arrays
from autoem.runtime.schema import Schema
from autoem.runtime.sparse import is_sparse

STATES, MEAN, CELL = "states", "mean", "[cell]"
SPREADS = ("variance", "covariance")

Axes = tuple[str, ...]
Labeled = tuple[np.ndarray, Axes]
"""An array and the names of its axes."""

Told = Mapping[str, Mapping[str, tuple[Sequence[str], Sequence[str]]]]
"""Latent to word to (arrays, their axes): [z] is the axis of the states of z, (z) that of its
states at another place; several arrays are the entries of one."""


def by_latent(
    schema: Schema, told: Told, arrays: Arrays, sizes: Mapping[str, int]
) -> dict[str, Any]:
    """Latent to the probabilities of its states (plates, then states), or to its expectations.

    >>> from autoem.runtime.schema import VariableSchema
    >>> schema = Schema("M", ("n",), (VariableSchema("b", "latent", "real", ("n",)),))
    >>> told = {"b": {"mean": (["m"], ["n"]), "variance": (["v"], [])}}
    >>> by_latent(schema, told, {"m": np.zeros(2), "v": np.array(3.0)}, {"n": 2})
    {'b': {'mean': array([0., 0.]), 'variance': array([3., 3.])}}
    """
    read = {
        latent: {word: _labeled(arrays, *place) for word, place in words.items()}
        for latent, words in told.items()
    }
    shares = {f"[{latent}]": words[STATES] for latent, words in read.items() if STATES in words}
    found: dict[str, Any] = {}
    for latent, words in read.items():
        plates, own = schema[latent].plates, f"[{latent}]"
        placed = {
            word: _turned(words[word], plates)
            if is_sparse(words[word][0])
            else _placed(_marginal(word, words, plates, shares, own), plates, sizes)
            for word in words
        }
        found[latent] = placed.get(STATES, placed)
    return found


def _labeled(arrays: Arrays, names: Sequence[str], axes: Sequence[str]) -> Labeled:
    if len(names) == 1:
        value = arrays[names[0]]
        return value if is_sparse(value) else np.asarray(value), tuple(axes)
    return np.stack([arrays[name] for name in names], axis=-1), (*axes, CELL)


def _marginal(
    word: str, words: Mapping[str, Labeled], plates: Axes, shares: Mapping[str, Labeled], own: str
) -> Labeled:
    """The expectation with the states of other latents averaged out."""
    weights = _weights(words[word][1], shares, own)
    if word not in SPREADS:
        return _sum([words[word], *weights], own) if weights else words[word]
    weights = weights or _weights(words[MEAN][1], shares, own)
    if not weights:
        return words[word]
    centre = _sum([words[MEAN], *weights], own)
    apart = _combined(np.subtract, words[MEAN], centre)
    events = [a for a in apart[1] if a not in plates and a[0] not in "[("]
    again = apart[0], tuple(f"{a}'" if a in events else a for a in apart[1])
    between = _sum([apart, again, *weights], own)
    return _combined(np.add, _sum([words[word], *weights], own), between)


def _weights(axes: Axes, shares: Mapping[str, Labeled], own: str) -> list[Labeled]:
    """The probabilities of the states among the axes, and of those that these depend on."""
    found: dict[str, Labeled] = {}
    waiting = [axis for axis in axes if axis in shares and axis != own]
    while waiting:
        state = waiting.pop()
        if state not in found:
            found[state] = shares[state]
            waiting += [axis for axis in shares[state][1] if axis in shares and axis != state]
    return list(found.values())


def _sum(factors: Sequence[Labeled], own: str) -> Labeled:
    """The product of the factors summed over the states of all latents but one."""
    axes = _union(axes for _, axes in factors)
    kept = tuple(axis for axis in axes if axis[0] != "[" or axis in (own, CELL))
    number = {axis: place for place, axis in enumerate(axes)}
    operands: list[Any] = []
    for value, names in factors:
        operands += [value, [number[axis] for axis in names]]
    return np.einsum(*operands, [number[axis] for axis in kept]), kept


def _combined(operation: np.ufunc, left: Labeled, right: Labeled) -> Labeled:
    axes = _union((left[1], right[1]))
    return operation(_aligned(left, axes), _aligned(right, axes)), axes


def _union(several: Iterable[Axes]) -> Axes:
    return tuple(dict.fromkeys(axis for axes in several for axis in axes))


def _aligned(labeled: Labeled, axes: Axes) -> np.ndarray:
    """The array over the axes, of length one where it has none."""
    value, own = labeled
    value = np.transpose(value, [own.index(axis) for axis in axes if axis in own])
    lengths = iter(value.shape)
    return value.reshape([next(lengths) if axis in own else 1 for axis in axes])


def _turned(table: Labeled, plates: Axes) -> Any:
    """A sparse table by its plates, and then its states."""
    axes = table[1]
    ordered = sorted(axes, key=lambda axis: (*plates, axis).index(axis))
    value: Any = table[0]
    return value if tuple(ordered) == axes else value.T.tocsr()


def _placed(labeled: Labeled, plates: Axes, sizes: Mapping[str, int]) -> np.ndarray:
    """The array over all plates, then states, then events."""
    rest = sorted((a for a in labeled[1] if a not in plates), key=lambda a: a[0] not in "[(")
    value = _aligned(labeled, (*plates, *rest))
    shape = [n if a in labeled[1] else sizes[a] for a, n in zip(plates, value.shape, strict=False)]
    return np.array(np.broadcast_to(value, (*shape, *value.shape[len(plates) :])))
