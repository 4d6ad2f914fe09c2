"""The units of the parameters, by dimensional analysis of the log joint.

Every term of log p(x, z; theta) is a pure number, whatever x is measured in.  From

    -(x - mean)^2 / (2 variance)

follow [mean] = [x] and [variance] = [x]^2.  A sum has the unit of each of its parts, a product the
sum of exponents, the argument of an exponential none, that of a logarithm any.  So the terms are
linear equations in the exponents, solved with those of real data left free: an equation that would
tie data to a number of the declaration (a known variance of 1) says nothing of their scale.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import sympy

from autoem.derive.log_joint import LogJoint
from autoem.derive.quantity import (
    Declared,
    Defined,
    Element,
    Entries,
    LogPartition,
    MatrixFunction,
    Quantity,
)
from autoem.derive.term import Term
from autoem.families.family import outside
from autoem.language.declaration import Given, Observed, Parameter, Variable

Unit = Mapping[str, sympy.Rational]
"""Exponent by name; an equation says that this product of powers is a pure number."""

PURE = (sympy.exp, sympy.loggamma, sympy.digamma, sympy.cos, sympy.sin)
"""Functions of pure numbers."""
SCALED = ("real", "vector", "positive", "nonnegative", "positive_definite")
"""Domains and supports whose values have a unit; counts, labels and probabilities have none."""


def units(joint: LogJoint) -> dict[str, dict[str, float]]:
    """Parameter to the exponents of the data of which it is a product, where these follow.

    >>> from autoem import Axis, Model, Normal, Observed, Parameter, Positive, Real
    >>> from autoem.derive.log_joint import log_joint
    >>> from autoem.graph import factor_graph
    >>> class Sample(Model):
    ...     n = Axis()
    ...     mean, variance = Parameter(Real()), Parameter(Positive())
    ...     x = Observed(Normal(mean, variance=variance), over=n)
    >>> units(log_joint(factor_graph(Sample)))
    {'mean': {'x': 1.0}, 'variance': {'x': 2.0}}
    """
    data = tuple(v.name for v in _variables(joint) if isinstance(v, Given | Observed))
    found = [equation for term in joint.terms for equation in _pure(term.value)]
    solved = _solved(found, data)
    parameters = (v.name for v in _variables(joint) if isinstance(v, Parameter))
    known = {name: solved.get(name) for name in parameters}
    return {
        name: {other: float(power) for other, power in unit.items()}
        for name, unit in known.items()
        if unit is not None and all(other in data for other in unit)
    }


def _variables(joint: LogJoint) -> tuple[Variable, ...]:
    return tuple(quantity.variable for quantity in joint.scope.declared.values())


def _pure(expression: sympy.Expr) -> Iterator[Unit]:
    """The equations that follow from the expression being a pure number."""
    equations: list[Unit] = []
    equations.append(_unit(expression, equations))
    yield from equations


def _unit(expression: sympy.Expr, equations: list[Unit]) -> Unit:
    """The unit of an expression; what it asks of its parts is added to the equations."""
    if isinstance(expression, Element):
        return _of_quantity(expression.base, equations)
    if expression.is_Add:
        return _same(expression.args, equations)
    if expression.is_Mul or expression.is_Pow:
        return _product(sympy.Mul.make_args(expression), equations)
    if isinstance(expression, outside):
        _same([part for part in expression.args if part.is_finite is not False], equations)
        return {}
    inner = [_unit(part, equations) for part in expression.args]
    if isinstance(expression, PURE):
        equations += inner
    return {}


def _of_quantity(quantity: Quantity, equations: list[Unit]) -> Unit:
    match quantity:
        case Declared(variable=variable):
            return {variable.name: sympy.Integer(1)} if _kind(quantity) in SCALED else {}
        case Defined(definition=terms):
            return _of_sum(terms, equations)
        case MatrixFunction(function="inverse", base=base):
            return _power(_of_quantity(base, equations), -1)
        case LogPartition(operand=operand):
            equations.append(_unit(operand, equations))
        case Entries(entries=entries):
            return _same(entries, equations)
    return {}


def _kind(quantity: Declared) -> str | None:
    parameter_or_given = isinstance(quantity.variable, Parameter | Given)
    return quantity.domain.kind if parameter_or_given else quantity.support


def _of_sum(terms: Iterable[Term], equations: list[Unit]) -> Unit:
    return _same([term.value for term in terms], equations)


def _same(parts: Iterable[sympy.Expr], equations: list[Unit]) -> Unit:
    """The unit that all parts of a sum share."""
    first, *others = [_unit(part, equations) for part in parts]
    equations += [_together(first, _power(other, -1)) for other in others]
    return first


def _product(factors: Iterable[sympy.Expr], equations: list[Unit]) -> Unit:
    """Of (x / scale)^shape the base is a pure number, and so is the shape."""
    total: Unit = {}
    raised: dict[sympy.Expr, Unit] = {}
    for factor in factors:
        base, exponent = factor.as_base_exp()
        unit = _unit(base, equations) if base is not factor else _unit(factor, equations)
        power, symbol = exponent.as_coeff_Mul()
        if symbol == 1:
            total = _together(total, _power(unit, power))
        else:
            raised[symbol] = _together(raised.get(symbol, {}), _power(unit, power))
            equations.append(_unit(symbol, equations))
    equations += raised.values()
    return total


def _power(unit: Unit, power: object) -> Unit:
    return {name: exponent * power for name, exponent in unit.items()}


def _together(one: Unit, other: Unit) -> Unit:
    total = {name: one.get(name, 0) + other.get(name, 0) for name in (*one, *other)}
    return {name: exponent for name, exponent in total.items() if exponent != 0}


def _solved(equations: Iterable[Unit], data: tuple[str, ...]) -> dict[str, Unit]:
    """Each unknown by those that are left: the data, and what no equation tells.

    Equations in many unknowns come first: those in one are where numbers were declared.
    """
    solved: dict[str, Unit] = {}
    for equation in sorted(equations, key=len, reverse=True):
        rest = _inserted(equation, solved)
        unknown = next((name for name in rest if name not in data), None)
        if unknown is None:
            continue
        own = _power({n: e for n, e in rest.items() if n != unknown}, -1 / rest[unknown])
        solved = {name: _inserted(unit, {unknown: own}) for name, unit in solved.items()}
        solved[unknown] = own
    return solved


def _inserted(unit: Unit, solved: Mapping[str, Unit]) -> Unit:
    total: Unit = {}
    for name, exponent in unit.items():
        part = _power(solved[name], exponent) if name in solved else {name: exponent}
        total = _together(total, part)
    return total
