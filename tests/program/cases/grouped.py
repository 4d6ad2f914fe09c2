"""Rows that point to groups: b[group[i]], and evidence gathered for every group.  No row axis."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from scipy import stats

from autoem.program.ir import ArrayProgram
from tests.program.build import add, array, arrays, call, function, let, minus, over, times, total
from tests.program.cases import Arrays, Case

PARAMETERS = arrays("mu tau2 sigma2")
DATA = (array("group[i]", "int"), array("y[i]"), array("size_of[g]"))
HALF = Fraction(1, 2)


def random_intercept() -> ArrayProgram:
    """y[i] = mu + b[group[i]] + noise, b[g] ~ N(0, tau2)."""
    evidence = times(
        -HALF,
        add(
            times("count[g]", call("log", times(2, float(np.pi), "sigma2"))),
            call("log", over("tau2", "variance[g]")),
            over("square[g]", "sigma2"),
            minus(over(call("power", "center[g]", 2), "variance[g]")),
        ),
    )
    posterior = function(
        "posterior",
        (*DATA, *PARAMETERS),
        [
            let("residual[i]", add("y[i]", minus("mu"))),
            let("count[g]", total("", "i", "group[i]=g")),
            let("sum[g]", total("residual[i]", "i", "group[i]=g")),
            let("square[g]", total("residual[i] residual[i]", "i", "group[i]=g")),
            let("variance[g]", over(1, add(over("count[g]", "sigma2"), over(1, "tau2")))),
            let("center[g]", over(times("variance[g]", "sum[g]"), "sigma2")),
            let("log_evidence[g]", evidence),
        ],
        "center[g] variance[g] log_evidence[g]",
    )
    statistics = function(
        "statistics",
        (*DATA, *PARAMETERS, *arrays("center[g] variance[g]")),
        [
            let("rest[i]", add("y[i]", minus("center[group[i]]"))),
            let("S1", total("rest[i]", "i")),
            let("rows", total("", "i")),
            let(
                "error[i]", add(call("power", add("rest[i]", minus("mu")), 2), "variance[group[i]]")
            ),
            let("S2", total("error[i]", "i")),
            let("groups", total("", "g")),
            let("spread[g]", add(call("power", "center[g]", 2), "variance[g]")),
            let("B2", total("spread[g]", "g")),
        ],
        "S1 rows S2 groups B2",
    )
    maximize = function(
        "maximize",
        arrays("S1 rows S2 groups B2 mu"),
        [
            let("new_mu", over("S1", "rows")),
            let("moved", add("new_mu", minus("mu"))),
            let("new_sigma2", add(over("S2", "rows"), minus(call("power", "moved", 2)))),
            let("new_tau2", over("B2", "groups")),
        ],
        "new_mu new_sigma2 new_tau2",
    )
    functions = (posterior, statistics, maximize)
    return ArrayProgram("Grouped", None, {"i": "i", "g": "g"}, DATA, PARAMETERS, *functions)


def e_step(data: Arrays, parameters: Arrays, weights: np.ndarray) -> tuple[Arrays, Arrays, float]:
    group, y = data["group"], data["y"]
    mu, tau2, sigma2 = (float(parameters[name]) for name in ("mu", "tau2", "sigma2"))
    member = (group[:, None] == np.arange(len(data["size_of"]))).astype(float)
    count = member.sum(axis=0)
    cov = tau2 * member @ member.T + sigma2 * np.eye(len(y))
    evidence = stats.multivariate_normal(np.full(len(y), mu), cov).logpdf(y)
    variance = 1 / (count / sigma2 + 1 / tau2)
    center = variance * (member.T @ (y - mu)) / sigma2
    rest = y - member @ center
    statistics = {
        "S1": rest.sum(),
        "rows": np.array(len(y)),
        "S2": np.sum((rest - mu) ** 2 + member @ variance),
        "groups": np.array(len(count)),
        "B2": np.sum(center**2 + variance),
    }
    return {"center": center, "variance": variance}, statistics, float(evidence)


def m_step(statistics: Arrays, parameters: Arrays) -> Arrays:
    mu = statistics["S1"] / statistics["rows"]
    sigma2 = statistics["S2"] / statistics["rows"] - (mu - parameters["mu"]) ** 2
    return {"mu": mu, "sigma2": sigma2, "tau2": statistics["B2"] / statistics["groups"]}


def case() -> Case:
    rng = np.random.default_rng(3)
    data = {"group": rng.integers(0, 6, 40), "y": rng.normal(2, 1, 40), "size_of": np.zeros(7)}
    parameters = {"mu": np.array(1.5), "tau2": np.array(0.7), "sigma2": np.array(0.4)}
    return Case(random_intercept(), data, parameters, e_step, m_step)
