"""A small world of quantities with numbers, in which the algebra of terms is checked by loops."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import sympy

from autoem.derive.index import Index, fresh
from autoem.derive.quantity import Declared, Element
from autoem.derive.scope import Scope
from autoem.derive.term import Term
from autoem.language import Axis, Given, Index as Along, Parameter, Positive, PositiveDefinite, Real
from autoem.language.declaration import Variable
from autoem.verify.evaluate_terms import Meaning

N, G, D, Q = Axis("rows"), Axis("groups"), Axis("features"), Axis("factors")
SIZES = {N: 4, G: 3, D: 2, Q: 2}

SCOPE = Scope()


def quantity(name: str, variable: Variable) -> Declared:
    """The quantity of a declaration that stands in no model."""
    axes = (*variable.plates, *variable.event)
    return Declared(name, axes, SCOPE.quantity(variable).sign, variable=variable)


x = quantity("x", Given(Real(), over=N))
y = quantity("y", Given(Real(D), over=N))
v = quantity("v", Given(Real(Q), over=N))
group = quantity("group", Given(Along(G), over=N))
other = quantity("other", Given(Along(N), over=N))
b = quantity("b", Parameter(Real(), over=G))
s = quantity("s", Parameter(Positive(), over=G))
beta = quantity("beta", Parameter(Real(Q)))
loading = quantity("loading", Parameter(Real(D, Q)))
cov = quantity("cov", Parameter(PositiveDefinite(D)))
theta = quantity("theta", Parameter(Positive()))


def arrays(seed: int = 0) -> dict[Variable, np.ndarray]:
    """Generic numbers for all of them: no symmetry behind which a wrong index could hide."""
    generator = np.random.default_rng(seed)
    found: dict[Variable, np.ndarray] = {}
    for each in (x, y, v, b, beta, loading):
        found[each.variable] = generator.normal(size=[SIZES[axis] for axis in each.axes])
    for each in (s, theta):
        found[each.variable] = generator.uniform(0.5, 2, size=[SIZES[axis] for axis in each.axes])
    root = generator.normal(size=(2, 2))
    found[cov.variable] = root @ root.T + np.eye(2)
    found[group.variable] = np.array([2, 0, 2, 1])
    found[other.variable] = np.array([1, 0, 3, 3])
    return found


def meaning(changed: Mapping[Variable, Any] | None = None, seed: int = 0) -> Meaning:
    return Meaning({**arrays(seed), **(changed or {})}, SIZES)


def value(terms: Iterable[Term], at: Mapping[Index, int] | None = None, seed: int = 0) -> float:
    return meaning(seed=seed).total(terms, at or {})


def values(terms: Iterable[Term], free: tuple[Index, ...], seed: int = 0) -> np.ndarray:
    """A sum of terms at every place of its free indices."""
    terms, shape = tuple(terms), tuple(SIZES[index.axis] for index in free)
    found = meaning(seed=seed)
    places = [dict(zip(free, place, strict=True)) for place in np.ndindex(shape)]
    return np.array([found.total(terms, at) for at in places]).reshape(shape)


def slopes(terms: Iterable[Term], base: Declared, at: Mapping[Index, int] | None = None) -> Any:
    """Derivatives by every entry of a quantity, by differences."""
    terms, start, h = tuple(terms), arrays()[base.variable], 1e-5
    found = np.empty(start.shape)
    for place in np.ndindex(start.shape):
        ends = []
        for sign in (1, -1):
            moved = start.copy()
            moved[place] += sign * h
            ends.append(meaning({base.variable: moved}).total(terms, at or {}))
        found[place] = (ends[0] - ends[1]) / (2 * h)
    return found


def element(base: Declared, *reads: Any) -> Element:
    return Element(base, reads)


def indices(base: Declared) -> tuple[Index, ...]:
    """Fresh indices for the axes of a quantity."""
    return tuple(fresh(axis) for axis in base.axes)


ONE = sympy.Integer(1)
