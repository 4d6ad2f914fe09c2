"""Functions that NumPy and SciPy do not have under one name, written out."""

from __future__ import annotations

import math
from collections.abc import Callable

from autoem.backends.numpy.tree import Binary, Expr, Literal, invoke

Codes = tuple[Expr, ...]


def _log_zero(codes: Codes) -> Expr:
    return _zero_where(Binary("==", codes[0], Literal(0)))


def _known(codes: Codes) -> Expr:
    return invoke("np.where", invoke("np.isnan", *codes), Literal(0.0), *codes)


def _zero_where(condition: Expr) -> Expr:
    return invoke("np.where", condition, Literal(0.0), Literal(-math.inf))


def _outside(codes: Codes) -> Expr:
    """Zero between the bounds; an infinite bound is not asked about."""
    x, lower, upper = codes
    sides = [Binary("<=", lower, x), Binary("<=", x, upper)]
    asked = [side for side in sides if math.inf not in map(_absolute, (side.left, side.right))]
    if len(asked) == 2:
        return _zero_where(invoke("np.logical_and", *asked))
    return _zero_where(asked[0]) if asked else Literal(0.0)


def _absolute(code: Expr) -> float:
    return abs(code.value) if isinstance(code, Literal) and isinstance(code.value, float) else 0.0


def _log_bessel_i0(codes: Codes) -> Expr:
    """Scaled by exp(-c), which does not overflow."""
    return Binary("+", invoke("np.log", invoke("special.i0e", *codes)), codes[0])


def _bessel_ratio(codes: Codes) -> Expr:
    return Binary("/", invoke("special.i1e", *codes), invoke("special.i0e", *codes))


WRITTEN: dict[str, Callable[[Codes], Expr]] = {
    "log_zero": _log_zero,
    "outside": _outside,
    "known": _known,
    "log_bessel_i0": _log_bessel_i0,
    "bessel_ratio": _bessel_ratio,
}
"""Function to its code, by the codes of the arguments."""

INFINITE = ("log", "xlogy", "log_zero", "outside")
"""Functions that may be infinite."""

SCIPY = ("log_bessel_i0", "bessel_ratio")
"""Those that are written with `scipy.special`."""

NUMPY_NAMES = {"atan2": "arctan2"}
"""Functions that NumPy calls otherwise."""
