"""A case for every family: random arguments, scipy's distribution at them, and values of x."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise, product
from typing import Any

import mpmath
import numpy as np
import sympy
from scipy import integrate, special, stats

from autoem.families import FAMILIES
from autoem.families.entries import Entries, fresh, read
from autoem.families.family import ExponentialForm, Family, VectorFamily
from autoem.families.spelled import RANK, Spelled, spelled

TRIALS, FAR = 5, 150  # the trials of every case; a count beyond FAR has no mass worth a digit
QUARTERS = np.array([0.25, 0.5, 0.75])


def categories(p: Any) -> Any:
    return stats.rv_discrete(values=(np.arange(len(p)), p))


class PolyaGammaLaw:
    """By its Laplace transform alone, which mpmath inverts."""

    def __init__(self, count: int, tilt: float) -> None:
        self.count, self.tilt = count, tilt

    def transform(self, s: Any) -> Any:
        """E exp(-s x)."""
        inner = mpmath.cosh(mpmath.sqrt((mpmath.mpf(self.tilt) ** 2 / 2 + s) / 2))
        return (mpmath.cosh(mpmath.mpf(self.tilt) / 2) / inner) ** self.count

    def logpdf(self, x: float) -> float:
        with mpmath.workdps(40):
            return float(mpmath.log(mpmath.invertlaplace(self.transform, x, method="talbot")))

    def mean(self) -> float:
        return -float(mpmath.diff(self.transform, 0))

    median = mean

    def support(self) -> tuple[float, float]:
        return (0.0, np.inf)

    def rvs(self, size: int, random_state: np.random.Generator) -> np.ndarray:
        """The sum of gammas that it is: 500 of them are enough for a place to look at."""
        rates = 2 * np.pi**2 * (np.arange(500) + 0.5) ** 2 + self.tilt**2 / 2
        return np.sum(random_state.gamma(self.count, 1 / rates, (size, 500)), axis=1)


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
    "Geometric": lambda p: stats.geom(p, loc=-1),
    "NegativeBinomial": lambda shape, mean: stats.nbinom(shape, shape / (shape + mean)),
    "LogNormal": lambda mean, variance: stats.lognorm(np.sqrt(variance), scale=np.exp(mean)),
    "Wishart": lambda df, scale: stats.wishart(df, scale),
    "InverseWishart": lambda df, scale: stats.invwishart(df, scale),
    "StudentT": lambda mean, scale, df: stats.t(df, mean, scale),
    "Laplace": lambda mean, scale: stats.laplace(mean, scale),
    "VonMises": lambda mean, concentration: stats.vonmises(concentration, mean),
    "Weibull": lambda shape, scale: stats.weibull_min(shape, scale=scale),
    "PolyaGamma": PolyaGammaLaw,
    "Pareto": lambda shape, minimum: stats.pareto(shape, scale=minimum),
    "ReciprocalInverseGaussian": lambda a, b: stats.geninvgauss(
        0.5, np.sqrt(a * b), scale=np.sqrt(b / a)
    ),
    "GeneralizedInverseGaussian": lambda index, a, b: stats.geninvgauss(
        index, np.sqrt(a * b), scale=np.sqrt(b / a)
    ),
    "Uniform": lambda lower, upper: stats.uniform(lower, upper - lower),
    "DiscreteUniform": lambda lower, upper: stats.randint(lower, upper + 1),
}

DRAW: dict[str, Callable[[np.random.Generator, int], Any]] = {
    "real": lambda g, d: g.normal(0, 2),
    "positive": lambda g, d: g.uniform(1.5, 4),
    "probability": lambda g, d: g.uniform(0.1, 0.9),
    "simplex": lambda g, d: g.dirichlet(np.full(d, 3.0)),
    "integer": lambda g, d: g.integers(-3, 4),
    "count": lambda g, d: TRIALS,
    "vector": lambda g, d: g.uniform(0.5, 3, d),
    "matrix": lambda g, d: np.cov(g.normal(size=(d, 10))),
    "lower": lambda g, d: g.integers(-3, 0),
    "upper": lambda g, d: g.integers(2, 5),
    "df": lambda g, d: g.uniform(4, 8),
}
"""Name, or domain, of an argument to a random one."""


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
        return list(np.reshape(draws, (number, *(self.facts.size,) * self.family.event_rank)))

    @property
    def exponential(self) -> bool:
        """Whether it has T, eta and A."""
        return isinstance(self.family, ExponentialForm | VectorFamily)

    def log_density(self) -> Callable[[Any], float]:
        """x to log p(x), in floating point."""
        return numeric(self.facts, self.args)

    def total(self, function: Callable[[Any], float]) -> float:
        """The integral or the sum of a function of x over the support."""
        if self.family.support in LINES:
            return integral(function, self.family.support, self.breaks())
        return total(function, self.family.support, self.facts.size)

    def breaks(self) -> list[float]:
        """Where the density of a scalar x may jump or bend."""
        return [*self.reference.support(), self.reference.median()]

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
        domain = ("real", "vector", "matrix")[self.family.event_rank]
        x = reading("x", domain, self.facts.size)
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
    facts = spelled(family, 2 if family.support in ("vector", "positive_definite") else 3)
    generator = np.random.default_rng(seed)
    draws = {a.name: DRAW.get(a.name, DRAW[a.domain]) for a in family.arguments}
    args = {name: draw(generator, facts.size) for name, draw in draws.items()}
    return Case(family, facts, args, SCIPY[name](**args))


CASES = [case_of(family.name, seed) for family in FAMILIES for seed in (1, 2)]


def floats(entries: Any) -> np.ndarray:
    """Expressions without symbols, as floats."""
    return np.vectorize(lambda entry: float(sympy.N(entry)), otypes=[float])(np.asarray(entries))


def symbols(facts: Spelled) -> Any:
    """The entries of x as symbols: one, or a tuple of them, or rows of them."""
    return nested("x", (facts.size,) * facts.family.event_rank, real=True)


def nested(name: str, shape: tuple[int, ...], **assumptions: bool) -> Any:
    """Symbols in nested lists of that shape."""
    entries = [sympy.Symbol(f"{name}{k}", **assumptions) for k in range(int(np.prod(shape)))]
    return np.reshape(np.array(entries, dtype=object), shape).tolist()


def numeric(facts: Spelled, args: Mapping[str, Any]) -> Callable[[Any], float]:
    """x to log p(x); a category is put in before the density is read."""
    if facts.family.support == "category":
        return lambda k: float(sympy.N(facts.log_density(int(k), args)))
    x = symbols(facts)
    return sympy.lambdify([x], facts.log_density(x, args), ["scipy", "numpy"])


def over(case: Case, argument: str, x: Any) -> Callable[[Any], float]:
    """theta to log p(x | theta), where theta is one of the arguments."""
    theta = nested("theta", case.facts.shape(argument), real=True)
    density = case.facts.log_density(x, {**case.args, argument: theta})
    return sympy.lambdify([theta], density, ["scipy", "numpy"])


def conjugate_prior(case: Case, argument: str) -> Case:
    """The conjugate family of the argument, at random arguments and that size."""
    prior = case_of(case.family.conjugates[argument], seed=3)
    assert prior.family.event_rank == len(case.facts.shape(argument))
    return prior


def moments_of(case: Case, draws: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The mean of T over the draws, and its standard error; where there is no T, of [x <= q]."""
    if not case.exponential:
        rows = draws[:, None] <= case.reference.ppf(QUARTERS)
    elif case.family.support == "category":
        rows = np.eye(case.facts.size)[draws]
    else:
        columns = np.moveaxis(draws, 0, -1)
        rows = np.stack(case.numeric_statistics()(columns), axis=-1)
    return rows.mean(axis=0), rows.std(axis=0) / np.sqrt(len(rows)) + 1e-12


