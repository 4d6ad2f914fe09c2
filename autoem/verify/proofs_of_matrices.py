"""Proofs of the updates of matrices: Q is linear in log det and in the matrix or its inverse."""

from __future__ import annotations

from autoem.derive.quantity import Computed, Element, MatrixFunction
from autoem.verify.covariance_lemma import greatest_at_the_ratio
from autoem.verify.ground import is_zero, symbol
from autoem.verify.setting import Proof, Setting, function_symbol


def covariance(setting: Setting) -> Proof:
    """Q is linear in log det C and C^-1, and the update is the ratio of their coefficients."""
    (parameter,) = setting.update.parameters
    chosen = setting.chosen
    inverse = MatrixFunction("inverse", parameter.axes, function="inverse", base=parameter)
    log_det = MatrixFunction(
        "log_determinant", parameter.axes[:-2], function="log_determinant", base=parameter
    )
    q, entries = setting.surrogate, setting.entries
    if any(q.has(entry) for entry in entries) or not setting.stays:
        return Proof()
    for place in chosen.values():
        *plates, i, j = place
        volume = function_symbol(log_det, parameter, tuple(plates))
        precision = function_symbol(inverse, parameter, place)
        count, scatter = -2 * q.diff(volume), -2 * q.diff(precision)
        expected = count * entries[symbol(parameter, place)] * (1 if i == j else 2)
        linear = not any(c.has(s) for c in (count, scatter) for s in (volume, precision))
        if not linear or not is_zero(expected - scatter):
            return Proof()
    return Proof(greatest_at_the_ratio(), greatest_at_the_ratio())


def precision(setting: Setting) -> Proof:
    """Q is linear in log det P and P, and the update is the inverse of the ratio."""
    update, q = setting.update, setting.surrogate
    (parameter,) = update.parameters
    log_det = MatrixFunction(
        "log_determinant", parameter.axes[:-2], function="log_determinant", base=parameter
    )
    (value,) = update.values
    if not isinstance(value.base, Computed) or value.base.operation != "inverse":
        return Proof()
    (ratio,) = value.base.operands
    assert isinstance(ratio, Element)
    for entry, place in setting.chosen.items():
        volume = function_symbol(log_det, parameter, place[:-2])
        count, scatter = 2 * q.diff(volume), -2 * q.diff(entry)
        times = 1 if place[-2] == place[-1] else 2
        expected = times * count * setting.solution.entry(ratio.base, place)
        linear = not any(c.has(s) for c in (count, scatter) for s in (volume, *setting.chosen))
        if not linear or not is_zero(expected - scatter):
            return Proof()
    return Proof(greatest_at_the_ratio(), greatest_at_the_ratio())
