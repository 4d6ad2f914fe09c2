"""Parents of trees, as data have them: every node leads to a root."""

from __future__ import annotations

import numpy as np

from autoem.errors.tree import NotATree
from autoem.runtime.arrays import Arrays
from autoem.runtime.schema import Schema


def check_parents(schema: Schema, arrays: Arrays) -> None:
    """Raise `NotATree` where a given that names parents is no forest.

    >>> from autoem.runtime.schema import VariableSchema
    >>> up = VariableSchema("up", "given", "index", ("v",), category="v", lower=-1)
    >>> check_parents(Schema("M", ("v",), (up,)), {"up": np.array([-1, 0, 0])})
    """
    for variable in schema.of_kind("given"):
        if variable.category is not None and variable.lower == -1:
            along = variable.axes.index(variable.category)
            columns = np.moveaxis(arrays[variable.name], along, -1)
            for place in np.ndindex(columns.shape[:-1]):
                _check(variable.name, columns[place])


def _check(name: str, parent: np.ndarray) -> None:
    above = parent.copy()
    for _ in range(int(np.ceil(np.log2(len(parent) + 1))) + 1):  # ancestors 1, 2, 4, ... above
        above = np.where(above >= 0, above[above], -1)
    caught = np.flatnonzero(above >= 0)
    if len(caught):
        path = [int(above[caught[0]])]
        while parent[path[-1]] not in path:
            path.append(int(parent[path[-1]]))
        raise NotATree(variable=name, node=path[0], path=(*path, int(parent[path[-1]])))
