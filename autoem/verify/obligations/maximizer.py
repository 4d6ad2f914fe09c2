"""(c) The M-step: the updates satisfy the constraints, dQ = 0 and d2Q <= 0 there, and nothing that
was tried is higher.

Q is brute force, differentiated along curves that stay in the domains, so that a zero derivative is
the condition of Karush, Kuhn and Tucker: an entry on the edge has no curve that leaves it, and is
moved inward by itself instead.  A conditional (ECM) or numeric (Newton) update raises Q.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autoem.derive.maximizers.problem import STEPS, Update
from autoem.errors.data import OutsideDomain
from autoem.language.declaration import Parameter
from autoem.verify.case import Case
from autoem.verify.certificate import Obligation, compared, holds
from autoem.verify.chart import Arrays, Chart, directions
from autoem.verify.proofs_of_updates import proved
from autoem.verify.simulate import check_value

MANY, FEW, HALVINGS = 8, 2, 20
CORNERS = (1e-7, 1e-4, 1e-2, 0.3)
NEGLIGIBLE = 1e-6


def maximizer(case: Case) -> Iterator[Obligation]:
    """Constraints, then optimality of each update, then of all together."""
    declared = case.derivation.declaration.parameters
    yield holds("updates are complete", _covers(case), "each parameter is updated exactly once")
    wrong = [p.name for p in declared if not _inside(case, p)]
    yield holds(
        "constraints", not wrong, f"outside: {', '.join(wrong)}" if wrong else "met by every update"
    )
    old = case.expected(case.theta)
    new = case.expected(case.updated)
    for update in case.derivation.m_step.updates:
        yield from _optimal(case, update)
    if case.derivation.m_step.exact:
        tried = [case.expected(other) for other in (*case.others, *_near(case))]
        scale = 1e-10 * (1 + abs(new))
        yield holds(
            "Q is greatest", new >= max(*tried, old) - scale, f"of {len(tried) + 1} points tried"
        )
    else:
        rises = _rises(case, old, new)
        yield holds("Q rises", rises, "the update is not exact, but raises Q, shortened or not")


def _rises(case: Case, old: float, new: float) -> bool:
    """Whether Q is no lower at the new parameters, or on the way there."""
    for halving in range(HALVINGS):
        if new >= old - 1e-12 * abs(old):
            return True
        part = 0.5 ** (halving + 1)
        way = {
            name: value + part * (case.updated[name] - value) for name, value in case.theta.items()
        }
        new = case.expected(way)
    return False


def _optimal(case: Case, update: Update) -> Iterator[Obligation]:
    """First and second order of one exact update, the other parameters at their new values."""
    names = tuple(q.name for q in update.parameters)
    label = ", ".join(names)
    if update.rule in STEPS:
        return
    chart = case.chart(_settled(case) if update.exact else _conditional(case, update), *names)
    if update.statistic:
        yield _at_corner(case, chart, label)
        return
    along = directions(chart.size, MANY, case.generator(4))
    slopes, bends = chart.derivatives(case.expected, along)
    before = case.chart(case.theta, *names).slopes(case.expected, along[:FEW])
    scale = 1.0 + float(np.max(np.abs(before))) + float(np.max(np.abs(bends)))
    edge = _rise_from_edge(case, update)
    worst = max(float(np.max(np.abs(slopes))), edge)
    proof = proved(case.derivation, update)
    first = compared(f"M-step of {label}", worst, scale, 7, f"dQ = 0 ({update.rule})")
    yield first.proved_if(proof.first)
    highest = float(np.max(bends))
    second = holds(f"M-step of {label}: second order", highest <= NEGLIGIBLE * scale, "d2Q <= 0")
    yield second.proved_if(proof.second)


def _at_corner(case: Case, chart: Chart, label: str) -> Obligation:
    """Q falls to either side, or leaves the support: the condition of Karush, Kuhn and Tucker where
    there is no gradient."""
    here = case.expected(chart(np.zeros(chart.size)))
    along = directions(chart.size, MANY, case.generator(4))
    tried = [case.expected(chart(h * v)) for h in CORNERS for v in (*along, *-along)]
    highest = max(tried) - here
    detail = f"Q falls on every side of a corner, at {len(tried)} points (KKT)"
    return holds(f"M-step of {label}", highest <= 1e-12 * (1 + abs(here)), detail)


def _settled(case: Case) -> Arrays:
    """The new parameters; a step is not yet taken where the others are maximized."""
    updates = case.derivation.m_step.updates
    steps = [q.name for update in updates if update.rule in STEPS for q in update.parameters]
    return {**case.updated, **{name: case.theta[name] for name in steps}}


def _conditional(case: Case, update: Update) -> Arrays:
    """The point of a conditional update (ECM): the parameters that come later are still old."""
    point = case.theta
    updates = case.derivation.m_step.updates
    for known in updates[: updates.index(update) + 1]:
        point |= {q.name: case.updated[q.name] for q in known.parameters}
    return point


def _covers(case: Case) -> bool:
    step = case.derivation.m_step
    updated = [q.name for update in step.updates for q in update.parameters]
    updated += [q.name for q in step.held]
    return sorted(updated) == sorted(p.name for p in case.derivation.declaration.parameters)


def _inside(case: Case, parameter: Parameter) -> bool:
    try:
        check_value(parameter, case.updated[parameter.name], case.instance.sizes)
    except OutsideDomain:
        return False
    return bool(np.all(np.isfinite(case.updated[parameter.name])))


def _near(case: Case) -> Iterator[Arrays]:
    """Points about the update, at several distances."""
    chart = case.chart(case.updated)
    for scale in (1e-2, 0.1, 0.5):
        for direction in directions(chart.size, 4, case.generator(5))[:4]:
            yield chart(scale * direction)
            yield chart(-scale * direction)


def _rise_from_edge(case: Case, update: Update, step: float = 1e-7) -> float:
    """How fast Q rises where an entry on the edge of its domain is moved inward."""
    fastest = 0.0
    here = case.expected(case.updated)
    for q in update.parameters:
        parameter, value = q.variable, case.updated[q.name]
        assert isinstance(parameter, Parameter)
        held = np.broadcast_to(case.derivation.held.get(q.name, np.nan), value.shape)
        for place, low in _edges(parameter, value):
            if not np.isnan(held[place]):
                continue
            moved = np.array(value)
            moved[place] += step if low else -step
            if parameter.domain.kind == "simplex":
                moved /= moved.sum(axis=-1, keepdims=True)
            fastest = max(fastest, (case.expected({**case.updated, q.name: moved}) - here) / step)
    return fastest


def _edges(parameter: Parameter, value: np.ndarray) -> Iterator[tuple[tuple[int, ...], bool]]:
    """Entries on an edge, and whether it is the lower one."""
    domain = parameter.domain
    if domain.kind not in ("simplex", "nonnegative", "interval"):
        return
    lower = float(domain.lower) if domain.kind == "interval" and domain.lower is not None else 0.0
    upper = (
        float(domain.upper) if domain.kind == "interval" and domain.upper is not None else np.inf
    )
    for place in np.ndindex(value.shape):
        if value[place] <= lower + 1e-13:
            yield place, True
        elif value[place] >= upper - 1e-13:
            yield place, False
