"""What is known of each family between two bounds: one entry of `INTERVALS` a family.

    log P(l <= X <= u)    and    E[T(X) | l <= X <= u],

with the bounds as they come: infinite, outside the support, or equal, where the first is the log
density of the exact value.  A monotone function of a variable takes its bounds along, and at an
exact value the log of its slope.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias, final

from sympy import Expr, Max, exp, log, oo

from autoem.families.between import Between, at_exact
from autoem.families.family import ExponentialForm, Facts, Family
from autoem.families.gamma_interval import (
    exponential_interval_moment,
    exponential_log_interval,
    gamma_interval_moment,
    gamma_log_interval,
)
from autoem.families.normal_interval import normal_interval_moment, normal_log_interval
from autoem.families.poisson_interval import poisson_log_interval

AtBounds: TypeAlias = Callable[[Expr, Expr, Facts], Expr]
AllAtBounds: TypeAlias = Callable[[Expr, Expr, Facts], tuple[Expr, ...]]
OfValue: TypeAlias = Callable[[Expr, Facts], tuple[Expr, ...]]


@final
@dataclass(frozen=True)
class Interval:
    """log P, and E[T] for `statistics` T, or those of the family if they are not told."""

    log_probability: AtBounds
    expectations: AllAtBounds | None = None
    statistics: OfValue | None = None

    def statistics_of(self, family: Family, x: Expr, args: Facts) -> tuple[Expr, ...]:
        """T(x)."""
        if self.statistics is not None:
            return self.statistics(x, args)
        assert isinstance(family, ExponentialForm)
        return family.statistics(x)


def log_bound(bound: Expr) -> Expr:
    """The log of a bound of a positive variable; of one that is not positive, minus infinity.

    >>> from sympy import Integer, Symbol
    >>> log_bound(Integer(0)), log_bound(Symbol("u", nonnegative=True))
    (-oo, log(u))
    """
    if bound.is_extended_nonpositive:
        return -oo
    return log(bound if bound.is_extended_nonnegative else Max(bound, 0))


def power_bound(bound: Expr, power: Expr) -> Expr:
    """A power of a bound of a positive variable."""
    if bound.is_extended_nonpositive or bound is oo:
        return Max(bound, 0)
    return (bound if bound.is_extended_nonnegative else Max(bound, 0)) ** power


def inverse_bound(bound: Expr) -> Expr:
    """One over a bound of a positive variable, infinite for one that is not positive."""
    return exp(-log_bound(bound))


def _normal(lower: Expr, upper: Expr, args: Facts) -> tuple[Expr, ...]:
    place = (lower, upper, args["mean"], args["variance"])
    first = normal_interval_moment(1, *place)
    return first, first**2 + normal_interval_moment(2, *place)


def _log_normal(lower: Expr, upper: Expr, args: Facts) -> Expr:
    low, high = log_bound(lower), log_bound(upper)
    mass = normal_log_interval(low, high, args["mean"], args["variance"])
    return mass - at_exact(lower, upper, low)


def _weibull_place(lower: Expr, upper: Expr, args: Facts) -> tuple[Expr, ...]:
    """x^k is Exponential with rate s^-k."""
    k, s = args["shape"], args["scale"]
    return power_bound(lower, k), power_bound(upper, k), s ** (-k)


def _weibull(lower: Expr, upper: Expr, args: Facts) -> Expr:
    k = args["shape"]
    slope = log(k) + (k - 1) * log_bound(lower)
    mass = exponential_log_interval(*_weibull_place(lower, upper, args))
    return mass + at_exact(lower, upper, slope)


def _weibull_mean(lower: Expr, upper: Expr, args: Facts) -> tuple[Expr, ...]:
    return (exponential_interval_moment(1, *_weibull_place(lower, upper, args)),)


def _pareto(lower: Expr, upper: Expr, args: Facts) -> Expr:
    """log(x / minimum) is Exponential with rate the shape."""
    least = log(args["minimum"])
    low, high = log_bound(lower) - least, log_bound(upper) - least
    mass = exponential_log_interval(low, high, args["shape"])
    return mass - at_exact(lower, upper, log_bound(lower))


def _inverse_gamma_place(lower: Expr, upper: Expr, args: Facts) -> tuple[Expr, ...]:
    """1 / x is Gamma with rate the scale."""
    return inverse_bound(upper), inverse_bound(lower), args["shape"], args["scale"]


def _inverse_gamma(lower: Expr, upper: Expr, args: Facts) -> Expr:
    mass = gamma_log_interval(*_inverse_gamma_place(lower, upper, args))
    return mass - at_exact(lower, upper, 2 * log_bound(lower))


def _inverse_gamma_means(lower: Expr, upper: Expr, args: Facts) -> tuple[Expr, ...]:
    place = _inverse_gamma_place(lower, upper, args)
    return -gamma_interval_moment(0, 1, *place), gamma_interval_moment(1, 0, *place)


def _poisson_mean(lower: Expr, upper: Expr, args: Facts) -> tuple[Expr, ...]:
    """E[X] = r P(l - 1 <= X <= u - 1) / P(l <= X <= u)."""
    rate = args["rate"]
    earlier = poisson_log_interval(lower - 1, upper - 1, rate)
    return (rate * exp(earlier - poisson_log_interval(lower, upper, rate)),)


INTERVALS: dict[str, Interval] = {
    "Normal": Interval(
        lambda lo, hi, a: normal_log_interval(lo, hi, a["mean"], a["variance"]), _normal
    ),
    "LogNormal": Interval(
        _log_normal, lambda lo, hi, a: _normal(log_bound(lo), log_bound(hi), a)
    ),
    "Exponential": Interval(
        lambda lo, hi, a: exponential_log_interval(lo, hi, a["rate"]),
        lambda lo, hi, a: (exponential_interval_moment(1, lo, hi, a["rate"]),),
    ),
    "Weibull": Interval(_weibull, _weibull_mean, lambda x, a: (x ** a["shape"],)),
    "Pareto": Interval(_pareto),
    "Gamma": Interval(
        lambda lo, hi, a: gamma_log_interval(lo, hi, a["shape"], a["rate"]),
        lambda lo, hi, a: (
            gamma_interval_moment(0, 1, lo, hi, a["shape"], a["rate"]),
            gamma_interval_moment(1, 0, lo, hi, a["shape"], a["rate"]),
        ),
    ),
    "InverseGamma": Interval(_inverse_gamma, _inverse_gamma_means),
    "Poisson": Interval(
        lambda lo, hi, a: poisson_log_interval(lo, hi, a["rate"]), _poisson_mean
    ),
    "Geometric": Interval(
        # A geometric count is the whole part of an exponential variable.
        lambda lo, hi, a: exponential_log_interval(lo, hi + 1, -log(1 - a["p"]))
    ),
}  # fmt: skip
"""Name of a family to what is known of it between two bounds."""

INTERVAL_FUNCTIONS: tuple[type[Between], ...] = (
    normal_log_interval,
    normal_interval_moment,
    exponential_log_interval,
    exponential_interval_moment,
    gamma_log_interval,
    gamma_interval_moment,
    poisson_log_interval,
)
"""The functions that these are written with: programs must know them."""
