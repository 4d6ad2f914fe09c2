"""The options of `fit`: of the right kind, and in range."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Real
from typing import Any

import numpy as np

from autoem.errors.run import BadOption


def check_options(
    restarts: Any, seed: Any, tol: Any, max_iterations: Any, accelerate: Any, progress: Any
) -> None:
    """Raise `BadOption` for the first option that is out of range.

    >>> check_options(1, None, 1e-9, 10.5, None, None)
    Traceback (most recent call last):
        ...
    autoem.errors.run.BadOption: max_iterations=10.5: expected a whole number from 0.
    """
    is_tolerance = isinstance(tol, Real) and 0 <= float(tol) < np.inf
    is_known = accelerate in ("anderson", "squarem", None)
    checks: dict[str, tuple[Any, bool, str]] = {
        "restarts": (restarts, _is_whole(restarts, 1), "a whole number from 1"),
        "seed": (seed, seed is None or _is_whole(seed, 0), "a whole number from 0, or None"),
        "tol": (tol, is_tolerance, "a number from 0"),
        "max_iterations": (max_iterations, _is_whole(max_iterations, 0), "a whole number from 0"),
        "accelerate": (accelerate, is_known, "'anderson', 'squarem' or None"),
        "progress": (progress, progress in (True, False, None), "True, False or None"),
    }
    for option, (value, good, expected) in checks.items():
        if not good:
            raise BadOption(option=option, value=value, expected=expected)


def _is_whole(value: Any, least: int) -> bool:
    return isinstance(value, int | np.integer) and value is not True and int(value) >= least


def check_seed(seed: Any) -> None:
    """Raise `BadOption` for a seed that is no whole number."""
    if not (seed is None or _is_whole(seed, 0)):
        raise BadOption(option="seed", value=seed, expected="a whole number from 0, or None")


def check_mappings(*, weights: Any = None, **others: Any) -> None:
    """Raise `BadOption` for what is not keyed by name, or for weights of more than one axis."""
    for option, value in {"weights": weights, **others}.items():
        if value is not None and not isinstance(value, Mapping):
            expected = KEYED[option]
            raise BadOption(option=option, value=value, expected=expected)
    if len(weights or ()) > 1:
        raise BadOption(option="weights", value=weights, expected="weights of one axis")


KEYED = {
    "sizes": 'the lengths of axes by name, as {"k": 3}',
    "weights": 'an array by the name of an axis, as {"n": w}',
    "parameters": 'values by the name of a parameter, as {"mean": 0}',
    "given": 'values by the name of a given, as {"v": v}',
    "fixed": 'values by the name of a parameter, as {"mean": 0}',
    "start": 'values by the name of a parameter or a latent, as {"mean": 0}',
    "columns": 'names of columns by variable, as {"x": ["a", "b"]}',
}
"""Option to what it maps."""
