"""The density of a set of latents that is Gaussian together: each given those after it.

    q(x | v, ...) = N(V h + sum_v K v, V),

at the derived V, h and K of the elimination.  Elements that are taken together are one vector; its
density stands at the first of them.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

import numpy as np

from autoem.derive.index import Index
from autoem.derive.posteriors.joint_gaussian import JointPosterior
from autoem.derive.posteriors.precision import Member
from autoem.derive.quantity import Element
from autoem.language.declaration import Latent
from autoem.verify.densities import DENSITIES
from autoem.verify.sites import Site

if TYPE_CHECKING:
    from autoem.verify.derived_density import Question

Place = tuple[int, ...]


def log_q(question: Question) -> np.ndarray:
    """log q of the site given the hidden sites of the set that are eliminated later."""
    q = question.q
    assert isinstance(q, JointPosterior)
    step, x = q.step, q.step.member
    at = dict(zip(x.batch, question.site.place, strict=False))
    kept, value = _value(question, x, tuple(at.values()))
    if _is_whole(x) and question.site.place != kept[0]:
        return np.zeros(())
    own = _positions(question, x, kept)
    spread = _matrix(question, step.spread, at, x.row, x.column)[np.ix_(own, own)]
    mean = spread @ _matrix(question, step.shift, at, x.row, ())[own, 0]
    for link in step.links:
        v = link.member
        place = tuple(question.meaning.read(read, at) for read in link.reads)
        there, other = _value(question, v, place)
        gain = _matrix(question, link.gain, at, x.row, v.column)
        mean = mean + other @ gain[np.ix_(own, _positions(question, v, there))].T
    zero = np.zeros(len(spread))
    return np.asarray(DENSITIES["MultivariateNormal"](value - mean, {"mean": zero, "cov": spread}))


def _is_whole(one: Member) -> bool:
    """Whether the elements over plates are the entries of one vector."""
    return len(one.batch) < len(one.latent.variable.plates)


def _value(question: Question, one: Member, place: Place) -> tuple[list[Place], Any]:
    """The places of the component's entries, and their values, points first."""
    latent, hidden = one.latent.variable, question.hidden
    assert isinstance(latent, Latent)
    if not _is_whole(one):
        value = np.asarray(hidden[Site(latent, place)])
        return [()], value if latent.event else value[..., None]
    places = product(*(range(question.meaning.length(i.axis)) for i in one.row))
    kept = [p for p in places if Site(latent, p) in hidden]
    return kept, np.stack([np.asarray(hidden[Site(latent, p)]) for p in kept], axis=-1)


def _positions(question: Question, one: Member, kept: list[Place]) -> list[int]:
    """Where the entries stand in a vector of all; all of them, of an event."""
    if _is_whole(one):
        return [p[0] for p in kept]
    return list(range(int(np.prod([question.meaning.length(i.axis) for i in one.row]))))


def _matrix(
    question: Question,
    element: Element,
    at: dict[Index, int],
    row: tuple[Index, ...],
    column: tuple[Index, ...],
) -> np.ndarray:
    """A named quantity as a matrix; what has no index has one row, or one column."""
    free = (*row, *column)
    shape = tuple(question.meaning.length(i.axis) for i in free)
    entries = [
        question.meaning.value(element, {**at, **dict(zip(free, place, strict=True))})
        for place in np.ndindex(shape)
    ]
    rows = int(np.prod(shape[: len(row)]))
    return np.array(entries, dtype=float).reshape(rows, -1)