def expectations_of(case: Case) -> np.ndarray:
    """E[T]; where there is no T, P(x <= q) at the quartiles q of scipy."""
    if not case.exponential:
        return np.asarray(case.reference.cdf(case.reference.ppf(QUARTERS)))
    return floats(case.facts.expectations(case.args))


def values(support: str, size: int) -> Iterator[Any]:
    """The values of a discrete x."""
    match support:
        case "binary":
            yield from (0, 1)
        case "category":
            yield from range(size)
        case "count":
            yield from range(FAR + 1)
        case "integer":
            yield from range(-FAR, FAR + 1)
        case "cells":
            cells = product(range(TRIALS + 1), repeat=size)
            yield from (x for x in cells if sum(x) == TRIALS)


LINES = {
    "real": (-np.inf, np.inf),
    "positive": (0, np.inf),
    "unit": (0, 1),
    "angle": (-np.pi, np.pi),
}
"""Support to its ends."""


def integral(function: Callable[[Any], float], support: str, breaks: list[float]) -> float:
    """The integral over a line, piece by piece between the breaks."""
    start, end = LINES[support]
    edges = [start, *sorted({x for x in breaks if start < x < end}), end]
    return sum(integrate.quad(function, a, b)[0] for a, b in pairwise(edges))


def total(function: Callable[[Any], float], support: str, size: int) -> float:
    """The integral over vectors, simplexes or matrices; the sum over what is discrete."""
    match support:
        case "vector":
            return box(lambda x, y: function((x, y)))
        case "positive_definite":
            return cone(function)
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


def cone(function: Callable[[Any], np.ndarray]) -> float:
    """The trapezoidal rule over the matrices L L', L00 = exp a, L11 = exp b, L10 = L11 sinh c."""
    line, step = np.linspace(-7, 7, 101, retstep=True)
    slope, width = np.linspace(-9, 9, 121, retstep=True)
    a, b, c = np.meshgrid(line, line, slope, sparse=True)
    high, low, side = np.exp(a), np.exp(b), np.exp(b) * np.sinh(c)
    density = function([[high**2, high * side], [high * side, side**2 + low**2]])
    volume = 4 * (high * low) ** 3 * np.cosh(c)  # of d(X00, X10, X11) by d(a, b, c)
    return float((density * volume).sum() * step**2 * width)
