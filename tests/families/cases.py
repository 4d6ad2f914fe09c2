"""A case for every family: random arguments, scipy's distribution at them, and values of x."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np
import sympy
from scipy import integrate, special, stats

from autoem.families import FAMILIES
from autoem.families.entries import Entries, fresh, read
from autoem.families.family import Family
from autoem.families.spelled import RANK, Spelled, spelled

TRIALS, FAR = 5, 80  # the trials of every case; a count beyond FAR has no mass worth a digit


def categories(p: Any) -> Any:
    return stats.rv_discrete(values=(np.arange(len(p)), p))


SCIPY: dict[str, Callable[..., Any]] = {
    "Bernoulli": lambda p: stats.bernoulli(p),
    "BernoulliLogit": lambda logits: stats.bernoulli(special.expit(logits)),
    "Binomial": lambda trials, p: stats.binom(trials, p),
    "BinomialLogit": lambda trials, logits: stats.binom(trials, special.expit(logits)),
    "Categorical": categories,
    "CategoricalLogit": lambda logits: categories(special.softmax(logits)),
    "Multinomial": lambda trials, p: stats.multinomial(trials, p),
    "Poisson": lambda rate: stats.poisson(rate),
    "Normal": lambda mean, variance: stats.norm(mean, np.sqrt(variance)),
    "MultivariateNormal": lambda mean, cov: stats.multivariate_normal(mean, cov),
    "Gamma": lambda shape, rate: stats.gamma(shape, scale=1 / rate),
    "InverseGamma": lambda shape, scale: stats.invgamma(shape, scale=scale),
    "Exponential": lambda rate: stats.expon(scale=1 / rate),
    "Beta": lambda a, b: stats.beta(a, b),
    "Dirichlet": lambda concentration: stats.dirichlet(concentration),
}

DRAW: dict[str, Callable[[np.random.Generator, int], Any]] = {
    "real": lambda g, d: g.normal(0, 2),
    "positive": lambda g, d: g.uniform(1.5, 4),
    "probability": lambda g, d: g.uniform(0.1, 0.9),
    "simplex": lambda g, d: g.dirichlet(np.full(d, 3.0)),
    "count": lambda g, d: TRIALS,
    "vector": lambda g, d: g.uniform(0.5, 3, d),
    "matrix": lambda g, d: np.cov(g.normal(size=(d, 10))),
}
"""Domain of an argument to a random one."""


@dataclass(frozen=True)
class Case:
    """A family at random arguments."""

    family: Family
    facts: Spelled
    args: Mapping[str, Any]
    reference: Any

    def points(self, number: int, seed: int = 0) -> list[Any]:
        """Random values of x."""
        draws = self.reference.rvs(size=number, random_state=np.random.default_rng(seed))
        return list(np.reshape(draws, (number, -1)) if self.family.event_rank else draws)

    def log_density(self) -> Callable[[Any], float]:
        """x to log p(x), in floating point."""
        return numeric(self.facts, self.args)

    def total(self, function: Callable[[Any], float]) -> float:
        """The integral or the sum of a function of x over the support."""
        return integral(function, self.family.support, self.facts.size)

    def eta(self) -> np.ndarray:
        """The natural parameters."""
        return floats(self.facts.natural(self.args))

    def at(self, args: Mapping[str, Any]) -> Case:
        """The same family at other arguments."""
        exact = {name: floats(value) for name, value in args.items()}
        return Case(self.family, self.facts, exact, self.reference)

    def summands(self) -> list[sympy.Expr]:
        """The summands of the log density at symbols."""
        known = {a.name: reading(a.name, a.domain, self.facts.size) for a in self.family.arguments}
        x = reading("x", "vector" if self.family.event_rank else "real", self.facts.size)
        return [part.value for part in self.family.log_density(x, known, fresh)]

    def numeric_statistics(self) -> Callable[[Any], Any]:
        """x to T(x), in floating point."""
        x = symbols(self.facts)
        return sympy.lambdify([x], self.facts.statistics(x), ["scipy", "numpy"])


def reading(name: str, domain: str, size: int) -> Entries:
    """The reading of entries that are positive symbols."""
    shape = (size,) * RANK.get(domain, 0)
    names = [sympy.Symbol(f"{name}{k}", positive=True) for k in range(size ** len(shape))]
    return read(name, np.reshape(names, shape))


def case_of(name: str, seed: int) -> Case:
    """The family of that name at random arguments."""
    family = next(family for family in FAMILIES if family.name == name)
    facts = spelled(family, 2 if family.support == "vector" else 3)
    generator = np.random.default_rng(seed)
    args = {a.name: DRAW[a.domain](generator, facts.size) for a in family.arguments}
    return Case(family, facts, args, SCIPY[name](**args))


CASES = [case_of(family.name, seed) for family in FAMILIES for seed in (1, 2)]


def floats(entries: Any) -> np.ndarray:
    """Expressions without symbols, as floats."""
    return np.vectorize(lambda entry: float(sympy.N(entry)), otypes=[float])(np.asarray(entries))


def symbols(facts: Spelled) -> Any:
    """The entries of x as symbols: one, or a tuple of them."""
    x = sympy.symbols(f"x0:{facts.size}", real=True)
    return x if facts.family.event_rank else x[0]


def numeric(facts: Spelled, args: Mapping[str, Any]) -> Callable[[Any], float]:
    """x to log p(x); a category is put in before the density is read."""
    if facts.family.support == "category":
        return lambda k: float(sympy.N(facts.log_density(int(k), args)))
    x = symbols(facts)
    return sympy.lambdify([x], facts.log_density(x, args), ["scipy", "numpy"])


def over_main(case: Case, x: Any) -> Callable[[Any], float]:
    """theta to log p(x | theta), for the main argument theta."""
    shape = case.facts.shape(case.family.main)
    theta = (
        sympy.symbols(f"theta0:{case.facts.size}", positive=True) if shape else sympy.Symbol("t")
    )
    density = case.facts.log_density(x, {**case.args, case.family.main: theta})
    return sympy.lambdify([theta], density, ["scipy", "numpy"])


def conjugate_prior(case: Case) -> Case:
    """The conjugate family of the main argument, at random arguments and that size."""
    prior = case_of(case.family.conjugate or "", seed=3)
    assert prior.family.event_rank == len(case.facts.shape(case.family.main or ""))
    return prior


def moments_of(case: Case, draws: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mean of T over the draws, and its standard error."""
    if case.family.support == "category":
        rows = np.eye(case.facts.size)[draws]
    else:
        columns = draws.T if case.family.event_rank else draws
        rows = np.stack(case.numeric_statistics()(columns), axis=-1)
    return rows.mean(axis=0), rows.std(axis=0) / np.sqrt(len(rows)) + 1e-12


