"""The operators of Python, read as mathematics.

Whatever can stand in a formula is an `Operand`: it says how a function is applied to it, how it is
looked up and how it is contracted, and gets the operators from here.  What has no meaning for a
formula (a truth value, a loop, a conversion to float) is refused, with a word on what to write.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import Any, Generic, NoReturn, TypeVar

from autoem.errors import NoTruthValue

E = TypeVar("E")


class Operand(ABC, Generic[E]):
    """Anything that may stand in a formula; `E` is what its operators give."""

    __array_ufunc__ = None  # so that an array leaves `array * expression` to the expression

    @abstractmethod
    def _apply(self, operator: str, *operands: Any) -> E: ...

    @abstractmethod
    def _look_up(self, index: Any) -> E: ...

    @abstractmethod
    def _contract(self, left: Any, right: Any) -> E: ...

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

    def __bool__(self) -> NoReturn:
        raise NoTruthValue(problem="an expression has no truth value", write="where(c, a, b)")

    def __iter__(self) -> Iterator[NoReturn]:
        raise NoTruthValue(problem="an expression cannot be looped over", write="over=")

    def __float__(self) -> NoReturn:
        raise NoTruthValue(problem="an expression has no number", write="exp, log, sqrt of autoem")

    __int__ = __index__ = __len__ = __float__  # type: ignore[assignment]
