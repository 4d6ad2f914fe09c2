"""The multivariate gamma function of a matrix law, with a dimension that may be symbolic.

    log Gamma_d(a) = d (d-1)/4 log pi + sum_{i<d} log Gamma(a - i/2),     a > (d-1)/2

Source: Muirhead (1982), section 2.1.2.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import sympy
from scipy import special
from sympy import Expr, log, loggamma, pi, polygamma
from sympy.core.function import ArgumentIndexError


class log_multigamma(sympy.Function):
    """log Gamma_d(a); its derivative by a is `multi_digamma(a, d)`.

    >>> sympy.expand_func(log_multigamma(sympy.Symbol("a"), 2))
    loggamma(a) + loggamma(a - 1/2) + log(pi)/2
    """

    nargs = 2

    def fdiff(self, argindex: int = 1) -> Expr:
        if argindex != 1:
            raise ArgumentIndexError(self, argindex)
        return multi_digamma(*self.args)

    def _eval_expand_func(self, **hints: Any) -> Expr:
        a, d = self.args
        return d * (d - 1) * log(pi) / 4 + _sum(loggamma, a, d) if d.is_Integer else self

    def _eval_evalf(self, prec: int) -> Expr:
        return self._eval_expand_func()._eval_evalf(prec) if self.is_number else None

    @staticmethod
    def _imp_(a: Any, d: int) -> Any:
        steps = np.arange(d) / 2
        logs = special.gammaln(np.asarray(a)[..., None] - steps).sum(axis=-1)
        return d * (d - 1) / 4 * np.log(np.pi) + logs


class multi_polygamma(sympy.Function):
    """psi_d of some order, sum_{i<d} psi(order, a - i/2); its derivative by a is the next order.

    >>> sympy.expand_func(multi_digamma(sympy.Symbol("a"), 2))
    polygamma(0, a) + polygamma(0, a - 1/2)
    """

    nargs = 3

    def fdiff(self, argindex: int = 2) -> Expr:
        order, a, d = self.args
        if argindex != 2:
            raise ArgumentIndexError(self, argindex)
        return multi_polygamma(order + 1, a, d)

    def _eval_expand_func(self, **hints: Any) -> Expr:
        order, a, d = self.args
        return _sum(lambda x: polygamma(order, x), a, d) if d.is_Integer else self

    def _eval_evalf(self, prec: int) -> Expr:
        return self._eval_expand_func()._eval_evalf(prec) if self.is_number else None

    @staticmethod
    def _imp_(order: int, a: Any, d: int) -> Any:
        return special.polygamma(order, np.asarray(a)[..., None] - np.arange(d) / 2).sum(axis=-1)


def multi_digamma(a: Expr, d: Expr) -> Expr:
    """The derivative of log Gamma_d."""
    return multi_polygamma(0, a, d)


def _sum(function: Any, a: Expr, d: Expr) -> Expr:
    return sympy.Add(*(function(a - sympy.Rational(i, 2)) for i in range(int(d))))
