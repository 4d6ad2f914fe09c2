"""Draws from laws as functions of a standard normal e: F^-1(Phi(e)), F a distribution function."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy
from scipy import special


class gumbel_quantile(sympy.Function):
    """Of exp(-exp(-x)), of (e)."""

    nargs = 1
    is_extended_real = True

    @staticmethod
    def _imp_(e: Any) -> Any:
        return -np.log(-np.log(special.ndtr(e)))


class gamma_quantile(sympy.Function):
    """Of Gamma(shape, rate 1), of (shape, e)."""

    nargs = 2
    is_positive = True

    @staticmethod
    def _imp_(shape: Any, e: Any) -> Any:
        return special.gammaincinv(shape, special.ndtr(e))


class beta_quantile(sympy.Function):
    """Of Beta(a, b), of (a, b, e)."""

    nargs = 3
    is_positive = True

    @staticmethod
    def _imp_(a: Any, b: Any, e: Any) -> Any:
        return special.betaincinv(a, b, special.ndtr(e))


QUANTILES: tuple[Any, ...] = (gumbel_quantile, gamma_quantile, beta_quantile)
