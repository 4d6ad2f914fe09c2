"""The modified Bessel function of the second kind, as a function of its order too.

    K_p(w) = int exp(p t - w cosh t) dt / 2  over the line,    K_-p = K_p

so that d log K / dp is the mean of t in that law, and d log K / dw = p/w - K_{p+1}/K_p.
Source: Jorgensen (1982), appendix.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy
from scipy import special
from sympy import Expr
from sympy.core.function import ArgumentIndexError


class log_bessel_k(sympy.Function):
    """log K_p(w), of (p, w)."""

    nargs = 2

    def fdiff(self, argindex: int = 1) -> Expr:
        p, w = self.args
        return bessel_k_slope(p, w) if argindex == 1 else p / w - bessel_k_ratio(p, w)

    def _eval_evalf(self, prec: int) -> Expr:
        return sympy.log(sympy.besselk(*self.args))._eval_evalf(prec)

    @staticmethod
    def _imp_(p: Any, w: Any) -> Any:
        return np.log(special.kve(p, w)) - w


class bessel_k_ratio(sympy.Function):
    """K_{p+1}(w) / K_p(w), of (p, w)."""

    nargs = 2
    is_positive = True

    def fdiff(self, argindex: int = 1) -> Expr:
        p, w = self.args
        if argindex == 1:
            return self * (bessel_k_slope(p + 1, w) - bessel_k_slope(p, w))
        return self**2 - (2 * p + 1) / w * self - 1

    def _eval_evalf(self, prec: int) -> Expr:
        p, w = self.args
        return (sympy.besselk(p + 1, w) / sympy.besselk(p, w))._eval_evalf(prec)

    @staticmethod
    def _imp_(p: Any, w: Any) -> Any:
        return special.kve(np.add(p, 1), w) / special.kve(p, w)


class bessel_k_slope(sympy.Function):
    """d log K_p(w) / dp, of (p, w): the mean of t."""

    nargs = 2

    def fdiff(self, argindex: int = 1) -> Expr:
        p, w = self.args
        if argindex == 1:
            raise ArgumentIndexError(self, argindex)
        return 1 / w - bessel_k_ratio(p, w) * (bessel_k_slope(p + 1, w) - bessel_k_slope(p, w))

    @staticmethod
    def _imp_(p: Any, w: Any) -> Any:
        """By the trapezoidal rule on a wide grid about the mode."""
        p, w = np.broadcast_arrays(np.asarray(p, float)[..., None], np.asarray(w, float)[..., None])
        mode = np.arcsinh(p / w)
        t = mode + np.linspace(-1, 1, 20001) * np.maximum(40 / np.hypot(p, w) ** 0.5, 1.0)
        with np.errstate(over="ignore"):
            weight = np.exp(p * (t - mode) - w * (np.cosh(t) - np.cosh(mode)))
        return (weight * t).sum(axis=-1) / weight.sum(axis=-1)


class bessel_width(sympy.Function):
    """w = sqrt(a b), of (a, b), which is held from zero: where b = 0 a row is met exactly, and
    K_p(w) may be infinite."""

    nargs = 2
    is_positive = True

    def fdiff(self, argindex: int = 1) -> Expr:
        return self.args[2 - argindex] / (2 * self)

    def _eval_evalf(self, prec: int) -> Expr:
        return sympy.sqrt(self.args[0] * self.args[1])._eval_evalf(prec)

    @staticmethod
    def _imp_(a: Any, b: Any) -> Any:
        return np.sqrt(np.multiply(a, b) + 1e-20)


BESSEL_FUNCTIONS: tuple[Any, ...] = (log_bessel_k, bessel_k_ratio, bessel_k_slope, bessel_width)
