"""A mixture of Poisson distributions."""

from __future__ import annotations

import numpy as np
from scipy import stats

from autoem.program.ir import ArrayProgram, LogSumExp
from tests.program.build import (
    add,
    array,
    arrays,
    call,
    function,
    let,
    minus,
    over,
    ref,
    times,
    total,
)
from tests.program.cases import Arrays, Case

X, ROW_WEIGHT, RESPONSIBILITY = arrays("x[n] row_weight[n] responsibility[n,k]")
PARAMETERS = arrays("pi[k] rate[k]")


def poisson_mixture() -> ArrayProgram:
    logits = add(
        call("log", "pi[k]"),
        times("x[n]", call("log", "rate[k]")),
        minus("rate[k]"),
        minus(call("gammaln", add("x[n]", 1))),
    )
    posterior = function(
        "posterior",
        (X, *PARAMETERS),
        [
            let("logits[n,k]", logits, "log joint density of row n and component k"),
            let("log_evidence[n]", LogSumExp(ref("logits[n,k]"), ("k",))),
            let(
                "responsibility[n,k]",
                call("exp", add("logits[n,k]", minus("log_evidence[n]"))),
            ),
        ],
        "responsibility[n,k] log_evidence[n]",
    )
    statistics = function(
        "statistics",
        (X, RESPONSIBILITY, ROW_WEIGHT),
        [
            let("count[k]", total("responsibility[n,k] row_weight[n]", "n")),
            let("first[k]", total("responsibility[n,k] row_weight[n] x[n]", "n")),
        ],
        "count[k] first[k]",
    )
    maximize = function(
        "maximize",
        arrays("count[k] first[k]"),
        [
            let("total", total("count[k]", "k")),
            let("new_pi[k]", over("count[k]", "total"), "simplex: counts over total"),
            let("new_rate[k]", over("first[k]", "count[k]"), "dQ = 0 has one solution"),
        ],
        "new_pi[k] new_rate[k]",
    )
    sizes = {"n": "n", "k": "k"}
    document = "EM for a mixture of Poisson distributions."
    functions = (posterior, statistics, maximize)
    return ArrayProgram(
        "PoissonMixture", "n", sizes, (array("x[n]"),), PARAMETERS, *functions, document
    )


def e_step(data: Arrays, parameters: Arrays, weights: np.ndarray) -> tuple[Arrays, Arrays, float]:
    x = data["x"]
    joint = stats.poisson.pmf(x[:, None], parameters["rate"]) * parameters["pi"]
    evidence = joint.sum(axis=1)
    r = joint / evidence[:, None]
    statistics = {"count": weights @ r, "first": (weights * x) @ r}
    return {"responsibility": r}, statistics, float(weights @ np.log(evidence))


def m_step(statistics: Arrays, parameters: Arrays) -> Arrays:
    count, first = statistics["count"], statistics["first"]
    return {"pi": count / count.sum(), "rate": first / count}


def case() -> Case:
    x = np.random.default_rng(0).poisson([3.0, 9.0], (20, 2)).ravel().astype(float)
    parameters = {"pi": np.array([0.4, 0.6]), "rate": np.array([2.0, 8.0])}
    return Case(poisson_mixture(), {"x": x}, parameters, e_step, m_step)
