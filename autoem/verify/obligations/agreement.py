"""(f) Agreement: generated code = interpreter = meaning of the symbols = brute force.

On the small instance the log-likelihood of the programs is the judge's, their posterior is that of
the symbols, and one EM map of theirs is that of the derived updates.  A weight is that many equal
rows.  On a larger instance the programs agree with each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from autoem.program.roles import weight_axes
from autoem.runtime.silent import carried
from autoem.verify.case import DRAWN, Case, Runner
from autoem.verify.certificate import Obligation, compared
from autoem.verify.chart import Arrays
from autoem.verify.instance import random_instance
from autoem.verify.reference import log_prior
from autoem.verify.tiny import tiny_sizes

FEW, ROWS = 12, 40
MESSAGES = ("before", "after")
"""What passes along a chain: only products of these have a scale."""


def agreement(case: Case) -> Iterator[Obligation]:
    """Each program against the judge and the symbols, then against the other."""
    data, theta = case.data, case.theta
    evidence = case.old.total(case.derivation.e_step.evidence)
    yield _value("log-likelihood: derived", evidence, case, "derived terms = brute force")
    expected = {
        element.base.name: case.old.array(element.base)
        for q in case.derivation.e_step.posteriors
        for name, element in q.expectations.items()
        if name not in MESSAGES
    }
    for name, runner in case.runners.items():
        found, value = one_map(runner, data, theta)
        yield _value(f"log-likelihood: {name}", value, case, f"{name} = brute force")
        again = runner.log_likelihood(data, theta) + log_prior(case.instance)
        yield _value(f"log-likelihood: {name}, alone", again, case, f"{name} = brute force")
        known = _renamed(runner.posterior(data, theta), expected)
        yield difference(f"posterior: {name}", known, expected, f"{name} = derived expectations")
        yield difference(f"EM map: {name}", found, case.updated, f"{name} = derived updates")
        yield _weighted(case, name, runner)
    if case.module is not None:
        yield _larger(case, case.module)


def one_map(
    runner: Runner, data: Arrays, theta: Arrays, weights: np.ndarray | None = None
) -> tuple[Arrays, float]:
    """The parameters after one E-step and one M-step, those of which no data speak as they were,
    and the log-likelihood before."""
    statistics, value = runner.e_step(data, theta, weights)
    return carried(runner.m_step(statistics, theta), theta)[0], value


def _renamed(found: Arrays, expected: Arrays) -> Arrays:
    """The arrays under the names of the derivation: a second one of a name has a number."""
    stems = {name: re.sub(r"_\d+$", "", name) for name in found}
    own = {name: name for name in found if name in expected}
    other = {stem: name for name, stem in stems.items() if stem in expected and stem not in own}
    return {key: found[name] for key, name in (other | own).items()}


def _value(name: str, found: float, case: Case, detail: str) -> Obligation:
    scale = max(1.0, abs(case.log_likelihood))
    return compared(name, found - case.log_likelihood, scale, 9, detail)


def difference(name: str, found: Arrays, expected: Arrays, detail: str) -> Obligation:
    """The worst entry, relative to the size of its array."""
    worst = 0.0
    for key, value in expected.items():
        there, wanted = np.asarray(found.get(key, np.nan), dtype=float), np.asarray(value)
        if there.shape != wanted.shape or np.isnan(there).any():
            worst = np.inf
        else:
            scale = max(1.0, float(np.max(np.abs(wanted), initial=0.0)))
            worst = max(worst, float(np.max(np.abs(there - wanted), initial=0.0)) / scale)
    return compared(name, worst, 1.0, 9, detail)


def _weighted(case: Case, name: str, runner: Runner) -> Obligation:
    """Rows with weights 0, 1, 2, 3, ... against rows repeated as often."""
    data, theta = _more(case, FEW)
    axes = weight_axes(case.program)
    if not axes:
        once, twice = (runner.log_likelihood(data, theta, np.asarray(w)) for w in (1.0, 2.0))
        return compared(f"weights: {name}", twice - 2 * once, abs(once), 9, "weight 2 = twice")
    (row,) = axes
    places = {a.name: a.axes.index(row) for a in case.program.data if row in a.axes}
    rows = next(data[key].shape[place] for key, place in places.items())
    weights = (np.arange(rows) + 2) % 4
    longer = {
        key: np.repeat(value, weights, axis=places[key]) if key in places else value
        for key, value in data.items()
    }
    found, l_found = one_map(runner, data, theta, weights.astype(float))
    expected, l_expected = one_map(runner, longer, theta)
    return difference(
        f"weights: {name}",
        {**found, "log_likelihood": np.asarray(l_found)},
        {**expected, "log_likelihood": np.asarray(l_expected)},
        "weighted rows = repeated rows",
    )


def _more(case: Case, rows: int) -> tuple[Arrays, Arrays]:
    """Data of more rows for a program, and parameters: the first of some for which every update has
    a value, if there is one."""
    model, generator = case.derivation.model, case.generator(6)
    drawn = []
    for _ in range(DRAWN):
        found = case.gapped(random_instance(model, tiny_sizes(model, rows), generator), generator)
        drawn.append((case.program_data(found), dict(found.parameters)))
        data, theta = drawn[-1]
        updated = case.interpreter.m_step(case.interpreter.e_step(data, theta)[0], theta)
        if not any(np.isnan(value).any() for value in updated.values()):
            return drawn[-1]
    return drawn[0]


def _larger(case: Case, module: Runner) -> Obligation:
    """The programs on more rows."""
    data, theta = _more(case, ROWS)
    one, l_one = one_map(case.interpreter, data, theta)
    two, l_two = one_map(module, data, theta)
    return difference(
        "programs",
        {**two, "log_likelihood": np.asarray(l_two)},
        {**one, "log_likelihood": np.asarray(l_one)},
        f"generated = interpreter, {ROWS} rows",
    )
