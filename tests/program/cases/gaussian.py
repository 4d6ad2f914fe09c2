"""A mixture of Gaussians with full covariances, statistics about the current means."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from scipy import stats

from autoem.program.ir import ArrayProgram, LogSumExp, Matrix
from tests.program.build import add, arrays, call, function, let, minus, over, ref, times, total
from tests.program.cases import Arrays, Case

PARAMETERS = arrays("pi[k] mean[k,d] cov[k,d,d']")
LOG_2_PI = float(np.log(2 * np.pi))


def gaussian_mixture() -> ArrayProgram:
    half = Fraction(-1, 2)
    residual = let("residual[n,k,d]", add("x[n,d]", minus("mean[k,d]")))
    posterior = function(
        "posterior",
        (*arrays("x[n,d]"), *PARAMETERS),
        [
            residual,
            let("size", total("", "d")),
            let("precision[k,d,d']", Matrix("inverse", ref("cov[k,d,d']"), "d", "d'")),
            let("log_det[k]", Matrix("log_determinant", ref("cov[k,d,d']"), "d", "d'")),
            let(
                "quadratic[n,k]",
                total("precision[k,d,d'] residual[n,k,d] residual[n,k,d']", "d d'", scale=half),
                "factored: about each mean, where nothing cancels",
            ),
            let(
                "logits[n,k]",
                add(
                    call("log", "pi[k]"),
                    times(half, "log_det[k]"),
                    "quadratic[n,k]",
                    times(half, "size", LOG_2_PI),
                ),
            ),
            let("log_evidence[n]", LogSumExp(ref("logits[n,k]"), ("k",))),
            let("r[n,k]", call("exp", add(minus("log_evidence[n]"), "logits[n,k]"))),
        ],
        "r[n,k] log_evidence[n]",
    )
    statistics = function(
        "statistics",
        (*arrays("x[n,d]"), *PARAMETERS, *arrays("r[n,k] row_weight[n]")),
        [
            residual,
            let("S0[k]", total("r[n,k] row_weight[n]", "n")),
            let("S1[k,d]", total("r[n,k] row_weight[n] residual[n,k,d]", "n")),
            let(
                "S2[k,d,d']",
                total("r[n,k] row_weight[n] residual[n,k,d] residual[n,k,d']", "n"),
            ),
        ],
        "S0[k] S1[k,d] S2[k,d,d']",
    )
    outer = times("step[k,d]", "step[k,d']")
    maximize = function(
        "maximize",
        (*arrays("S0[k] S1[k,d] S2[k,d,d']"), *PARAMETERS),
        [
            let("total", total("S0[k]", "k")),
            let("new_pi[k]", over("S0[k]", "total")),
            let("step[k,d]", over("S1[k,d]", "S0[k]")),
            let("new_mean[k,d]", add("mean[k,d]", "step[k,d]")),
            let("new_cov[k,d,d']", add(over("S2[k,d,d']", "S0[k]"), minus(outer))),
        ],
        "new_pi[k] new_mean[k,d] new_cov[k,d,d']",
    )
    sizes = {"n": "n", "k": "k", "d": "d", "d'": "d"}
    functions = (posterior, statistics, maximize)
    return ArrayProgram("Gaussians", "n", sizes, arrays("x[n,d]"), PARAMETERS, *functions)


def e_step(data: Arrays, parameters: Arrays, weights: np.ndarray) -> tuple[Arrays, Arrays, float]:
    x, mean = data["x"], parameters["mean"]
    densities = [
        stats.multivariate_normal(m, c).pdf(x) for m, c in zip(mean, parameters["cov"], strict=True)
    ]
    joint = np.stack(densities, axis=1) * parameters["pi"]
    evidence = joint.sum(axis=1)
    r = joint / evidence[:, None]
    u, rw = x[:, None] - mean, r * weights[:, None]
    statistics = {
        "S0": rw.sum(axis=0),
        "S1": np.einsum("nk,nkd->kd", rw, u),
        "S2": np.einsum("nk,nkd,nke->kde", rw, u, u),
    }
    return {"r": r}, statistics, float(weights @ np.log(evidence))


def m_step(statistics: Arrays, parameters: Arrays) -> Arrays:
    count = statistics["S0"]
    step = statistics["S1"] / count[:, None]
    return {
        "pi": count / count.sum(),
        "mean": parameters["mean"] + step,
        "cov": statistics["S2"] / count[:, None, None] - step[:, :, None] * step[:, None],
    }


def case() -> Case:
    rng = np.random.default_rng(1)
    root = rng.normal(size=(3, 4, 4))
    parameters = {
        "pi": np.array([0.2, 0.3, 0.5]),
        "mean": rng.normal(size=(3, 4)),
        "cov": root @ np.swapaxes(root, 1, 2) + np.eye(4),
    }
    return Case(gaussian_mixture(), {"x": rng.normal(size=(31, 4))}, parameters, e_step, m_step)
