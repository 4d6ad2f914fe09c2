"""What each domain asks of a value, as a table; used for data, `start=` and `fixed=` alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from autoem.errors.data import NoSuchName, OutsideDomain, SizesDisagree, WrongDimensions
from autoem.runtime.arrays import Arrays
from autoem.runtime.fixed import completed
from autoem.runtime.labels import numbers, raw_array
from autoem.runtime.schema import Schema, VariableSchema

Test = Callable[[np.ndarray], np.ndarray]

ENTRYWISE: dict[str, tuple[Test, str]] = {
    "positive": (lambda x: x > 0, "a positive number"),
    "nonnegative": (lambda x: x >= 0, "a number from 0"),
    "count": (lambda x: (x >= 0) & (x == np.floor(x)), "a whole number from 0"),
    "integer": (lambda x: x == np.floor(x), "a whole number"),
    "cells": (lambda x: (x >= 0) & (x == np.floor(x)), "a whole number from 0"),
    "binary": (lambda x: (x == 0) | (x == 1), "0 or 1"),
    "unit": (lambda x: (x >= 0) & (x <= 1), "a number from 0 to 1"),
    "simplex": (lambda x: (x >= 0) & (x <= 1), "a probability, from 0 to 1"),
}
"""Kind of domain to the test of an entry and its wording."""

SUM = 1e-6
"""Probabilities may miss a sum of one by this much: they may have been rounded."""


def check_entries(variable: VariableSchema, value: np.ndarray) -> None:
    """Raise `OutsideDomain` for the first entry outside the domain; nan passes."""
    if variable.domain == "interval":
        good = (value >= variable.lower) & (value <= variable.upper)
        expected = f"a number from {variable.lower:g} to {variable.upper:g}"
    elif variable.domain in ENTRYWISE:
        test, expected = ENTRYWISE[variable.domain]
        good = test(value)
    else:
        return
    wrong = np.argwhere(~good & ~np.isnan(value))
    if len(wrong):
        _refuse(variable, tuple(map(int, wrong[0])), value, expected)


def check_blocks(variable: VariableSchema, value: np.ndarray) -> None:
    """Raise `OutsideDomain` for the first probability vector or matrix that is none; nan passes."""
    if variable.domain == "simplex":
        total = value.sum(axis=-1)
        held = np.nansum(value, axis=-1)  # by the entries that are not free
        wrong = np.argwhere((np.abs(total - 1) > SUM) | (held > 1 + SUM))
        expected = "probabilities that sum to 1 along " + variable.event[-1]
    elif variable.domain == "positive_definite":
        flat = value.reshape(-1, *value.shape[-2:])
        bad = np.array([not _positive_definite(matrix) for matrix in flat], dtype=bool)
        wrong = np.argwhere(bad.reshape(value.shape[:-2]))
        expected = "a symmetric positive definite matrix"
    else:
        return
    if len(wrong):
        _refuse(variable, tuple(map(int, wrong[0])), value, expected)


def _positive_definite(matrix: np.ndarray) -> bool:
    largest = np.nanmax(np.abs(matrix), initial=0)
    if not np.allclose(matrix, matrix.T, rtol=1e-8, atol=1e-12 * largest, equal_nan=True):
        return False
    if np.isnan(matrix).any():  # where it is free
        diagonal = np.diag(np.full(len(matrix), largest or 1.0))
        return not np.isnan(completed(diagonal, matrix)).any()
    return bool(np.linalg.eigvalsh(matrix).min(initial=np.inf) > 0)


def _refuse(
    variable: VariableSchema, index: tuple[int, ...], value: np.ndarray, expected: str
) -> None:
    at = value[index]
    came = at.item() if at.ndim == 0 else np.array2string(at, precision=6, separator=", ")
    raise OutsideDomain(
        variable=variable.name, index=index, axes=variable.axes, value=came, expected=expected
    )


def check_parameters(
    schema: Schema, given: Mapping[str, object], what: str, sizes: Mapping[str, int]
) -> Arrays:
    """`start=` or `fixed=` (`what`) as float arrays of the right shapes, inside their domains.

    In `fixed`, nan stands where the entry is free.  A number is repeated over the axes of its
    parameter.  Errors: `NoSuchName`, `WrongDimensions`, `OutsideDomain`.
    """
    parameters = {parameter.name: parameter for parameter in schema.of_kind("parameter")}
    checked: Arrays = {}
    for name, value in given.items():
        if name not in parameters:
            raise NoSuchName(name=name, what=what, known=tuple(parameters))
        variable = parameters[name]
        shape = tuple(sizes[axis] for axis in variable.axes)
        array = numbers(variable, raw_array(name, value)).astype(float)
        if array.ndim:
            _check_shape(name, array, variable.axes, sizes)
        array = np.array(np.broadcast_to(array, shape))
        if what != "fixed" and not np.all(np.isfinite(array)):
            index = tuple(map(int, np.argwhere(~np.isfinite(array))[0]))
            _refuse(variable, index, array, "a finite number")
        check_entries(variable, array)
        check_blocks(variable, array)
        if variable.above:
            _check_degrees(variable, array, sizes[variable.above])
        checked[name] = array
    return checked


def _check_degrees(variable: VariableSchema, array: np.ndarray, size: int) -> None:
    low = np.argwhere(array <= size - 1)
    if len(low):
        expected = f"a number above {size - 1}, the length of {variable.above} less one"
        _refuse(variable, tuple(map(int, low[0])), array, expected)


def _check_shape(
    name: str, array: np.ndarray, axes: tuple[str, ...], sizes: Mapping[str, int]
) -> None:
    if array.ndim != len(axes):
        raise WrongDimensions(variable=name, axes=axes, shape=array.shape)
    for axis, size in zip(axes, array.shape, strict=True):
        if size != sizes[axis]:
            raise SizesDisagree(axis=axis, sizes={name: size, "the data and sizes=": sizes[axis]})


def check_shares(latent: VariableSchema, value: object, sizes: Mapping[str, int]) -> np.ndarray:
    """`start=` of a categorical latent: probabilities along its category, which is the last axis.

    Whole numbers in the shape of its plates are codes.  Errors: `WrongDimensions`, `OutsideDomain`.
    """
    category = latent.category or ""
    shares = VariableSchema(latent.name, "latent", "simplex", latent.plates, (category,))
    array = numbers(latent, raw_array(latent.name, value)).astype(float)
    if array.ndim == len(latent.plates):
        array = (array[..., None] == np.arange(sizes[category])).astype(float)
    _check_shape(latent.name, array, shares.axes, sizes)
    check_entries(shares, array)
    check_blocks(shares, array)
    return array


def implied_sizes(schema: Schema, given: Mapping[str, object]) -> dict[str, int]:
    """Sizes that starting values tell: the lengths of the parameters' axes."""
    sizes: dict[str, int] = {}
    for variable in schema.of_kind("parameter"):
        if variable.name in given:
            shape = raw_array(variable.name, given[variable.name]).shape
            if len(shape) == len(variable.axes):
                sizes |= dict(zip(variable.axes, shape, strict=True))
    return sizes
