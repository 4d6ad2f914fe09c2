"""Entries of which no data speak: the row of a state that is never left, an empty component.

Their update is 0/0, since Q does not depend on them: any value is as good, and they keep the old.
"""

from __future__ import annotations

import numpy as np

from autoem.runtime.arrays import Arrays
from autoem.runtime.edges import Place, place


# --- standalone: begin
def carried(new: Arrays, old: Arrays) -> tuple[Arrays, tuple[Place, ...]]:
    """The new parameters with the old value of each entry that has none, and the places of these,
    whole rows and matrices as one.

    >>> carried({"mean": np.array([1.0, np.nan])}, {"mean": np.array([0.0, 3.0])})
    ({'mean': array([1., 3.])}, (('mean', (1,)),))
    """
    gaps = {name: gap for name, value in new.items() if (gap := np.isnan(value)).any()}
    filled = {name: np.where(gap, old[name], new[name]) for name, gap in gaps.items()}
    silent: list[Place] = []
    for name, each in gaps.items():
        gap = np.asarray(each)
        while gap.ndim and np.array_equal(gap.any(axis=-1), gap.all(axis=-1)):
            gap = np.asarray(gap.all(axis=-1))
        silent += [place(name, index) for index in np.argwhere(gap)]
    return new | filled, tuple(silent)


# --- standalone: end
