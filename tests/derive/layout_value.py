"""The value of a layout: what a formula on the page says, computed as it stands.

Symbols of declared variables have their arrays; any other symbol (a responsibility, an
expectation, a shift) has the value of the equation on the page that introduces it.  A symbol with
fewer subscripts than its array has axes is a column vector or a matrix.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import product
from typing import Any

import numpy as np
from scipy import special

from autoem.derive.explain.layout import (
    Add,
    Call,
    Density,
    Expectation,
    Factorial,
    Indicator,
    Math,
    Negative,
    Norm,
    Number,
    Power,
    Product,
    Quotient,
    Relation,
    Series,
    Size,
    Softmax,
    Symbol,
    Transpose,
    Words,
    parts_of,
)

Key = tuple[str, str, str]

FUNCTIONS: Mapping[str, Any] = {
    "exp": np.exp, "ψ": special.digamma, "logistic": special.expit, "sqrt": np.sqrt,
    "tr": np.trace, "diag": lambda v: np.diag(np.ravel(v)), "det": np.linalg.det,
    "trigamma": lambda x: special.polygamma(1, x),
    "Γ": special.gamma, "log": np.log, "abs": abs, "sin": np.sin, "cos": np.cos,
    "tanh": np.tanh, "I₀": special.i0, "I₁": special.i1,
}  # fmt: skip


def key(symbol: Symbol) -> Key:
    """What tells a symbol from another, but for its subscripts."""
    return (symbol.name, symbol.superscript, symbol.accent)


@dataclass
class Meaning:
    """Arrays by symbol, sizes by index letter, and the equations that define the other symbols."""

    arrays: dict[Key, np.ndarray]
    sizes: dict[str, int]
    definitions: list[tuple[Math, Math]] = field(default_factory=list)
    scope: dict[str, int] = field(default_factory=dict)

    def define(self, line: Relation) -> None:
        """Take `left = ... = right` as what the left side means."""
        self.definitions.append((line.sides[0], line.sides[-1]))

    def within(self, **letters: int) -> Meaning:
        """The same with values for some indices."""
        return replace(self, scope={**self.scope, **letters})

    def value(self, math: Math) -> Any:
        """The number, column or matrix that a layout stands for."""
        match math:
            case Number(value=value):
                return float(value)
            case Size(index=index):
                return float(self.sizes[index.name])
            case Symbol():
                return self.symbol(math)
            case Add(terms=terms):
                return sum((self.value(term) for term in terms[1:]), self.value(terms[0]))
            case Negative(body=body):
                return -self.value(body)
            case Product(factors=factors):
                return self.product(factors)
            case Quotient(numerator=above, denominator=below):
                return self.value(above) / self.value(below)
            case Transpose(body=body):
                return np.atleast_2d(self.value(body)).T
            case Norm(body=body):
                return float(np.linalg.norm(self.value(body)))
            case Series():
                return self.series(math)
            case Indicator(condition=condition):
                return float(self.holds(condition))
            case Power(base=base, exponent=exponent):
                return self.power(base, exponent)
            case Density(name="max" | "min" as name, arguments=parts):
                return {"max": max, "min": min}[name](map(self.value, parts))
            case Density(name="atan2", arguments=(above, below)):
                return np.arctan2(self.value(above), self.value(below))
            case Softmax(argument=argument, index=index):
                shares = [
                    np.exp(self.within(**{index.name: at}).value(argument))
                    for at in range(self.sizes[index.name.rstrip("′")])
                ]
                return float(shares[int(self.value(index))] / sum(shares))
            case Call():
                return self.call(math)
        return self.defined(math)

    def symbol(self, symbol: Symbol) -> Any:
        if not symbol.subscripts and symbol.name in self.scope:
            return self.scope[symbol.name]
        if key(symbol) in self.arrays:
            at = tuple(int(self.value(mark)) for mark in symbol.subscripts)
            found = self.arrays[key(symbol)][at]
            return found[:, None] if found.ndim == 1 else found if found.ndim else float(found)
        root = replace(symbol, superscript="2")
        if symbol.superscript == "4" and key(root) in self.arrays:
            return self.symbol(root) ** 2
        if symbol == Symbol("π"):
            return np.pi
        if symbol == Symbol("I"):
            return Identity()
        if symbol.name.lower() in self.sizes and not symbol.subscripts:
            return float(self.sizes[symbol.name.lower()])
        return self.defined(symbol)

    def product(self, factors: tuple[Math, ...]) -> Any:
        result: Any = 1.0
        for factor in factors:
            if np.ndim(result) == 0 and result == 0:
                return 0.0  # zero times log zero is zero, and so is what is not there
            value = self.value(factor)
            matrices = np.ndim(result) == 2 and np.ndim(value) == 2
            result = result @ value if matrices else result * value
        return float(result[0, 0]) if np.shape(result) == (1, 1) else result

    def series(self, math: Series) -> Any:
        letters = [index.name for index in math.indices]
        ranges = [range(self.sizes[letter.rstrip("′")]) for letter in letters]
        total: Any = 0.0
        for at in product(*ranges):
            inner = self.within(**dict(zip(letters, at, strict=True)))
            if all(map(inner.holds, math.conditions)):
                total = total + inner.value(math.body)
        return total

    def holds(self, condition: Math) -> bool:
        assert isinstance(condition, Relation)
        if isinstance(condition.sides[-1], Words):
            return self.marked(*condition.sides)
        sides = [self.value(side) for side in condition.sides]
        pairs = zip(sides, sides[1:], condition.symbols, strict=False)
        return all(RELATIONS[symbol](left, right) for left, right, symbol in pairs)

    def marked(self, symbol: Math, word: Math) -> bool:
        """[p_k free] and [p_k held]"""
        assert isinstance(symbol, Symbol) and isinstance(word, Words)
        at = tuple(int(self.value(mark)) for mark in symbol.subscripts)
        free = self.arrays[(symbol.name, symbol.superscript, "free")][at]
        return bool(free) == {"free": True, "held": False}[word.text]

    def power(self, base: Math, exponent: Math) -> Any:
        value, number = self.value(base), self.value(exponent)
        if np.ndim(value) == 2:
            assert number == -1, "a matrix has no power but its inverse"
            return np.linalg.inv(value)
        return value**number

    def call(self, math: Call) -> Any:
        if math.function == "log" and isinstance(math.argument, Factorial):
            return float(special.gammaln(self.value(math.argument.body) + 1))
        value = self.value(math.argument)
        with np.errstate(divide="ignore"):
            return FUNCTIONS[math.function](value)

    def defined(self, math: Math) -> Any:
        """The right side of the equation whose left side this is, at other indices."""
        for left, right in self.definitions:
            if isinstance(left, Power) and not isinstance(math, Power):
                found = self.matched(left.base, math)
                if found is not None:
                    return _inverse(self.within(**found).value(right))
            found = self.matched(left, math)
            if found is not None:
                return self.within(**found).value(right)
        raise KeyError(f"nothing on the page says what {math} is")

    def matched(self, pattern: Math, math: Math) -> dict[str, int] | None:
        """The values of the pattern's indices at which it is the layout."""
        if isinstance(pattern, Symbol) and isinstance(math, Symbol):
            if key(pattern) != key(math) or len(pattern.subscripts) != len(math.subscripts):
                return None
            return self.letters(pattern.subscripts, math.subscripts)
        if type(pattern) is not type(math):
            return None
        if isinstance(pattern, Expectation) and isinstance(math, Expectation):
            if pattern.operator != math.operator or len(pattern.states) != len(math.states):
                return None
            inner = self.matched(pattern.body, math.body)
            states = self.letters(pattern.states, math.states)
            return None if inner is None or states is None else {**inner, **states}
        mine, theirs = parts_of(pattern), parts_of(math)
        if len(mine) != len(theirs) or _plain(pattern) != _plain(math):
            return None
        result: dict[str, int] = {}
        for one, other in zip(mine, theirs, strict=True):
            found = self.matched(one, other)
            if found is None:
                return None
            result.update(found)
        return result

    def is_index(self, mark: Math) -> bool:
        return isinstance(mark, Number) or (
            isinstance(mark, Symbol) and mark.name.rstrip("′") in self.sizes
        )

    def letters(self, mine: tuple[Math, ...], theirs: tuple[Math, ...]) -> dict[str, int] | None:
        result = {}
        for one, other in zip(mine, theirs, strict=True):
            if isinstance(one, Symbol) and not self.is_index(one):
                if one != other:
                    return None  # the name of a parameter, as in a block of a Hessian
                continue
            value = int(self.value(other))
            if isinstance(one, Number):
                if one.value != value:
                    return None
            elif isinstance(one, Symbol) and not one.subscripts:
                result[one.name] = value
            elif int(self.value(one)) != value:
                return None
        return result


RELATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq, "≠": operator.ne, ">": operator.gt, "<": operator.lt, "≥": operator.ge,
    "≤": operator.le,
}  # fmt: skip


@dataclass(frozen=True)
class Identity:
    """A number times the identity matrix, of whatever size it is added to."""

    number: float = 1.0
    __array_priority__ = 100.0

    def __mul__(self, other: float) -> Identity:
        return Identity(self.number * other)

    def __truediv__(self, other: float) -> Identity:
        return Identity(self.number / other)

    def __add__(self, other: np.ndarray) -> np.ndarray:
        return self.number * np.eye(len(other)) + other

    __rmul__, __radd__ = __mul__, __add__


def _inverse(value: Any) -> Any:
    return np.linalg.inv(value) if np.ndim(value) == 2 else 1 / value


def _plain(math: Math) -> tuple[object, ...]:
    """What a layout says besides its parts."""
    return tuple(v for v in vars(math).values() if isinstance(v, str | Fraction))


def free_letters(math: Math, sizes: Mapping[str, int], bound: tuple[str, ...] = ()) -> list[str]:
    """The index letters that a layout leaves free, in order."""
    if isinstance(math, Symbol) and not math.subscripts and math.name.rstrip("′") in sizes:
        return [] if math.name in bound else [math.name]
    if isinstance(math, Series):
        bound = (*bound, *(index.name for index in math.indices))
    found = [letter for part in parts_of(math) for letter in free_letters(part, sizes, bound)]
    return list(dict.fromkeys(found))