def values(support: str, size: int) -> Iterator[Any]:
    """The values of a discrete x."""
    match support:
        case "binary":
            yield from (0, 1)
        case "category":
            yield from range(size)
        case "count":
            yield from range(FAR + 1)
        case "cells":
            cells = product(range(TRIALS + 1), repeat=size)
            yield from (x for x in cells if sum(x) == TRIALS)


def integral(function: Callable[[Any], float], support: str, size: int) -> float:
    """The integral, or the sum, of a function over a support."""
    match support:
        case "real":
            return sum(integrate.quad(function, a, b)[0] for a, b in [(-np.inf, 0), (0, np.inf)])
        case "positive":
            return sum(integrate.quad(function, a, b)[0] for a, b in [(0, 2), (2, np.inf)])
        case "unit":
            return integrate.quad(function, 0, 1)[0]
        case "vector":
            return box(lambda x, y: function((x, y)))
        case "simplex":
            # x = u, y = (1 - u) v maps the square onto the simplex
            def inside(u: float, v: float) -> float:
                return (1 - u) * function((u, (1 - u) * v, (1 - u) * (1 - v)))

            return integrate.dblquad(inside, 0, 1, 0, 1)[0]
    return sum(function(x) for x in values(support, size))


def box(function: Callable[[float, float], float]) -> float:
    """The trapezoidal rule, which is spectral for a density that vanishes at the edges."""
    line, step = np.linspace(-12, 14, 521, retstep=True)
    return float(function(*np.meshgrid(line, line)).sum() * step**2)
