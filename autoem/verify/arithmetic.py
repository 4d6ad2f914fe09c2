"""What a node of a sympy tree makes of the numbers of its arguments.

Zero times infinity is zero, log 0 is minus infinity, and sums are exact.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np
import sympy
from scipy import special

from autoem.errors.verification import NotJudged
from autoem.families.bessel_k import BESSEL_FUNCTIONS
from autoem.families.family import log_zero, outside
from autoem.families.multigamma import log_multigamma, multi_polygamma
from autoem.families.von_mises import bessel_ratio, log_bessel_i0


def applied(node: sympy.Expr, values: Sequence[float]) -> float:
    """The value of a node whose arguments have these values.

    >>> x, y = sympy.symbols("x y")
    >>> applied(x * y, [0.0, math.inf]), applied(x + y, [1.0, 2.0]), applied(sympy.log(x), [0.0])
    (0.0, 3.0, -inf)
    """
    if isinstance(node, sympy.Add):
        return added(values)
    if isinstance(node, sympy.Mul):
        return multiplied(values)
    if isinstance(node, sympy.Pow):
        return _power(*values)
    function = FUNCTIONS.get(type(node)) or getattr(type(node), "_imp_", None)
    if function is None:
        raise NotJudged(what=f"the function {type(node).__name__}")
    with np.errstate(all="ignore"):
        return float(function(*map(np.float64, values)))


def added(values: Sequence[float]) -> float:
    """The exact sum; plain where something is infinite."""
    return math.fsum(values) if all(map(math.isfinite, values)) else float(sum(values))


def multiplied(values: Sequence[float]) -> float:
    """The product, zero where a factor is zero and none is unknown."""
    return 0.0 if 0.0 in values and not any(map(math.isnan, values)) else math.prod(values)


def _power(base: float, exponent: float) -> float:
    if base == 0 and exponent < 0:
        return math.inf
    if base < 0 and exponent != int(exponent):
        return math.nan
    return float(base**exponent)


def _log(x: float) -> float:
    return math.log(x) if x > 0 else -math.inf if x == 0 else math.nan


FUNCTIONS: dict[type, Callable[..., float]] = {
    sympy.log: _log,
    sympy.exp: lambda x: math.exp(x) if x < 700 else math.inf,
    sympy.loggamma: lambda x: float(special.gammaln(x)),
    sympy.polygamma: lambda n, x: float(special.psi(x) if n == 0 else special.polygamma(int(n), x)),
    sympy.Abs: abs,
    sympy.sign: lambda x: float(np.sign(x)),
    sympy.Max: max,
    sympy.Min: min,
    sympy.erf: math.erf,
    log_zero: lambda x: 0.0 if x == 0 else -math.inf,
    outside: lambda x, lower, upper: 0.0 if lower <= x <= upper else -math.inf,
    sympy.cos: math.cos,
    sympy.sin: math.sin,
    sympy.atan2: math.atan2,
    sympy.gamma: lambda x: float(special.gamma(x)),
    log_bessel_i0: lambda c: math.log(special.i0e(c)) + c,
    **{f: (lambda p, w, f=f: float(f._imp_(p, w))) for f in BESSEL_FUNCTIONS},
    bessel_ratio: lambda c: float(special.i1e(c) / special.i0e(c)),
    log_multigamma: lambda a, d: (
        float(special.multigammaln(a, int(d))) if a > (d - 1) / 2 else math.inf
    ),
    multi_polygamma: lambda n, a, d: sum(
        float(special.polygamma(int(n), a - i / 2)) for i in range(int(d))
    ),
}
"""What each function of an expression means."""
