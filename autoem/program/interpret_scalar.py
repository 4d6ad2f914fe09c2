"""Reading arrays and elementwise expressions on a grid of named axes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce

import numpy as np
from scipy import special

from autoem.families.bessel_k import BESSEL_FUNCTIONS
from autoem.families.interval import INTERVAL_FUNCTIONS
from autoem.families.multigamma import log_multigamma, multi_polygamma
from autoem.families.polya_gamma import POLYA_GAMMA_FUNCTIONS
from autoem.families.quantiles import QUANTILES
from autoem.program.ir import Call, IndexRead, Number, Position, Ref, Scalar


@dataclass(frozen=True)
class Scope:
    """The arrays defined so far (axes in declared order), and the size of every axis."""

    values: dict[str, np.ndarray]
    sizes: dict[str, int]

    def shape(self, axes: tuple[str, ...]) -> tuple[int, ...]:
        return tuple(self.sizes[axis] for axis in axes)


def read(scope: Scope, index: IndexRead, grid: tuple[str, ...]) -> np.ndarray:
    """An array, a position or an integer at every point of the grid (axes not read have size 1)."""
    if isinstance(index, int):
        return np.full((1,) * len(grid), index)
    if isinstance(index, str):
        shape = [scope.sizes[axis] if axis == index else 1 for axis in grid]
        return np.arange(scope.sizes[index]).reshape(shape)
    array = scope.values[index.name]
    if not index.axes:
        return array.reshape((1,) * len(grid))
    return array[tuple(read(scope, place, grid) for place in index.axes)]


def product(arrays: list[np.ndarray]) -> np.ndarray:
    """Product of arrays in which zero times infinity is zero."""
    with np.errstate(invalid="ignore", over="ignore"):
        value = reduce(np.multiply, arrays)
    zero = reduce(np.logical_or, [array == 0 for array in arrays])
    unknown = reduce(np.logical_or, [np.isnan(array) for array in arrays])
    return np.where(zero & ~unknown, 0.0, value)


def scalar(scope: Scope, expression: Scalar, grid: tuple[str, ...]) -> np.ndarray:
    """An elementwise expression on the grid."""
    match expression:
        case Ref():
            return read(scope, expression, grid)
        case Number(value):
            return np.full((1,) * len(grid), float(value))
        case Position(axis):
            return read(scope, axis, grid)
        case Call("multiply", arguments):
            return _multiply(scope, arguments, grid)
        case Call(function, arguments):
            values = [scalar(scope, argument, grid) for argument in arguments]
            with np.errstate(all="ignore"):
                return MEANING[function](*values)


def divisor(factor: Scalar) -> Scalar | None:
    """b ** c where the factor is written as a division, b ** -c."""
    match factor:
        case Call("power", (base, Number(exponent))) if exponent < 0:
            return Call("power", (base, Number(-exponent)))
    return None


def _multiply(scope: Scope, factors: tuple[Scalar, ...], grid: tuple[str, ...]) -> np.ndarray:
    """a * b / c: zero times infinity is zero, and 0/0 stays NaN."""
    one = np.ones((1,) * len(grid))
    below = [divisor(factor) for factor in factors]
    above = [factor for factor, under in zip(factors, below, strict=True) if under is None]
    over = product([one, *(scalar(scope, factor, grid) for factor in above)])
    under = product([one, *(scalar(scope, base, grid) for base in below if base is not None)])
    with np.errstate(all="ignore"):
        return over / under


def index_of(values: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Whole numbers as indices along an axis of that size."""
    if np.any((values < 0) | (values >= size)):
        raise IndexError("an index is outside its axis")
    return np.asarray(values).astype(int)


def _converging(a: np.ndarray, d: np.ndarray, value: np.ndarray, edge: float) -> np.ndarray:
    """The value above (d - 1) / 2, where the multivariate gamma integral converges."""
    return np.where(a > (d - 1) / 2, value, edge)


MEANING: dict[str, Callable[..., np.ndarray]] = {
    "add": lambda *terms: reduce(np.add, terms),
    "scaled_entries": lambda *factors: product(list(factors)),
    "power": lambda x, y: np.power(np.asarray(x, dtype=np.float64), y),
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "xlogy": special.xlogy,
    "log1p": np.log1p,
    "expm1": np.expm1,
    "gammaln": special.gammaln,
    "digamma": special.digamma,
    "polygamma": special.polygamma,
    "betaln": special.betaln,
    "expit": special.expit,
    "logaddexp": np.logaddexp,
    "equal": np.equal,
    "less": np.less,
    "less_equal": np.less_equal,
    "where": np.where,
    "abs": np.abs,
    "maximum": np.maximum,
    "minimum": np.minimum,
    "erf": special.erf,
    "log_ndtr": special.log_ndtr,
    "known": lambda x: np.where(np.isnan(x), 0.0, x),
    "log_zero": lambda x: np.where(x == 0, 0.0, -np.inf),
    "finite_log": lambda x: np.maximum(np.log(x), -1e300),
    "sign": np.sign,
    "cos": np.cos,
    "sin": np.sin,
    "atan2": np.arctan2,
    "outside": lambda x, lower, upper: np.where((lower <= x) & (x <= upper), 0.0, -np.inf),
    "gamma": special.gamma,
    "log_bessel_i0": lambda c: np.log(special.i0e(c)) + c,
    "bessel_ratio": lambda c: special.i1e(c) / special.i0e(c),
    "log_multigamma": lambda a, d: _converging(
        a, d, log_multigamma._imp_(a, int(d.item())), np.inf
    ),
    "multi_polygamma": lambda m, a, d: _converging(
        a, d, multi_polygamma._imp_(int(m.item()), a, int(d.item())), np.inf if m else -np.inf
    ),
    "index_of": index_of,
    **{
        f.__name__: f._imp_
        for f in (*INTERVAL_FUNCTIONS, *BESSEL_FUNCTIONS, *POLYA_GAMMA_FUNCTIONS, *QUANTILES)
    },
}
"""What each elementwise function means (multiply is above, for its convention)."""
