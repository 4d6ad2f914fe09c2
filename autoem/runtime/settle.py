"""An objective that is an integral by nodes: it holds once twice as many nodes do not change it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from autoem.runtime.arrays import Arrays
from autoem.runtime.fit_result import OPTIMA, Fit, Result
from autoem.runtime.program import Program

UNSETTLED = (
    "Not settled: {count} and {more} nodes differ by {change:.2g} in the {objective}. What is "
    "integrated is no smooth hill with one top: choose another posterior, or look at the model."
)
SETTLED = "Settled: {count} and {more} nodes differ by {change:.2g} in the {objective}. "


def settle(fit: Fit, again: Callable[[Program, Arrays], Fit]) -> Fit:
    """The fit itself where its objective has settled; else one with more nodes, from there.

    `again` fits a program from parameters.  An objective that fell has not settled: the nodes move
    with the parameters.  Where even the most nodes do not settle, the result is `unsettled`.
    """
    while fit.result in (*OPTIMA, "decreased") and fit.program and fit.program.finer:
        finer, tolerance = fit.program.finer()
        change = abs(_objective(fit, finer) - fit.log_likelihood)
        told = {
            "count": fit.program.nodes, "more": finer.nodes,
            "change": change, "objective": fit.schema.objective,
        }  # fmt: skip
        if fit.result in OPTIMA and change <= tolerance * (1 + abs(fit.log_likelihood)):
            advice = SETTLED.format(**told) + fit.result.advice
            return replace(fit, result=Result(fit.result, advice))
        if finer.finer is None:
            return replace(fit, result=Result("unsettled", UNSETTLED.format(**told)))
        fit = again(finer, fit.point)
    return fit


def _objective(fit: Fit, program: Program) -> float:
    """The objective that another program gives at the parameters of a fit."""
    assert fit.data is not None
    weights = program.row_weights(fit.data)
    with np.errstate(all="ignore"):
        return program.log_likelihood(program.arrays(fit.data), fit.point, weights)
