"""Counts and their trials: none exceeds them, and the counts of an event add up to them."""

from __future__ import annotations

import numpy as np

from autoem.errors.data import OutsideDomain
from autoem.runtime.arrays import Arrays
from autoem.runtime.schema import Schema, VariableSchema


def check_trials(schema: Schema, arrays: Arrays) -> None:
    """Raises OutsideDomain at the first count that its trials do not allow."""
    for variable in schema.of_kind("observed"):
        if variable.trials is not None and variable.name in arrays:
            _check(schema, variable, arrays)


def _check(schema: Schema, variable: VariableSchema, arrays: Arrays) -> None:
    value, trials = arrays[variable.name], variable.trials
    if isinstance(trials, str):
        own = schema[trials].axes
        shape = [n for n, a in zip(value.shape, variable.plates, strict=False) if a in own]
        if len(shape) != len(own):
            return
        whole = np.asarray(arrays[trials]).reshape(
            [n if a in own else 1 for n, a in zip(value.shape, variable.plates, strict=False)]
        )
        said = f"{trials} = "
    else:
        whole, said = np.asarray(trials), ""
    if variable.event:
        _check_total(variable, value, whole, said)
        return
    over = np.argwhere(value > whole)
    if len(over):
        place = tuple(map(int, over[0]))
        most = np.broadcast_to(whole, value.shape)[place]
        _refuse(variable, place, value[place], f"at most {said}{most:g}")


def _check_total(variable: VariableSchema, value: np.ndarray, whole: np.ndarray, said: str) -> None:
    total, gaps = np.nansum(value, axis=-1), np.isnan(value).any(axis=-1)
    off = np.argwhere(np.where(gaps, total > whole, total != whole))
    if len(off):
        place = tuple(map(int, off[0]))
        wanted = np.broadcast_to(whole, total.shape)[place]
        most = "at most " if gaps[place] else ""
        _refuse(variable, place, total[place], f"a sum of {most}{said}{wanted:g}")


def _refuse(variable: VariableSchema, place: tuple[int, ...], came: float, expected: str) -> None:
    raise OutsideDomain(
        variable=variable.name,
        index=place,
        axes=variable.plates,
        value=f"{came:g}",
        expected=expected,
    )
