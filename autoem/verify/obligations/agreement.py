"""(f) Agreement: generated code = interpreter = meaning of the symbols = brute force.

On the small instance the log-likelihood of the programs is the judge's, and one EM map of the
programs is that of the derived updates.  On a larger one, of several blocks of rows, programs agree
with each other.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autoem.verify.case import Case, Runner
from autoem.verify.certificate import Obligation, compared
from autoem.verify.chart import Arrays
from autoem.verify.instance import random_instance, tiny_sizes

ROWS = 40


def agreement(case: Case) -> Iterator[Obligation]:
    """Each program against the judge and the symbols, then against the other."""
    data, theta = dict(case.instance.data), dict(case.instance.parameters)
    evidence = case.old.total(case.derivation.e_step.evidence)
    yield _value(
        "log-likelihood: derived", evidence, case.log_likelihood, "derived terms = brute force"
    )
    for name, runner in case.runners.items():
        found, value = one_map(runner, data, theta)
        yield _value(f"log-likelihood: {name}", value, case.log_likelihood, f"{name} = brute force")
        yield difference(f"EM map: {name}", found, case.updated, f"{name} = derived updates")
    if case.module is not None:
        yield _larger(case, case.module)


def one_map(runner: Runner, data: Arrays, theta: Arrays) -> tuple[Arrays, float]:
    """The parameters after one E-step and one M-step, and the log-likelihood before."""
    statistics, value = runner.e_step(data, theta)
    return runner.m_step(statistics, theta), value


def _value(name: str, found: float, judged: float, detail: str) -> Obligation:
    return compared(name, found - judged, max(1.0, abs(judged)), 9, detail)


def difference(name: str, found: Arrays, expected: Arrays, detail: str) -> Obligation:
    """The worst entry, relative to the size of its array."""
    worst = 0.0
    for key, value in expected.items():
        scale = max(1.0, float(np.max(np.abs(value), initial=0.0)))
        there = np.asarray(found.get(key, np.nan), dtype=float)
        same = there.shape == np.shape(value)
        worst = max(
            worst, float(np.max(np.abs(there - value), initial=0.0)) / scale if same else np.inf
        )
        if np.isnan(there).any():
            worst = np.inf
    return compared(name, worst, 1.0, 9, detail)


def _larger(case: Case, module: Runner) -> Obligation:
    """The programs on more rows than fit in a block of a few."""
    sizes = tiny_sizes(case.derivation.model, ROWS)
    larger = random_instance(case.derivation.model, sizes, case.generator(6))
    data, theta = dict(larger.data), dict(larger.parameters)
    one, l_one = one_map(case.interpreter, data, theta)
    two, l_two = one_map(module, data, theta)
    expected = {**one, "log_likelihood": np.asarray(l_one)}
    return difference("programs", {**two, "log_likelihood": np.asarray(l_two)}, expected,
                      f"generated = interpreter, {ROWS} rows")  # fmt: skip
