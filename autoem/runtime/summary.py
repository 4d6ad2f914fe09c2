"""A fit as a table for the terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from autoem.runtime.arrays import Arrays

if TYPE_CHECKING:
    from autoem.runtime.fit_result import Fit

ROWS = 40
"""Entries of one parameter that are printed before the rest is only counted."""


def _accelerated(fit: Fit) -> str:
    return f", {fit.jumps} of them accelerated" if fit.jumps else ""


def summary(fit: Fit) -> str:
    """What was found, how well, and why the iteration stopped."""
    bound = not fit.schema.likelihood
    plain = bound or fit.objective == fit.log_likelihood
    label = fit.schema.objective if plain else "log posterior"
    lines = [
        f"{fit.schema.name}: {fit.result} after {fit.iterations} iterations{_accelerated(fit)}",
        *_wrapped(fit.result.advice),
        f"  {label} {fit.objective:.5f}   free parameters {fit.free_parameters}"
        f"   observations {fit.observations:g}",
        *(() if bound else (f"  AIC {fit.aic:.3f}   BIC {fit.bic:.3f}",)),
    ]
    errors: Arrays = {}
    information = fit.at_hand
    if information is not None:
        errors = information.standard_errors
        told = "standard errors in brackets" if information.kind == "maximum" else str(information)
        lines += _wrapped(told)
    lines += _wrapped(fit.condensed)
    lines += [f"  {name}: {count} missing" for name, count in fit.missing.items()]
    for variable in fit.schema.own_parameters:
        lines += [
            "",
            *table(
                variable.name,
                fit.parameters[variable.name],
                variable.axes,
                fit.levels,
                errors.get(variable.name),
            ),
        ]
    return "\n".join(lines)


def _wrapped(sentence: str) -> list[str]:
    return textwrap.wrap(sentence, 100, initial_indent="  ", subsequent_indent="  ")


def table(
    name: str,
    value: np.ndarray,
    axes: tuple[str, ...],
    levels: Mapping[str, Sequence[object]],
    errors: np.ndarray | None = None,
) -> Iterator[str]:
    """A scalar in one line, a vector along a line, anything else row by row of its last axis.

    `errors` are standard errors, in brackets behind their estimates; nan is none.

    >>> for line in table("p", np.array([[0.25, 0.75]]), ("k", "d"), {"d": ["a", "b"]}):
    ...     print(line)
    p    d = a  d = b
    k=0   0.25   0.75
    """
    errors = np.full(value.shape, np.nan) if errors is None else errors
    if value.ndim == 0:
        yield f"{name}  {_cell(value, errors)}"
        return
    heads = _labels(axes[-1], value.shape[-1], levels, " = ")
    rows = value.reshape(-1, value.shape[-1])
    names = [name, *(_row_name(axes, place, value.shape, levels) for place in range(len(rows)))]
    pairs = zip(rows, errors.reshape(rows.shape), strict=True)
    cells = [heads, *([_cell(*entry) for entry in zip(*pair, strict=True)] for pair in pairs)]
    widths = [max(len(line[c]) for line in cells) for c in range(value.shape[-1])]
    first = max(map(len, names))
    for left, line in list(zip(names, cells, strict=True))[: ROWS + 1]:
        entries = (cell.rjust(width) for cell, width in zip(line, widths, strict=True))
        yield "  ".join((left.ljust(first), *entries))
    if len(rows) > ROWS:
        yield f"... and {len(rows) - ROWS} rows more"


def _cell(value: np.ndarray, error: np.ndarray) -> str:
    """An estimate, and its standard error to two digits: 2.66340 (0.25)."""
    return f"{value:.6g}" + ("" if np.isnan(error) else f" ({error:.2g})")


def _labels(axis: str, size: int, levels: Mapping[str, Sequence[object]], sign: str) -> list[str]:
    return [f"{axis}{sign}{level}" for level in levels.get(axis, range(size))]


def _row_name(
    axes: tuple[str, ...],
    place: int,
    shape: tuple[int, ...],
    levels: Mapping[str, Sequence[object]],
) -> str:
    index = np.unravel_index(place, shape[:-1])
    named = zip(axes[:-1], index, shape[:-1], strict=True)
    return " ".join(_labels(axis, size, levels, "=")[int(i)] for axis, i, size in named)
