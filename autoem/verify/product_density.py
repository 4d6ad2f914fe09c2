"""The density of chains that are taken as one: the first joint state, then each given the one
before; it stands at the first of the chains."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from autoem.derive.posteriors.product_chain import ProductChainPosterior
from autoem.verify.sites import Site

if TYPE_CHECKING:
    from autoem.verify.derived_density import Question


def log_q(question: Question) -> np.ndarray:
    """log P(s_t | s_(t-1)) of the joint states at the step of the site."""
    q = question.q
    assert isinstance(q, ProductChainPosterior)
    if q.local.latent is not q.indicators[0]:
        return np.zeros(())
    time = question.site.place[-1]
    now = _states(question, time)
    if time == 0:
        return np.log(_value(question, "responsibility", time, now))
    before = _states(question, time - 1)
    parts = ("before", "transition", "after")
    joint = np.prod([_value(question, part, time, now, before) for part in parts])
    return np.log(joint) - np.log(_value(question, "responsibility", time - 1, before))


def _states(question: Question, time: int) -> tuple[int, ...]:
    """The states of all the chains at a step."""
    q = question.q
    assert isinstance(q, ProductChainPosterior)
    place = (*question.site.place[:-1], time)
    sites = [Site(indicator.latent.variable, place) for indicator in q.indicators]
    return tuple(int(question.hidden[site]) for site in sites)


def _value(
    question: Question, part: str, time: int, now: tuple[int, ...], before: tuple[int, ...] = ()
) -> np.ndarray:
    """One part of the recursion at joint states of a step and the one before."""
    q = question.q
    assert isinstance(q, ProductChainPosterior)
    w = q.weights
    at = dict(zip(w.plates, question.site.place, strict=False)) | {w.time: time}
    at |= dict(zip(w.states, now, strict=True)) | dict(zip(w.befores, before, strict=False))
    return np.asarray(question.meaning.value(q.joint[part], at))
