"""Named columns, out of a data frame or a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from autoem.runtime.csv_file import read_columns


@dataclass(frozen=True)
class Table:
    """Named columns of one length: a data frame or a file."""

    columns: dict[str, np.ndarray]

    @property
    def numeric(self) -> list[str]:
        """Names of the columns that hold numbers."""
        return [name for name, column in self.columns.items() if column.dtype.kind in "biuf"]


def read_csv(path: str | Path) -> Table:
    """The columns of a CSV file with a header; see `csv_file.read_columns` for the errors."""
    return Table(read_columns(path))
