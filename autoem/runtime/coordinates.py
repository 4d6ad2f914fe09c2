"""Free coordinates of the parameters about a point: what is left to vary, without constraints.

    real      x              simplex            log(p_j / p_r), p_r the largest of the free entries
    positive  log x          positive definite  Cholesky's factor L, log of its diagonal
    interval  logit of x

What is held fixed has no coordinate, nor has an entry that lies on an edge, nor a parameter in
which the likelihood has a corner.  The free entries of a simplex share what the others leave.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from autoem.runtime.arrays import Arrays, Domain
from autoem.runtime.definite import cholesky
from autoem.runtime.schema import Schema, VariableSchema
from autoem.runtime.transforms import from_line, jacobian, to_line

FIRST, LAST = 1e-4, 0.05
"""Steps of a difference where x bends, or in shares of the scale of a covariance."""
NUMB, FAR = 1e-10, 1e3
"""Steps of a difference of a real entry, in shares of the largest or of the data: its location may
be large beside its scale; and what can go so far unseen is not seen at all."""

Curve = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Patch:
    """Entries of one parameter that share some coordinates.

    `places` are positions in the flat array, `values(u)` the entries there, `slopes(u)` their
    derivatives, (entries, coordinates).  `labels` name the coordinates, `u` are those of the point,
    `own` the position of the entry that each is about, `bent` whether it goes to an edge at
    infinity.  A difference along a coordinate begins with the step `first`, and none is above
    `last`.
    """

    name: str
    places: np.ndarray
    own: np.ndarray
    labels: tuple[str, ...]
    u: np.ndarray
    bent: np.ndarray
    first: np.ndarray
    last: np.ndarray
    values: Curve
    slopes: Curve


@dataclass(frozen=True)
class Coordinates:
    """The patches of all parameters; a point is one vector u.  `free`: entries that may vary."""

    parameters: Arrays
    free: Arrays
    patches: tuple[Patch, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        """The names of the coordinates."""
        return tuple(label for patch in self.patches for label in patch.labels)

    @property
    def u(self) -> np.ndarray:
        """The coordinates of the point."""
        return _joined([patch.u for patch in self.patches])

    @property
    def steps(self) -> tuple[np.ndarray, np.ndarray]:
        """First and last step of a difference along each coordinate."""
        return _joined([p.first for p in self.patches]), _joined([p.last for p in self.patches])

    def point(self, u: np.ndarray) -> Arrays:
        """The parameters at coordinates u."""
        moved = {name: np.array(value, dtype=float) for name, value in self.parameters.items()}
        for patch, part in self._parts(u):
            # Not through reshape, which copies an array that is stored by columns.
            moved[patch.name].flat[patch.places] = patch.values(part)
        return moved

    def pulled(self, u: np.ndarray, score: Arrays) -> np.ndarray:
        """The gradient by u, J' score."""
        return _joined(
            [p.slopes(v).T @ np.reshape(score[p.name], -1)[p.places] for p, v in self._parts(u)]
        )

    def slopes(self, name: str) -> np.ndarray:
        """d parameter / d u at the point: (entries of the parameter, all coordinates)."""
        found = np.zeros((np.size(self.parameters[name]), len(self.u)))
        start = 0
        for patch, part in self._parts(self.u):
            if patch.name == name:
                found[patch.places, start : start + len(part)] = patch.slopes(part)
            start += len(part)
        return found

    def own(self, name: str, which: np.ndarray) -> np.ndarray:
        """The entries of a flat parameter that some of the coordinates are about."""
        found, start = np.zeros(np.size(self.parameters[name]), bool), 0
        for patch in self.patches:
            if patch.name == name:
                found[patch.own[which[start : start + len(patch.u)]]] = True
            start += len(patch.u)
        return found

    def _parts(self, u: np.ndarray) -> Iterator[tuple[Patch, np.ndarray]]:
        ends = np.cumsum([len(patch.u) for patch in self.patches])[:-1]
        yield from zip(self.patches, np.split(u, ends) if self.patches else (), strict=True)


