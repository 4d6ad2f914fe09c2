"""Soft assignments of rows to categories, to begin with: k-means++ on what was observed.

The only knowledge used is the schema: which arrays run along the plates of the latent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from autoem.runtime.arrays import Arrays

# --- standalone: begin
SAMPLE = 5000
"""Centers are looked for among so many rows."""
LEVELS = 256
"""Labels of more levels, as the number of an item, tell no clusters."""
DOUBT = 0.1
"""So that no component starts on a subspace."""


@dataclass(frozen=True)
class Labels:
    """Codes (rows, places) as indicators of their levels, which are made where they are read."""

    codes: np.ndarray
    levels: int

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.codes), self.codes.shape[1] * self.levels

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, rows: slice | np.ndarray) -> np.ndarray:
        own = self.codes[rows]
        return (own[..., None] == np.arange(self.levels)).reshape(len(own), -1).astype(float)


Column = np.ndarray | Labels
"""A feature or several, of all rows."""


def responsibilities(
    schema: Mapping[str, Any],
    latent: Mapping[str, Any],
    data: Arrays,
    sizes: Mapping[str, int],
    features: str,
    generator: np.random.Generator,
    doubt: float = DOUBT,
) -> np.ndarray:
    """Probabilities of the categories of `latent`, axes its plates and then the category, float32.

    `features` is "observed" (k-means++ on the standardized observed arrays), "all" (givens too),
    "votes" (frequencies of the observed labels of the same categories), or "random"; `doubt` is the
    share of every row that is spread evenly.  Where there are as many categories as rows there are
    no clusters, and every row gets a category at random.
    """
    plates, size = tuple(latent.get("plates", ())), sizes[latent["category"]]
    rows = int(np.prod([sizes[plate] for plate in plates]))
    columns = [
        part
        for variable in schema["variables"]
        if _used(variable, latent, features) and variable["name"] in data
        for part in _along(schema, variable, data, sizes, plates)
    ]
    if features == "votes" and columns:
        shares = np.nan_to_num(columns[0][:]) + DOUBT / size
    elif features == "random" or not sum(column.shape[1] for column in columns):
        shares = generator.dirichlet(np.full(size, 0.5), rows)
    elif rows <= size:
        shares = np.eye(size)[generator.integers(size, size=rows)]
    else:
        shares = _clusters(columns, size, generator)
    soft = shares.astype(np.float32, copy=False)
    soft *= (1 - doubt) / soft.sum(axis=1, keepdims=True)
    soft += doubt / size
    return soft.reshape(*(sizes[plate] for plate in plates), size)


def _used(variable: Mapping[str, Any], latent: Mapping[str, Any], features: str) -> bool:
    if features == "votes":
        return variable["kind"] == "observed" and variable.get("category") == latent["category"]
    return variable["kind"] == "observed" or (features == "all" and variable["kind"] == "given")


def _along(
    schema: Mapping[str, Any],
    variable: Mapping[str, Any],
    data: Arrays,
    sizes: Mapping[str, int],
    plates: tuple[str, ...],
) -> Iterator[Column]:
    """The array as rows along the plates, (rows, features); by group means if it has a lookup."""
    axes = (*variable.get("plates", ()), *variable.get("event", ()))
    value = np.asarray(data[variable["name"]], dtype=float)
    value = np.where(np.isfinite(value), value, np.nan)
    levels = sizes[variable["category"]] if variable.get("category") else 0
    if levels > LEVELS:
        return
    if plates and all(plate in axes for plate in plates):
        front = np.moveaxis(value, [axes.index(plate) for plate in plates], range(len(plates)))
        rows = front.reshape(int(np.prod(front.shape[: len(plates)])), -1)
        yield Labels(rows, levels) if levels else rows
        return
    for lookup in schema["variables"]:
        over = tuple(lookup.get("plates", ()))
        known = lookup["kind"] == "given" and (lookup.get("category"),) == plates
        if known and len(over) == 1 and over[0] in axes:
            value = np.moveaxis(value, axes.index(over[0]), 0).reshape(
                len(data[lookup["name"]]), -1
            )
            group, count = data[lookup["name"]], sizes[plates[0]]
            yield (
                _frequencies(value, levels, group, count)
                if levels
                else _group_means(value, group, count)
            )
            return


def _frequencies(codes: np.ndarray, levels: int, group: np.ndarray, count: int) -> np.ndarray:
    """Shares of the levels of every column in each group, nan for an empty one."""
    number = np.bincount(group, minlength=count)[:, None]
    found = [
        np.bincount(group, column == level, minlength=count)
        for column in codes.T
        for level in range(levels)
    ]
    total = np.stack(found, axis=1)
    return np.divide(total, number, out=np.full(total.shape, np.nan), where=number > 0)


def _group_means(value: np.ndarray, group: np.ndarray, count: int) -> np.ndarray:
    """Means over the rows of each group, nan for an empty one."""
    total, number = np.zeros((count, value.shape[1])), np.zeros((count, value.shape[1]))
    seen = ~np.isnan(value)
    np.add.at(total, group, np.where(seen, value, 0.0))
    np.add.at(number, group, seen)
    return np.divide(total, number, out=np.full(total.shape, np.nan), where=number > 0)


def _clusters(columns: list[Column], count: int, generator: np.random.Generator) -> np.ndarray:
    """Soft assignments (rows, count) to centers, in standardized units, a block of rows at a time.

    Missing entries stand at the mean, constant columns vanish.
    """
    total = len(columns[0])
    chosen = generator.permutation(total)[:SAMPLE]
    sample = np.concatenate([column[chosen] for column in columns], axis=1)
    missing = np.isnan(sample)
    mean = np.where(missing, 0, sample).sum(axis=0) / np.maximum((~missing).sum(axis=0), 1)
    deviation = np.sqrt(np.mean(np.where(missing, 0, sample - mean) ** 2, axis=0))
    unit = np.where(deviation > 1e-12 * np.abs(mean), deviation, np.inf)
    centers, spread = _centers(np.nan_to_num((sample - mean) / unit), count, generator)
    shares = np.empty((total, count), dtype=np.float32)
    for start in range(0, total, SAMPLE):
        rows = slice(start, start + SAMPLE)
        block = np.concatenate([column[rows] for column in columns], axis=1)
        distances = _squared_distances(np.nan_to_num((block - mean) / unit), centers)
        nearest = distances.min(axis=1, keepdims=True)
        shares[rows] = np.exp((nearest - distances) / (2 * spread))
    return shares


def _centers(
    sample: np.ndarray, count: int, generator: np.random.Generator
) -> tuple[np.ndarray, float]:
    """Centers by k-means++ and a few rounds of k-means, and the variance about them of a column."""
    centers = sample[:1]
    nearest = _squared_distances(sample, centers)[:, 0]
    for _ in range(1, count):
        weight = nearest + 1e-12
        chosen = generator.choice(len(sample), p=weight / weight.sum())
        centers = np.concatenate([centers, sample[chosen : chosen + 1]])
        nearest = np.minimum(nearest, _squared_distances(sample, centers[-1:])[:, 0])
    for _ in range(5):
        own = _squared_distances(sample, centers).argmin(axis=1)
        held = [sample[own == c] for c in range(count)]
        means = [rows.mean(axis=0) if len(rows) else centers[c] for c, rows in enumerate(held)]
        centers = np.array(means)
    spread = _squared_distances(sample, centers).min(axis=1).mean() / max(sample.shape[1], 1)
    return centers, float(spread) + 1e-12


def _squared_distances(rows: np.ndarray, centers: np.ndarray) -> np.ndarray:
    return np.stack([((rows - center) ** 2).sum(axis=1) for center in centers], axis=1)


# --- standalone: end
