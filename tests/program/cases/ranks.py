"""Laplace components with a known edge on either side: medians, ends, and sums about a median."""

from __future__ import annotations

import numpy as np

from autoem.program.ir import ArrayProgram, Rank
from tests.program.build import add, arrays, call, function, let, minus, over, ref, times, total
from tests.program.cases import Arrays, Case

SIZES = {"n": "n", "d": "d", "k": "k"}
DATA = arrays("x[n,d] share[n,k]")
PARAMETERS = arrays("low[k] high mean[k] scale[k]")
KEPT = "kept_x[n,d] kept_weight[n,k]"


def program() -> ArrayProgram:
    """Rows are handed on; ends and medians are taken over rows and features together."""
    posterior = function(
        "posterior",
        (*DATA, *PARAMETERS),
        [let("log_evidence[n]", total("x[n,d] share[n,k] mean[k]", "d k"))],
        "log_evidence[n]",
    )
    statistics = function(
        "statistics",
        (*DATA, *arrays("row_weight[n]")),
        [
            let("kept_x[n,d]", "x[n,d]"),
            let("kept_weight[n,k]", times("share[n,k]", "row_weight[n]")),
        ],
        KEPT,
    )

    def rank(word: str) -> Rank:
        return Rank(word, ref("kept_x[n,d]"), ref("kept_weight[n,k]"), ("n", "d"))

    gap = call("abs", add("kept_x[n,d]", minus("new_mean[k]")))
    maximize = function(
        "maximize",
        (*arrays(KEPT), *PARAMETERS),
        [
            let("new_low[k]", rank("least")),
            let("top[k]", rank("greatest")),
            let("new_high", total("top[k]", "k")),
            let("new_mean[k]", rank("weighted_median")),
            let("gap[n,d,k]", gap),
            let("spread[k]", total("gap[n,d,k] kept_weight[n,k]", "n d")),
            let("count[k]", total("kept_weight[n,k]", "n d")),
            let("new_scale[k]", over("spread[k]", "count[k]")),
        ],
        "new_low[k] new_high new_mean[k] new_scale[k]",
    )
    functions = (posterior, statistics, maximize)
    return ArrayProgram("Ranks", "n", SIZES, DATA, PARAMETERS, *functions)


def e_step(data: Arrays, parameters: Arrays, weights: np.ndarray) -> tuple[Arrays, Arrays, float]:
    evidence = data["x"].sum(axis=1) * (data["share"] @ parameters["mean"])
    kept = {"kept_x": data["x"], "kept_weight": data["share"] * weights[:, None]}
    return {}, kept, float(weights @ evidence)


def m_step(statistics: Arrays, parameters: Arrays) -> Arrays:
    """Medians by repeating each entry as often as it counts: the shares are eighths."""
    found: dict[str, list[float]] = {"low": [], "top": [], "mean": [], "scale": []}
    for weight in statistics["kept_weight"].T:
        times_ = np.rint(8 * weight).astype(int)
        repeated = np.repeat(statistics["kept_x"], times_, axis=0).ravel()
        middle = np.median(repeated)
        ends = repeated.min(), repeated.max(), middle, np.abs(repeated - middle).mean()
        for name, value in zip(found, ends, strict=True):
            found[name].append(float(value))
    return {
        "low": np.array(found["low"]),
        "high": np.array(np.sum(found["top"])),
        "mean": np.array(found["mean"]),
        "scale": np.array(found["scale"]),
    }


def case() -> Case:
    rng = np.random.default_rng(11)
    share = rng.integers(0, 9, size=(23, 1)) / 8
    data = {"x": rng.normal(size=(23, 2)), "share": np.concatenate([share, 1 - share], axis=1)}
    parameters = {
        "low": np.zeros(2),
        "high": np.array(1.0),
        "mean": np.array([0.5, -0.5]),
        "scale": np.ones(2),
    }
    return Case(program(), data, parameters, e_step, m_step)