def _joined(parts: list[np.ndarray]) -> np.ndarray:
    return np.concatenate([np.zeros(0), *parts])


def coordinates(
    schema: Schema, parameters: Arrays, fixed: Arrays, lengths: Arrays | None = None
) -> Coordinates:
    """The free coordinates about a point; `fixed` has nan where an entry is free.

    `lengths` are sizes of real parameters, that of the data: an entry may be zero, or nearly.

    >>> weight = VariableSchema("weight", "parameter", "simplex", (), ("k",))
    >>> found = coordinates(Schema("S", ("k",), (weight,)), {"weight": np.array([0.2, 0.8])}, {})
    >>> found.labels, found.u.round(3)
    (('log(weight[0]/weight[1])',), array([-1.386]))
    """
    patches: list[Patch] = []
    free: Arrays = {}
    for variable in schema.own_parameters:
        value = np.asarray(parameters[variable.name], dtype=float)
        held = np.broadcast_to(~np.isnan(fixed.get(variable.name, np.nan)), value.shape)
        held = held | bool(variable.corner)
        free[variable.name] = _free(variable, ~held)
        entries = partial(_entries, length=(lengths or {}).get(variable.name, np.zeros(())))
        patches += PATCHES.get(variable.domain, entries)(variable, value, free[variable.name])
    return Coordinates(dict(parameters), free, tuple(patches))


def _free(variable: VariableSchema, free: np.ndarray) -> np.ndarray:
    """What may vary: one entry alone of a simplex is what the others leave."""
    alone = variable.domain == "simplex" and free.sum(axis=-1, keepdims=True) < 2
    return free & ~np.asarray(alone)


def place_name(name: str, index: Sequence[int] | tuple[np.intp, ...]) -> str:
    """mean[0, 1]"""
    return f"{name}{[int(i) for i in index]}" if len(index) else name


def _entries(
    variable: VariableSchema, value: np.ndarray, free: np.ndarray, length: np.ndarray
) -> Iterator[Patch]:
    """Real, positive and interval entries, each with a coordinate of its own."""
    kind, lower, upper = variable.range
    lower = 0.0 if kind in ("positive", "nonnegative") else lower
    places = np.flatnonzero(free & (value > lower) & (value < upper))
    if not len(places):
        return
    x = value.reshape(-1)[places]
    word = {"real": "{}", "interval": "logit {}"}.get(kind, "log {}")
    names = (place_name(variable.name, np.unravel_index(p, value.shape)) for p in places)
    scale = np.ones(x.shape)
    if kind == "real":
        known = np.broadcast_to(length, value.shape).reshape(-1)[places]
        scale = np.maximum(known, np.abs(x).max() or np.all(known == 0))
    yield Patch(
        variable.name,
        places,
        places,
        tuple(word.format(name) for name in names),
        to_line(variable.range, x)[:, 0],
        np.full(x.shape, kind != "real"),
        scale * (NUMB if kind == "real" else FIRST),
        scale * (FAR if kind == "real" else LAST),
        lambda u: from_line(variable.range, u[:, None], x.shape),
        lambda u: np.diag(jacobian(variable.range, u[:, None], 1)[:, 0, 0]),
    )


def _shares(variable: VariableSchema, value: np.ndarray, free: np.ndarray) -> Iterator[Patch]:
    """The free positive entries along the last axis, relative to the largest."""
    for index in np.ndindex(value.shape[:-1]):
        own = np.flatnonzero(free[index] & (value[index] > 0))
        if len(own) < 2:
            continue
        p = value[index][own]
        largest = int(p.argmax())
        names = [place_name(variable.name, (*index, place)) for place in own]
        others = [name for place, name in enumerate(names) if place != largest]
        yield Patch(
            variable.name,
            _position((*index, 0), value) + own,
            _position((*index, 0), value) + np.delete(own, largest),
            tuple(f"log({name}/{names[largest]})" for name in others),
            np.delete(np.log(p / p[largest]), largest),
            np.full(len(others), True),
            np.full(len(others), FIRST),
            np.full(len(others), LAST),
            partial(_share, largest, p.sum()),
            partial(_share_slopes, largest, p.sum()),
        )


