"""Tables with two axes that are mostly zero: matrices of scipy.sparse, used as they are.

A table is kept by rows, each pair of positions once, no zero among its entries.  Nothing here makes
it dense.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from autoem.errors.data import MissingGiven, NotFinite, OutsideDomain
from autoem.errors.tables import NotSparseData
from autoem.runtime.domains import ENTRYWISE
from autoem.runtime.schema import VariableSchema


def is_sparse(value: Any) -> bool:
    """Whether a value is a matrix or an array of scipy.sparse, without importing it."""
    module = sys.modules.get("scipy.sparse")
    return module is not None and bool(module.issparse(value))


def by_rows(value: Any) -> Any:
    """The table by rows (`csr_array` of float64), entries at one place added, zeros left out.

    >>> from scipy import sparse
    >>> by_rows(sparse.coo_array(([1, 2, 0], ([0, 0, 1], [1, 1, 0])), shape=(2, 2))).data
    array([3.])
    """
    from scipy import sparse

    table = sparse.csr_array(value, dtype=np.float64)
    if not table.has_canonical_format or not table.data.all():
        table = table.copy()
        table.sum_duplicates()
        table.eliminate_zeros()
    return table


def check_table(variable: VariableSchema, table: Any) -> None:
    """A given of numbers with two axes, in whose domain zero lies, entries finite and inside.

    Errors: `NotSparseData`, `MissingGiven`, `NotFinite`, `OutsideDomain`.
    """
    allowed = variable.domain in ("real", "nonnegative", "count", "binary", "integer")
    if variable.kind != "given" or variable.category is not None or not allowed:
        raise NotSparseData(variable=variable.name, domain=variable.domain, kind=variable.kind)
    test, expected = ENTRYWISE.get(variable.domain, (np.isfinite, "a number"))
    wrong = np.flatnonzero(~(np.isfinite(table.data) & test(table.data)))
    if not len(wrong):
        return
    row = int(np.searchsorted(table.indptr, wrong[0], side="right")) - 1
    value = float(table.data[wrong[0]])
    place: dict[str, Any] = {
        "variable": variable.name,
        "index": (row, int(table.indices[wrong[0]])),
        "axes": variable.axes,
    }
    if np.isnan(value):
        raise MissingGiven(**place)
    if np.isinf(value):
        raise NotFinite(**place, value=value)
    raise OutsideDomain(**place, value=value, expected=expected)


def empty_lines(table: Any, axis: int) -> np.ndarray:
    """The positions along the other axis at which there is no entry."""
    if axis == 1:
        return np.flatnonzero(np.diff(table.indptr) == 0)
    return np.flatnonzero(np.bincount(table.indices, minlength=table.shape[1]) == 0)
