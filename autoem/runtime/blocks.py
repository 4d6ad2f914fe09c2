"""Rows in blocks: the E-step runs where the cache is, and its statistics add up.

Statistics are sums over rows, S(all rows) = S(block 1) + S(block 2) + ...; the blocks are added in
their order, so the same data give the same bits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

# --- standalone: begin
CACHE, LARGEST = 2**20, 2**24
"""Floats of the largest array of a block: what caches hold, and what memory bears."""

WORTH_A_CALL = 256
"""Rows that are worth the calls that they cost."""


def block_size(most: int, floats_per_row: int) -> int:
    """Rows of a block: as many as fit the caches; at least 256, if the memory bears so many.

    >>> [block_size(4000, floats) for floats in (100, 800, 80_000, 10**8)]
    [4000, 1310, 209, 1]
    """
    floats = max(1, floats_per_row)
    return max(1, min(most, max(CACHE // floats, min(WORTH_A_CALL, LARGEST // floats))))


def blocks(rows: int, size: int) -> Iterator[slice]:
    """The slices 0:size, size:2*size, ... of `rows` rows.

    >>> [(block.start, block.stop) for block in blocks(5, 2)]
    [(0, 2), (2, 4), (4, 5)]
    """
    for start in range(0, rows, size):
        yield slice(start, min(start + size, rows))


def add_blocks(
    part: Callable[[slice], tuple[dict[str, np.ndarray], float]], rows: int, size: int
) -> tuple[dict[str, np.ndarray], float]:
    """Sum of `part(block)` over the blocks: each statistic by name, and the log-likelihood.

    Where a statistic has an axis longer than a block (the documents of a table of words), the
    blocks after the first are as long as it, so that adding costs no more than the rows.

    >>> x = np.arange(5.0)
    >>> statistics, _ = add_blocks(lambda rows: ({"S": x[rows].sum()}, 0.0), 5, 2)
    >>> float(statistics["S"])
    10.0
    """
    total: dict[str, np.ndarray] = {}
    log_likelihood = 0.0
    start = 0
    while start < rows:
        more, increment = part(slice(start, min(start + size, rows)))
        total = {name: total[name] + value if total else value for name, value in more.items()}
        log_likelihood += increment
        start += size
        if start < rows:
            size = max(size, *(length for value in more.values() for length in np.shape(value)), 1)
    return total, float(log_likelihood)


# --- standalone: end