SIMPLEX: Domain = ("simplex", 0.0, 1.0)


def _share(largest: int, whole: float, u: np.ndarray) -> np.ndarray:
    return whole * from_line(SIMPLEX, np.insert(u, largest, 0.0)[None], (len(u) + 1,))


def _share_slopes(largest: int, whole: float, u: np.ndarray) -> np.ndarray:
    full = jacobian(SIMPLEX, np.insert(u, largest, 0.0)[None], len(u) + 1)[0]
    return whole * np.delete(full, largest, axis=1)


def _matrices(variable: VariableSchema, value: np.ndarray, free: np.ndarray) -> Iterator[Patch]:
    """Covariances, each by its Cholesky factor, or by its free entries where some are fixed; one
    that has collapsed is at the edge."""
    for index in np.ndindex(value.shape[:-2]):
        place = partial(place_name, variable.name)
        start = _position((*index, 0, 0), value)
        if not np.isfinite(cholesky(value[index])).all():
            continue
        if free[index].all():
            yield _cholesky(variable, value[index], place(index), start)
        elif free[index].any():
            rows, columns = np.nonzero(np.tril(free[index]))
            names = tuple(place((*index, i, j)) for i, j in zip(rows, columns, strict=True))
            yield _some(variable.name, value[index], names, start, (rows, columns))


def _cholesky(variable: VariableSchema, matrix: np.ndarray, name: str, start: int) -> Patch:
    size = len(matrix)
    rows, columns = np.tril_indices(size)
    scale = np.where(rows == columns, 1.0, np.linalg.cholesky(matrix)[rows, rows])
    words = [f"L[{i}, {j}] of {name}" for i, j in zip(rows, columns, strict=True)]
    diagonal = rows == columns
    return Patch(
        variable.name,
        start + np.arange(matrix.size),
        start + rows * size + columns,
        tuple(f"log {word}" if log else word for word, log in zip(words, diagonal, strict=True)),
        to_line(variable.range, matrix)[0],
        diagonal,
        FIRST * scale,
        LAST * scale,
        lambda u: from_line(variable.range, u[None], matrix.shape).reshape(-1),
        lambda u: jacobian(variable.range, u[None], size)[0],
    )


def _some(
    name: str,
    matrix: np.ndarray,
    names: tuple[str, ...],
    start: int,
    places: tuple[np.ndarray, np.ndarray],
) -> Patch:
    """C = C0 + sum of u_ij (E_ij + E_ji), near the point: no edge is near."""
    rows, columns = places
    basis = np.zeros((*matrix.shape, len(names)))
    basis[rows, columns, np.arange(len(names))] = basis[columns, rows, np.arange(len(names))] = 1
    flat = basis.reshape(matrix.size, -1)
    u = matrix[rows, columns]
    scale = np.sqrt(np.diagonal(matrix)[rows] * np.diagonal(matrix)[columns])
    return Patch(
        name,
        start + np.arange(matrix.size),
        start + rows * len(matrix) + columns,
        names,
        u,
        np.full(len(u), False),
        FIRST * scale,
        LAST * scale,
        lambda moved: matrix.reshape(-1) + flat @ (moved - u),
        lambda moved: flat,
    )


def _position(index: tuple[int, ...], value: np.ndarray) -> int:
    return int(np.ravel_multi_index(index, value.shape))


PATCHES = {"simplex": _shares, "positive_definite": _matrices}
"""Domains whose entries depend on each other."""
