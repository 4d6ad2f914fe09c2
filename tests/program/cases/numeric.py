"""Systems with two unknown blocks, a root with digamma, a numeric maximum of a logistic Q."""

from __future__ import annotations

import numpy as np
from scipy import optimize, special, stats

from autoem.program.ir import ArrayProgram, Let, Maximize, Ref, Root, Solve
from tests.program.build import add, arrays, call, function, let, minus, over, ref, times, total
from tests.program.cases import Arrays, Case

DATA = arrays("v[n,p] y[n] t[n]")
PARAMETERS = arrays("slope[p] level shape beta[p]")
SIZES = {"n": "n", "p": "p", "p'": "p"}


def several_updates() -> ArrayProgram:
    """y = slope'v + level + noise; shape of a Gamma of mean one; t a logistic response to v.

    Nothing is latent: rows are handed on to the maximum over beta as they are.
    """
    loss = times(-1, call("power", add("y[n]", minus("level"), minus("fit[n]")), 2))
    posterior = function(
        "posterior",
        (*DATA, *PARAMETERS),
        [let("fit[n]", total("v[n,p] slope[p]", "p")), let("log_evidence[n]", loss)],
        "log_evidence[n]",
    )
    statistics = function(
        "statistics",
        (*DATA, *PARAMETERS, *arrays("row_weight[n]")),
        [
            let("vv[p,p']", total("v[n,p] v[n,p'] row_weight[n]", "n")),
            let("v1[p]", total("v[n,p] row_weight[n]", "n")),
            let("vy[p]", total("v[n,p] y[n] row_weight[n]", "n")),
            let("y1", total("y[n] row_weight[n]", "n")),
            let("count", total("row_weight[n]", "n")),
            let("rows_v[n,p]", "v[n,p]"),
            let("rows_t[n]", times("t[n]", "row_weight[n]")),
            let("rows_weight[n]", "row_weight[n]"),
        ],
        "vv[p,p'] v1[p] vy[p] y1 count rows_v[n,p] rows_t[n] rows_weight[n]",
    )
    maximize = function(
        "maximize",
        (
            *arrays("vv[p,p'] v1[p] vy[p] y1 count rows_v[n,p] rows_t[n] rows_weight[n]"),
            *PARAMETERS,
        ),
        [_solve(), *_root(), _logistic()],
        "new_slope[p] new_level new_shape new_beta[p]",
    )
    functions = (posterior, statistics, maximize)
    return ArrayProgram("Several", "n", SIZES, DATA, PARAMETERS, *functions)


def _solve() -> Let:
    unknowns = (ref("new_slope[p]"), Ref("new_level"))
    system = Solve(
        unknowns,
        (("p",), ()),
        ((ref("vv[p,p']"), ref("v1[p]")), (ref("v1[p']"), Ref("count"))),
        (ref("vy[p]"), Ref("y1")),
    )
    return let("new_slope[p] new_level", system, "linear")


def _root() -> list[Let]:
    """log a - digamma(a) = y1 / count"""
    value = add(call("log", "new_shape"), minus(call("digamma", "new_shape")), minus("mean"))
    slope = add(over(1, "new_shape"), minus(call("polygamma", 1, "new_shape")))
    start = Ref("shape")
    return [
        let("mean", over("y1", "count")),
        let(
            "new_shape", Root("new_shape", value, slope, start, 0.0, float("inf")), "no closed form"
        ),
    ]


def _logistic() -> Let:
    body = (
        let("eta[n]", total("rows_v[n,p] b[p]", "p")),
        let("soft[n]", times("rows_weight[n]", call("logaddexp", 0, "eta[n]"))),
        let("gain", total("rows_t[n] eta[n]", "n")),
        let("cost", total("soft[n]", "n")),
        let("objective", add("gain", minus("cost"))),
        let("q[n]", call("expit", "eta[n]")),
        let("error[n]", add("rows_t[n]", minus(times("rows_weight[n]", "q[n]")))),
        let("gradient[p]", total("error[n] rows_v[n,p]", "n")),
        let("spread[n]", times("rows_weight[n]", "q[n]", add(1, minus("q[n]")))),
        let("hessian[p,p']", total("spread[n] rows_v[n,p] rows_v[n,p']", "n", scale=-1)),
    )
    operation = Maximize(
        (ref("b[p]"),),
        ("real",),
        (ref("beta[p]"),),
        body,
        "objective",
        ("gradient",),
        (("hessian",),),
    )
    return let("new_beta[p]", operation, "newton")


def e_step(data: Arrays, parameters: Arrays, weights: np.ndarray) -> tuple[Arrays, Arrays, float]:
    v, y, t = data["v"], data["y"], data["t"]
    evidence = -((y - v @ parameters["slope"] - parameters["level"]) ** 2)
    statistics = {
        "vv": (v * weights[:, None]).T @ v,
        "v1": weights @ v,
        "vy": (weights * y) @ v,
        "y1": weights @ y,
        "count": weights.sum(),
        "rows_v": v,
        "rows_t": t * weights,
        "rows_weight": weights,
    }
    return {}, statistics, float(weights @ evidence)


def m_step(statistics: Arrays, parameters: Arrays) -> Arrays:
    design = np.block(
        [[statistics["vv"], statistics["v1"][:, None]], [statistics["v1"], statistics["count"]]]
    )
    solution = np.linalg.solve(design, [*statistics["vy"], statistics["y1"]])
    mean = statistics["y1"] / statistics["count"]
    shape = optimize.brentq(lambda a: np.log(a) - special.digamma(a) - mean, 1e-9, 1e9, xtol=1e-14)
    v, t, w = statistics["rows_v"], statistics["rows_t"], statistics["rows_weight"]
    beta = np.zeros(v.shape[1])
    for _ in range(50):
        q = special.expit(v @ beta)
        step = np.linalg.solve((v * (w * q * (1 - q))[:, None]).T @ v, v.T @ (t - w * q))
        beta = beta + step
    return {"slope": solution[:-1], "level": solution[-1], "shape": np.array(shape), "beta": beta}


def case() -> Case:
    rng = np.random.default_rng(4)
    v = rng.normal(size=(45, 3))
    data = {
        "v": v,
        "y": stats.gamma(2).rvs(45, random_state=rng),
        "t": rng.integers(0, 2, 45).astype(float),
    }
    parameters = {
        "slope": rng.normal(size=3),
        "level": np.array(0.3),
        "shape": np.array(1.0),
        "beta": np.zeros(3),
    }
    return Case(several_updates(), data, parameters, e_step, m_step)
