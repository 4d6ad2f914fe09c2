"""A CSV file as typed columns: whole numbers, numbers (nan where empty), or text (None)."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np

from autoem.errors.data import UnreadableTable

EMPTY = ("", "na", "nan", "null", "none")


def read_columns(path: str | Path) -> dict[str, np.ndarray]:
    """Column name to array of a comma-separated file with a header; UTF-8.

    Empty cells, NA, NaN and null are missing; Inf is a number.  Errors: `UnreadableTable` for a
    file that is not there, is no text, has no header, repeats a column or has rows of another
    length.
    """
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            rows = [row for row in csv.reader(file) if row]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "no CSV text"
        raise UnreadableTable(path=str(path), problem=reason) from error
    if not rows:
        raise UnreadableTable(path=str(path), problem="the file is empty")
    header = [name.strip() for name in rows[0]]
    repeated = [name for place, name in enumerate(header) if name in header[:place]]
    if repeated:
        raise UnreadableTable(path=str(path), problem=f"column {repeated[0]!r} stands twice")
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(header):
            problem = f"line {number} has {len(row)} cells, the header {len(header)}"
            raise UnreadableTable(path=str(path), problem=problem)
    return {name: typed([row[i].strip() for row in rows[1:]]) for i, name in enumerate(header)}


def typed(cells: list[str]) -> np.ndarray:
    """Text of a column as int64, else float64 with nan where empty, else text with None.

    >>> typed(["1", "2"]), typed(["1.5", "NA"]), typed(["a", ""])
    (array([1, 2]), array([1.5, nan]), array(['a', None], dtype=object))
    """
    filled = [None if cell.lower() in EMPTY else cell for cell in cells]
    for kind in (int, float):
        try:
            values = [np.nan if cell is None else kind(cell) for cell in filled]
        except ValueError:
            continue
        return np.array(values, dtype=float if kind is float or None in filled else np.int64)
    return np.array(filled, dtype=object)
