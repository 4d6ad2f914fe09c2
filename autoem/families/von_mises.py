"""VonMises(mean m, concentration c):  p(x) = exp(c cos(x-m)) / (2 pi I0(c)),  x an angle."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, final

import numpy as np
from scipy.special import i0e, i1e
from sympy import Expr, Function, atan2, besseli, cos, log, pi, sin, sqrt

from autoem.families.constructor import constructor, distribution
from autoem.families.family import (
    Argument,
    Arrays,
    ExponentialForm,
    Facts,
    FreshIndex,
    Readings,
    Size,
    Summands,
    summands,
)
from autoem.language.distribution import Distribution
from autoem.language.expression import ExpressionLike


class log_bessel_i0(Function):
    """log I0(c), where I0 is the modified Bessel function; its derivative is A = I1/I0.

    >>> log_bessel_i0(1000).evalf(10)
    995.6273089
    """

    def fdiff(self, argindex: int = 1) -> Expr:
        return bessel_ratio(self.args[0])

    def _eval_evalf(self, prec: int) -> Expr:
        return log(besseli(0, *self.args))._eval_evalf(prec)

    @staticmethod
    def _imp_(c: Any) -> Any:
        return np.log(i0e(c)) + c


class bessel_ratio(Function):
    """A(c) = I1(c) / I0(c), the mean length of a direction; A' = 1 - A/c - A^2."""

    def fdiff(self, argindex: int = 1) -> Expr:
        return 1 - self / self.args[0] - self**2

    def _eval_evalf(self, prec: int) -> Expr:
        return (besseli(1, *self.args) / besseli(0, *self.args))._eval_evalf(prec)

    @staticmethod
    def _imp_(c: Any) -> Any:
        return i1e(c) / i0e(c)


@final
@dataclass(frozen=True)
class VonMisesFamily(ExponentialForm):
    """T = (cos x, sin x),  eta = (c cos m, c sin m),  A = log(2 pi I0(c))."""

    name = "VonMises"
    arguments = (Argument("mean", "real"), Argument("concentration", "positive"))
    support = "angle"
    conjugates = {"mean": "VonMises"}

    def log_density(self, value: Any, arguments: Readings, index: FreshIndex) -> Summands:
        x, m, c = value(), arguments["mean"](), arguments["concentration"]()
        aligned = (c * cos(x) * cos(m), c * sin(x) * sin(m))  # c cos(x - m)
        return summands(*aligned, -log_bessel_i0(c), -log(2 * pi))

    def statistics(self, x: Expr) -> tuple[Expr, ...]:
        return (cos(x), sin(x))

    def natural(self, args: Facts) -> tuple[Expr, ...]:
        m, c = args["mean"], args["concentration"]
        return (c * cos(m), c * sin(m))

    def log_normalizer(self, args: Facts) -> Expr:
        return log_bessel_i0(args["concentration"]) + log(2 * pi)

    def from_natural(self, eta: Sequence[Expr]) -> dict[str, Expr]:
        east, north = eta
        return {"mean": atan2(north, east), "concentration": sqrt(east**2 + north**2)}

    def expectations(self, args: Facts) -> tuple[Expr, ...]:
        m, length = args["mean"], bessel_ratio(args["concentration"])
        return (length * cos(m), length * sin(m))

    def mean(self, args: Facts) -> Expr:
        return args["mean"]

    def entropy(self, args: Facts) -> Expr:
        c = args["concentration"]
        return self.log_normalizer(args) - c * bessel_ratio(c)

    def sample(self, generator: np.random.Generator, args: Arrays, size: Size = None) -> np.ndarray:
        return np.asarray(generator.vonmises(args["mean"], args["concentration"], size))


VON_MISES = VonMisesFamily()


@constructor
def VonMises(mean: ExpressionLike, *, concentration: ExpressionLike) -> Distribution:
    """p(x) = exp(concentration cos(x - mean)) / (2 pi I0(concentration)), for an angle x.

    Angles are in radians and any turn of them; zero concentration is uniform on the circle, a large
    one nearly normal with variance 1 / concentration.  By position it raises `BadArguments`.
    Source: Mardia, Jupp (2000), section 3.5.4.

    >>> VonMises(0, concentration=2).argument("concentration").value
    Fraction(2, 1)
    """
    return distribution(VON_MISES, mean, concentration)
