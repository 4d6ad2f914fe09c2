"""Rules of integration, made for the judge alone: their nodes and log weights."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from scipy import stats

from autoem.derive.node import IntegrationRule


@lru_cache
def rule_nodes(rule: IntegrationRule) -> dict[str, np.ndarray]:
    """`node` and `log_weight`: eigenvalues of Hermite's recurrence, or draws of Student's law.

    >>> rule_nodes(IntegrationRule("hermite", 1))["node"]
    array([0.])
    """
    if rule.kind == "draws":
        where = np.arange(rule.count) + np.random.default_rng(rule.seed).random(rule.count)
        u = stats.t(5).ppf(where / rule.count)
        return {"node": u, "log_weight": -stats.t(5).logpdf(u) - np.log(rule.count)}
    beside = np.sqrt(np.arange(1, rule.count))
    u, vectors = np.linalg.eigh(np.diag(beside, 1) + np.diag(beside, -1))
    with np.errstate(divide="ignore"):
        log_weight = 2 * np.log(np.abs(vectors[0])) + u**2 / 2 + np.log(2 * np.pi) / 2
    return {"node": u, "log_weight": log_weight}
