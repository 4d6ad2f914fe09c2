"""Tiny programs written by hand that keep the contract of a generated module."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.special import gammaln, xlogy

from autoem.runtime.arrays import Arrays
from autoem.runtime.program import EStepFunction, Likelihood, Program
from autoem.runtime.schema import Schema, VariableSchema

V = VariableSchema
STATES_OF_Z = {"z": {"states": (["share_z"], ["n", "[z]"])}}
DATA = Path(__file__).parents[2] / "examples" / "data"


def softmax(logits: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """log sum exp over the first axis, and the shares."""
    peak = logits.max(axis=0)
    shares = np.exp(logits - peak)
    total = shares.sum(axis=0)
    return peak + np.log(total), shares / total


def likelihood(e_step: EStepFunction) -> Likelihood:
    """The second half of what an E-step gives."""

    def log_likelihood(
        data: Arrays, parameters: Arrays, weights: np.ndarray | None = None
    ) -> float:
        return e_step(data, parameters, weights)[1]

    return log_likelihood


def mixture_schema(name: str, domain: str, parameters: tuple[VariableSchema, ...]) -> Schema:
    variables = (
        V("weight", "parameter", "simplex", (), ("k",)),
        *parameters,
        V("z", "latent", "index", ("n",), category="k"),
        V("x", "observed", domain, ("n",)),
    )
    return Schema(name, ("n", "k"), variables, independent=("n",))


@dataclass(frozen=True)
class PoissonMixture:
    """x | z = k ~ Poisson(rate_k); `flip` plants an M-step that steps backwards."""

    flip: bool = False

    def logits(self, x: np.ndarray, p: Arrays) -> np.ndarray:
        rate = p["rate"][:, None]
        return np.log(p["weight"])[:, None] + xlogy(x, rate) - rate - gammaln(x + 1)

    def e_step(
        self,
        data: Arrays,
        parameters: Arrays,
        weights: np.ndarray | None = None,
        posterior: Arrays | None = None,
    ) -> tuple[Arrays, float]:
        x = data["x"]
        weight = np.ones(len(x)) if weights is None else weights
        evidence, shares = softmax(self.logits(x, parameters))
        if posterior is not None:
            shares = posterior["share_z"].T
        counts = shares * weight
        return {"count": counts.sum(axis=1), "sum": counts @ x}, float(weight @ evidence)

    def m_step(self, statistics: Arrays, parameters: Arrays) -> Arrays:
        count = statistics["count"]
        rate = statistics["sum"] / count
        if self.flip:
            rate = parameters["rate"] ** 2 / rate
        return {"weight": count / count.sum(), "rate": rate}

    def posterior(self, data: Arrays, parameters: Arrays) -> Arrays:
        return {"share_z": softmax(self.logits(data["x"], parameters))[1].T}

    def program(self, **changes: Any) -> Program:
        rate = V("rate", "parameter", "positive", ("k",))
        schema = mixture_schema("PoissonMixture", "count", (rate,))
        expected = {"z": ("share_z", ("n", "k"))}
        functions = self.e_step, self.m_step, likelihood(self.e_step), self.posterior
        return replace(Program(schema, *functions, expected, latents=STATES_OF_Z), **changes)


@dataclass(frozen=True)
class NormalMixture:
    """x | z = k ~ N(mean_k, variance_k)."""

    def logits(self, x: np.ndarray, p: Arrays) -> np.ndarray:
        mean, variance = p["mean"][:, None], p["variance"][:, None]
        density = -((x - mean) ** 2) / (2 * variance) - np.log(2 * np.pi * variance) / 2
        return np.log(p["weight"])[:, None] + density

    def e_step(
        self,
        data: Arrays,
        parameters: Arrays,
        weights: np.ndarray | None = None,
        posterior: Arrays | None = None,
    ) -> tuple[Arrays, float]:
        x = data["x"]
        weight = np.ones(len(x)) if weights is None else weights
        evidence, shares = softmax(self.logits(x, parameters))
        if posterior is not None:
            shares = posterior["share_z"].T
        counts, u = shares * weight, x - parameters["mean"][:, None]
        moments = {"s1": (counts * u).sum(axis=1), "s2": (counts * u**2).sum(axis=1)}
        return {"s0": counts.sum(axis=1), **moments}, float(weight @ evidence)

    def m_step(self, statistics: Arrays, parameters: Arrays) -> Arrays:
        s0 = statistics["s0"]
        shift = statistics["s1"] / s0
        variance = statistics["s2"] / s0 - shift**2
        return {
            "weight": s0 / s0.sum(),
            "mean": parameters["mean"] + shift,
            "variance": variance,
        }

    def posterior(self, data: Arrays, parameters: Arrays) -> Arrays:
        return {"share_z": softmax(self.logits(data["x"], parameters))[1].T}

    def program(self) -> Program:
        own = (
            V("mean", "parameter", "real", ("k",)),
            V("variance", "parameter", "positive", ("k",)),
        )
        schema = mixture_schema("NormalMixture", "real", own)
        expected = {"z": ("share_z", ("n", "k"))}
        functions = self.e_step, self.m_step, likelihood(self.e_step), self.posterior
        return Program(schema, *functions, expected, latents=STATES_OF_Z)


@dataclass(frozen=True)
class FactorAnalysis:
    """x ~ N(mean, loading loading' + diag noise), by EM over the factors."""

    def e_step(
        self,
        data: Arrays,
        parameters: Arrays,
        weights: np.ndarray | None = None,
        posterior: Arrays | None = None,
    ) -> tuple[Arrays, float]:
        x, loading = data["x"], parameters["loading"]
        u = x - parameters["mean"]
        rows, d = x.shape
        covariance = loading @ loading.T + np.diag(parameters["noise"])
        factor = np.linalg.inv(np.linalg.cholesky(covariance))
        white = u @ factor.T
        value = -0.5 * (np.sum(white**2) + rows * d * np.log(2 * np.pi))
        value += rows * np.log(np.diag(factor)).sum()
        slope = factor.T @ factor @ loading
        f = u @ slope
        second = rows * (np.eye(loading.shape[1]) - slope.T @ loading) + f.T @ f
        return {"uf": u.T @ f, "ff": second, "uu": np.sum(u**2, axis=0), "n": rows}, float(value)

    def m_step(self, statistics: Arrays, parameters: Arrays) -> Arrays:
        loading = np.linalg.solve(statistics["ff"], statistics["uf"].T).T
        noise = statistics["uu"] - np.sum(loading * statistics["uf"], axis=1)
        return {"mean": parameters["mean"], "loading": loading, "noise": noise / statistics["n"]}

    def posterior(self, data: Arrays, parameters: Arrays) -> Arrays:
        return {}

    def program(self) -> Program:
        variables = (
            V("loading", "parameter", "real", (), ("d", "q")),
            V("mean", "parameter", "real", (), ("d",)),
            V("noise", "parameter", "positive", (), ("d",)),
            V("z", "latent", "real", ("n",), ("q",)),
            V("x", "observed", "real", ("n",), ("d",)),
        )
        schema = Schema("FactorAnalysis", ("n", "d", "q"), variables)
        functions = self.e_step, self.m_step, likelihood(self.e_step), self.posterior
        return Program(schema, *functions)
