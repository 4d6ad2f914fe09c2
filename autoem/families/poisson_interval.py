"""A Poisson count between two bounds: the log of the probability."""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy
from scipy import special
from sympy import Expr

from autoem.families.between import Between


class poisson_log_interval(Between):
    """log P(l <= X <= u) of X ~ Poisson(r) with both counts included, of (l, u, r)."""

    nargs = 3

    def slope(self, number: int) -> Expr:
        lower, upper, rate = self.args
        return sympy.exp(poisson_log_interval(lower - 1, upper - 1, rate) - self) - 1

    @staticmethod
    def _imp_(lower: Any, upper: Any, rate: Any) -> Any:
        lower, upper = np.ceil(np.maximum(lower, 0)), np.floor(upper)
        with np.errstate(all="ignore"):
            before = np.where(lower > 0, special.gammaincc(np.maximum(lower, 1), rate), 0.0)
            low = (
                np.where(upper < 0, 0.0, special.gammaincc(np.maximum(upper, 0) + 1, rate)) - before
            )
            high = np.where(lower > 0, special.gammainc(np.maximum(lower, 1), rate), 1.0)
            high = high - special.gammainc(np.maximum(upper, 0) + 1, rate)
            return np.log(np.maximum(np.where(lower > rate, high, low), 0.0))
