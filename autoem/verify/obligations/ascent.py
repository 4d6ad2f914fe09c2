"""(e) Ascent, and (g) recovery, on data simulated from the model.

The objective never falls from random starts, and where it ends its gradient is zero.  There it is
no lower than at the parameters that made the data, and the fit has found the law of the data again:
for n rows and P free parameters twice the loss on fresh data,

    2 (l_fresh(truth) - l_fresh(fit))  is about chi-squared with P degrees of freedom,

a comparison that labels, signs and rotations do not change.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np
from scipy import stats

from autoem.derive.maximizers.problem import Update
from autoem.language.declaration import Parameter
from autoem.verify.case import Case
from autoem.verify.certificate import Obligation, compared, holds
from autoem.verify.chart import Arrays, Chart, Objective, directions
from autoem.verify.trial import Trial, Trials, trials

ROUNDING, MANY, RARE = 1e-10, 12, 1e-6
CORNERS = (1e-5, 1e-3, 0.1)
COLLAPSED = 1e-6


def ascent(case: Case) -> Iterator[Obligation]:
    """Every start, then the gradient where the best of them ended, then recovery."""
    found = trials(case)
    fall = max(fit.fall for fit in found.fits)
    detail = f"{len(found.fits[0].trace)} maps from each of {len(found.fits)} random starts"
    yield holds("ascent", fall <= ROUNDING, f"l never falls in {detail}")
    creeps = found.best.result == "max_iterations"
    for obligation in (_stationary(case, found), *_recovery(case, found)):
        yield obligation.open_if(creeps)


def _stationary(case: Case, found: Trials) -> Obligation:
    """The gradient at the end, in units of that where the fit began."""
    theta = found.best.parameters
    names = _smooth(case)
    if not names:
        return holds("convergence", found.best.result == "converged", "no likelihood has a slope")
    end, begin = (
        case.chart(theta, *names),
        case.chart({**theta, **_of(case.others[0], names)}, *names),
    )
    along = directions(end.size, MANY, case.generator(8))
    last, first = end.slopes(found.objective, along), begin.slopes(found.objective, along)
    scale = 1.0 + float(np.max(np.abs(first)))
    error = float(np.max(np.abs(last)))
    if error > 1e-3 * scale and _is_corner(end, found.objective, along):
        return holds("convergence", True, "l falls on every side of a corner at the end (KKT)")
    return compared(
        "convergence", error, scale, 3, f"gradient of l is zero at the end ({found.best.result})"
    )


def _is_corner(end: Chart, objective: Objective, along: np.ndarray) -> bool:
    """Whether l falls in every direction: where it bends sharply no gradient need be zero."""
    here = objective(end(np.zeros(end.size)))
    tried = (objective(end(step * v)) for step in CORNERS for v in (*along, *-along))
    return all(value <= here + ROUNDING * (1 + abs(here)) for value in tried)


def _recovery(case: Case, found: Trials) -> Iterator[Obligation]:
    truth, fit = found.truth, found.best
    gain = fit.objective - found.objective(truth)
    yield holds("recovery: fit", gain > -1e-6, f"l(fit) - l(truth) = {gain:.3g}, not negative")
    # The fresh data pass the ends of the support of the others: those are compared by themselves.
    # So is a scale that has collapsed, as that of the one start of a single chain.
    ends = [u.parameters[0].name for u in _edges(case)]
    lost = [p for p in case.derivation.declaration.parameters if _has_collapsed(p, fit, truth)]
    known = _of(truth, {*ends, *(p.name for p in lost)})
    loss = found.objective_of_fresh(truth) - found.objective_of_fresh({**fit.parameters, **known})
    free = sum(_free(p, truth[p.name]) for p in case.derivation.declaration.parameters)
    allowed = stats.chi2.isf(RARE, free) / 2
    apart = f"; {', '.join(p.name for p in lost)} apart, collapsed" if lost else ""
    detail = f"on fresh data l(truth) - l(fit) = {loss:.3g}, expected about {free / 2:g}{apart}"
    yield holds("recovery: law", loss < 2 * allowed, detail)


def _has_collapsed(parameter: Parameter, fit: Trial, truth: Arrays) -> bool:
    """Whether a scale has gone to zero, in some direction."""
    value, whole = fit.parameters[parameter.name], truth[parameter.name]
    if parameter.domain.kind == "positive":
        return bool(np.any(value < COLLAPSED * whole))
    if parameter.domain.kind == "positive_definite":
        relative = np.linalg.eigvals(np.linalg.solve(whole, value)).real
        return bool(np.any(relative < COLLAPSED))
    return False


def _edges(case: Case) -> list[Update]:
    updates = case.derivation.m_step.updates
    return [u for u in updates if u.statistic in ("least", "greatest")]


def _smooth(case: Case) -> tuple[str, ...]:
    """The parameters in which the likelihood has a slope everywhere."""
    updates = case.derivation.m_step.updates
    return tuple(q.name for u in updates if not u.statistic for q in u.parameters)


def _of(parameters: Arrays, names: Collection[str]) -> Arrays:
    return {name: value for name, value in parameters.items() if name in names}


def _free(parameter: Parameter, value: np.ndarray) -> int:
    """The number of free entries of a parameter."""
    kind, size = parameter.domain.kind, value.shape[-1] if value.ndim else 1
    if kind == "simplex":
        return value.size // size * (size - 1)
    if kind == "positive_definite":
        return value.size // size * (size + 1) // 2
    return int(value.size)
