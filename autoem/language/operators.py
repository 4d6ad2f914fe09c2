"""The operators of Python, read as mathematics.

Whatever can stand in a formula is an `Operand`.  It says what a function applied to it is, what a
lookup of it is, and what a contraction of it is; the operators follow from these three.  What has
no meaning for a formula (a truth value, a loop, a conversion to float) is refused, with a word on
what to write instead.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from numbers import Real
from typing import Any, Generic, NoReturn, TypeVar

from autoem.errors import NoValue

E = TypeVar("E")

UFUNCS = {
    "add": "add",
    "subtract": "subtract",
    "multiply": "multiply",
    "divide": "divide",
    "power": "power",
    "float_power": "power",
    "negative": "negative",
    "exp": "exp",
    "log": "log",
    "sqrt": "sqrt",
    "less": "less",
    "less_equal": "less_equal",
    "greater": "greater",
    "greater_equal": "greater_equal",
}
"""Functions of NumPy to operators: `array * x` and `np.exp(x)` mean those of the language."""


class Operand(ABC, Generic[E]):
    """Anything that may stand in a formula; `E` is what its operators give."""

    @abstractmethod
    def _apply(self, operator: str, *operands: Any) -> E: ...

    @abstractmethod
    def _look_up(self, index: Any) -> E: ...

    @abstractmethod
    def _contract(self, left: Any, right: Any) -> E: ...

    @abstractmethod
    def _compares_with(self, other: object) -> bool:
        """Whether `self == other` is a comparison of values, and not of identity."""

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> Any:
        return self._apply("equal", self, other) if self._compares_with(other) else self is other

    def __add__(self, other: Any) -> E:
        return self._apply("add", self, other)

    def __radd__(self, other: Any) -> E:
        return self._apply("add", other, self)

    def __sub__(self, other: Any) -> E:
        return self._apply("subtract", self, other)

    def __rsub__(self, other: Any) -> E:
        return self._apply("subtract", other, self)

    def __mul__(self, other: Any) -> E:
        return self._apply("multiply", self, other)

    def __rmul__(self, other: Any) -> E:
        return self._apply("multiply", other, self)

    def __truediv__(self, other: Any) -> E:
        return self._apply("divide", self, other)

    def __rtruediv__(self, other: Any) -> E:
        return self._apply("divide", other, self)

    def __pow__(self, other: Any) -> E:
        return self._apply("power", self, other)

    def __rpow__(self, other: Any) -> E:
        return self._apply("power", other, self)

    def __neg__(self) -> E:
        return self._apply("negative", self)

    def __lt__(self, other: Any) -> E:
        return self._apply("less", self, other)

    def __le__(self, other: Any) -> E:
        return self._apply("less_equal", self, other)

    def __gt__(self, other: Any) -> E:
        return self._apply("greater", self, other)

    def __ge__(self, other: Any) -> E:
        return self._apply("greater_equal", self, other)

    def __matmul__(self, other: Any) -> E:
        return self._contract(self, other)

    def __rmatmul__(self, other: Any) -> E:
        return self._contract(other, self)

    def __getitem__(self, index: Any) -> E:
        return self._look_up(index)

    def __array_ufunc__(self, ufunc: Any, method: str, *operands: Any, **_: Any) -> E:
        if ufunc.__name__ == "matmul":
            return self._contract(*operands)
        if method != "__call__" or ufunc.__name__ not in UFUNCS:
            raise NoValue(use="NumPy value", write="exp, log, sqrt, where or dot of autoem")
        return self._apply(UFUNCS[ufunc.__name__], *operands)

    def __bool__(self) -> NoReturn:
        raise NoValue(
            use="truth value",
            write="where(a < b, x, y) for if; (a < b) * (b < c) for `and` and for a < b < c",
        )

    def __iter__(self) -> Iterator[NoReturn]:
        raise NoValue(use="entries to loop over", write="over=n in the declaration, or dot(u, v)")

    def __len__(self) -> NoReturn:
        raise NoValue(use="length", write="Ones(k) and dot for sums; sizes={'k': 3} in fit")

    def __float__(self) -> NoReturn:
        raise NoValue(use="number", write="exp, log and sqrt of autoem for those of math")

    def __int__(self) -> NoReturn:
        raise NoValue(use="number", write="the expression itself")

    def __index__(self) -> NoReturn:
        raise NoValue(use="number", write="mean = Parameter(..., over=k), and mean[z] to look up")


def is_number(value: object) -> bool:
    """Whether the value is a real number: of Python, of fractions or of NumPy."""
    return isinstance(value, Real) and not isinstance(value, bool)
