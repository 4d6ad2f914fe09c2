"""Sparse tables in products and maxima: only their entries are looked at.

scaled     a[k, n] f[k] g[n]                     as sparse as a
best       max over k of log a[k, n] + w[k]      over the entries of n
"""

from __future__ import annotations

from typing import Any

import numpy as np


# --- standalone: begin
def join_tables(parts: list[dict[str, Any]], name: str, axis: int = 0) -> Any:
    """The blocks of a sparse table together; the rows go back to their own axis."""
    from scipy import sparse

    whole = sparse.hstack([part[name] for part in parts])
    return (whole.T if axis == 0 else whole).tocsr()


def scaled_entries(table: Any, *factors: np.ndarray) -> Any:
    """A sparse table times arrays over its axes, or over one of them, of length one else."""
    for factor in factors:
        table = table.multiply(factor)
    return table


def best_entries(table: Any, weight: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The largest log table[k, n] + weight[k] of each n, and its k, of a sparse table."""
    entries = table.tocsc()
    starts, each = entries.indptr[:-1], np.diff(entries.indptr)
    value = np.log(entries.data) + np.broadcast_to(weight, table.shape[:1])[entries.indices]
    best = np.maximum.reduceat(value, starts)
    found = np.flatnonzero(value == np.repeat(best, each))
    return best, entries.indices[found[np.searchsorted(found, starts)]].astype(int)


# --- standalone: end
