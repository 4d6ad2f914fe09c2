"""A mixture of categorical answers: log probabilities gathered, guarded counts."""

from __future__ import annotations

import numpy as np

from autoem.program.ir import ArrayProgram, LogSumExp
from tests.program.build import add, array, arrays, call, function, let, minus, over, ref, total
from tests.program.cases import Arrays, Case

PARAMETERS = arrays("pi[k] p[k,v]")
ANSWER = array("y[n]", "int")


def categorical_mixture() -> ArrayProgram:
    posterior = function(
        "posterior",
        (ANSWER, *PARAMETERS),
        [
            let("logits[n,k]", add(call("log", "pi[k]"), call("log", "p[k,y[n]]"))),
            let("log_evidence[n]", LogSumExp(ref("logits[n,k]"), ("k",))),
            let("r[n,k]", call("exp", add("logits[n,k]", minus("log_evidence[n]")))),
        ],
        "r[n,k] log_evidence[n]",
    )
    statistics = function(
        "statistics",
        (ANSWER, *PARAMETERS, *arrays("r[n,k] row_weight[n]")),
        [let("count[k,v]", total("r[n,k] row_weight[n]", "n", "y[n]=v"))],
        "count[k,v]",
    )
    maximize = function(
        "maximize",
        arrays("count[k,v]"),
        [
            let("part[k]", total("count[k,v]", "v")),
            let("total", total("part[k]", "k")),
            let("new_pi[k]", over("part[k]", "total")),
            let("new_p[k,v]", over("count[k,v]", "part[k]")),
        ],
        "new_pi[k] new_p[k,v]",
    )
    sizes = {"n": "n", "k": "k", "v": "v"}
    functions = (posterior, statistics, maximize)
    return ArrayProgram("Categorical", "n", sizes, (ANSWER,), PARAMETERS, *functions)


def e_step(data: Arrays, parameters: Arrays, weights: np.ndarray) -> tuple[Arrays, Arrays, float]:
    y, p = data["y"], parameters["p"]
    joint = parameters["pi"] * p[:, y].T
    evidence = joint.sum(axis=1)
    r = joint / evidence[:, None]
    count = np.zeros(p.shape)
    for n, v in enumerate(y):
        count[:, v] += weights[n] * r[n]
    return {"r": r}, {"count": count}, float(weights @ np.log(evidence))


def m_step(statistics: Arrays, parameters: Arrays) -> Arrays:
    count = statistics["count"]
    part = count.sum(axis=1)
    return {"pi": part / part.sum(), "p": count / part[:, None]}


def case(values: int = 5) -> Case:
    """With many values the counts are made by bincount, with few by a matrix product."""
    rng = np.random.default_rng(2)
    parameters = {"pi": rng.dirichlet(np.ones(3)), "p": rng.dirichlet(np.ones(values), 3)}
    parameters["p"][0] = np.eye(values)[0]  # zero probabilities
    y = rng.integers(0, values, 60)
    return Case(categorical_mixture(), {"y": y}, parameters, e_step, m_step)
