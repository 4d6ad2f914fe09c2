"""Values on the command line: `name=value` and files of values."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from autoem.errors.command import BadAssignment
from autoem.runtime.fit_result import Fit


def assigned(option: str, texts: Iterable[str]) -> dict[str, str]:
    """`("k=2", "d=3")` as a dictionary of texts.

    >>> assigned("--size", ("k=2",))
    {'k': '2'}
    """
    pairs = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (name and equals and value):
            raise BadAssignment(option=option, text=text, expected="name=value, without spaces")
        pairs[name] = value
    return pairs


def sizes_of(texts: Iterable[str]) -> dict[str, int]:
    """`--size k=2`: lengths of axes."""
    sizes = {}
    for name, value in assigned("--size", texts).items():
        if not value.isdecimal():
            expected = "the length of an axis, a whole number: --size k=2"
            raise BadAssignment(option="--size", text=f"{name}={value}", expected=expected)
        sizes[name] = int(value)
    return sizes


def value_of(text: str) -> Any:
    """A number, numbers or labels with commas between them, or nested lists as JSON.

    >>> value_of("197"), value_of("125,18"), value_of("[[1,2],[3,null]]"), value_of("a,b")
    (array(197), array([125,  18]), array([[ 1.,  2.],
           [ 3., nan]]), array(['a', 'b'], dtype=object))
    """
    if text.startswith("["):
        return array_of(json.loads(text))
    return array_of(text.split(",") if "," in text else text)


def array_of(value: Any) -> np.ndarray:
    """Lists as an array of whole numbers, else of numbers with null as nan, else of labels.

    Errors: ValueError for lists of different lengths.
    """
    array = np.array(value)
    kinds = {"U": (int, float), "O": (float,)}.get(array.dtype.kind, ())
    for kind in kinds:
        try:
            return array.astype(kind)
        except (TypeError, ValueError):
            continue
    return array.astype(object) if kinds else array


def values_of(option: str, texts: Iterable[str]) -> dict[str, Any]:
    """Values by name: from `name=value`, from a JSON file of an object, from a saved fit.

    A later text overrides an earlier one.
    """
    values: dict[str, Any] = {}
    for text in texts:
        path = Path(text)
        if "=" not in text or path.is_file():
            values |= _from_file(option, path)
            continue
        for name, value in assigned(option, [text]).items():
            try:
                values[name] = value_of(value)
            except ValueError as error:
                expected = f"numbers, or lists of them as JSON ({error})"
                raise BadAssignment(option=option, text=text, expected=expected) from error
    return values


def _from_file(option: str, path: Path) -> dict[str, Any]:
    if path.suffix == ".zip":
        return dict(Fit.load(path).parameters)
    expected = 'name=value, a JSON file {"name": value}, or a fit saved by autoem (.zip)'
    try:
        plain = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        problem = error.strerror if isinstance(error, OSError) else str(error)
        raise BadAssignment(
            option=option, text=str(path), expected=f"{expected} ({problem})"
        ) from error
    if not isinstance(plain, dict):
        raise BadAssignment(option=option, text=str(path), expected=expected)
    plain = plain.get("parameters", plain) if "log_likelihood" in plain else plain
    try:
        return {name: array_of(value) for name, value in plain.items()}
    except ValueError as error:
        raise BadAssignment(
            option=option, text=str(path), expected=f"{expected} ({error})"
        ) from error
