"""The calculus of terms: one rule of differentiation, and replacement.

    d/d theta[j] of  sum_i f(theta[i]) = f'(theta[j]),

through named intermediates by the chain rule.  Expectations are held at the old parameters: the
calculus does not look inside them.  Reading a coefficient is a derivative too: that of [z_n = k] in
the log joint is the log weight of state k.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import TypeGuard

import sympy

from autoem.derive.index import Read, fresh
from autoem.derive.invariant import Invariant, invariant
from autoem.derive.quantity import (
    Declared,
    Defined,
    Element,
    LogPartition,
    MatrixFunction,
    Quantity,
    elements,
)
from autoem.derive.term import (
    Term,
    Terms,
    instantiate,
    merged,
    reindex,
    renamed,
    select,
    settled,
    times,
    where_guarded,
)
from autoem.language.declaration import Parameter


def is_open(base: Quantity) -> TypeGuard[Defined]:
    """Whether the calculus looks inside: an intermediate that is no expectation, which is held at
    the old parameters."""
    return isinstance(base, Defined) and base.phase != "posterior"


def depends(expression: sympy.Expr, base: Quantity) -> bool:
    """Whether the expression mentions the quantity, through named intermediates too."""
    for element in elements(expression):
        if element.base is base:
            return True
        if is_open(element.base) and mentions(element.base.definition, base):
            return True
        if isinstance(element.base, MatrixFunction) and element.base.base is base:
            return True
        if isinstance(element.base, LogPartition | Invariant) and depends(
            element.base.operand, base
        ):
            return True
    return False


def mentions(terms: Terms, base: Quantity) -> bool:
    """Whether some term depends on the quantity."""
    return any(depends(term.value, base) for term in terms)


def one(_: Element) -> sympy.Expr:
    return sympy.Integer(1)


def itself(element: Element) -> sympy.Expr:
    return element


def derivative(
    terms: Terms,
    base: Quantity,
    target: tuple[Read, ...],
    scale: Callable[[Element], sympy.Expr] = one,
) -> Terms:
    """The derivative of a sum of terms by the element `base[target]`, through intermediates.

    With `scale=itself` it is the derivative by the logarithm, theta dQ/dtheta.
    """
    result: list[Term] = []
    for term in terms:
        for element in elements(term.value):
            if element.base is base:
                inner: Terms = (Term(sympy.Integer(1)),)
                slope = tidy(sympy.diff(term.value, element) * scale(element))
                outer: Term | None = replace(term, value=slope)
                assert outer is not None
                outer = select(outer, element.indices, target)
                if outer is not None:
                    own = {element: Element(base, target)}
                    outer = replace(outer, value=outer.value.xreplace(own))
            elif is_open(element.base) and mentions(element.base.definition, base):
                inner = derivative(instantiate(element), base, target, scale)
                outer = replace(term, value=tidy(sympy.diff(term.value, element)))
            elif isinstance(element.base, LogPartition) and depends(element, base):
                inner = _partition_slope(element, base, target, scale)
                outer = replace(term, value=tidy(sympy.diff(term.value, element)))
            elif isinstance(element.base, Invariant) and depends(element, base):
                inner = _invariant_slope(element, base, target, scale)
                outer = replace(term, value=tidy(sympy.diff(term.value, element)))
            else:
                continue
            if outer is not None and outer.value != 0:
                products = (settled(where_guarded(times(outer, renamed(f)))) for f in inner)
                result += [product for product in products if product is not None]
    return merged(result)


def _partition_slope(
    element: Element,
    base: Quantity,
    target: tuple[Read, ...],
    scale: Callable[[Element], sympy.Expr],
) -> Terms:
    """d log sum_k exp(a_k) = sum_k exp(a_k - log sum) d a_k."""
    partition = element.base
    assert isinstance(partition, LogPartition)
    index = fresh(partition.over.axis)
    moved = {**dict(zip(partition.indices, element.indices, strict=True)), partition.over: index}
    operand = reindex(partition.operand, moved)
    share = Quantity("share", (index.axis,))
    held = Term(operand * Element(share, (index,)), (index,))
    result = []
    for term in derivative((held,), base, target, scale):
        (mark,) = (e for e in elements(term.value) if e.base is share)
        at_mark = reindex(operand, {index: mark.indices[0]})
        value = term.value.xreplace({mark: sympy.exp(at_mark - element)})
        result.append(replace(term, value=value))
    return tuple(result)


def _invariant_slope(
    element: Element,
    base: Quantity,
    target: tuple[Read, ...],
    scale: Callable[[Element], sympy.Expr],
) -> Terms:
    """d pi_k = sum_ij pi_i dA_ij R_jk, and d R_ak = sum_ij R_ai dA_ij R_jk."""
    whole = element.base
    assert isinstance(whole, Invariant)
    chain, plates = whole.chain, element.indices[: len(whole.chain.plates)]
    i, j = fresh(chain.row.axis), fresh(chain.column.axis)
    moved = {**dict(zip(chain.plates, plates, strict=True)), chain.row: i}
    change = Term(reindex(chain.operand, {**moved, chain.column: j}), (i, j))
    *before, last = element.indices
    resolvent = invariant(chain, "resolvent")
    # Both stand at the indices of the change, which a derivative sets.
    mark = Quantity("mark", (i.axis, j.axis))
    held = replace(change, value=change.value * Element(mark, (i, j)))
    result = []
    for term in derivative((held,), base, target, scale):
        (at,) = (e for e in elements(term.value) if e.base is mark)
        left, right = at.indices
        sides = Element(whole, (*before, left)) * Element(resolvent, (*plates, right, last))
        result.append(replace(term, value=term.value.xreplace({at: sides})))
    return tuple(result)


def tidy(value: sympy.Expr) -> sympy.Expr:
    """A product with numbers taken out of its sums, and data positive in its residuals."""
    if value.is_Add:
        return sympy.Add(*(tidy(part) for part in value.args))
    factors = []
    for factor in sympy.Mul.make_args(sympy.factor_terms(value)):
        base, exponent = factor.as_base_exp()
        if base.is_Add and exponent.is_Integer and _is_backward(base):
            factors.append(sympy.Integer(-1) ** exponent)
            factor = (-base) ** exponent
        factors.append(factor)
    # One product of all: sympy carries a number into a sum that stands alone beside it.
    return sympy.Mul(*factors)


def _is_backward(residual: sympy.Expr) -> bool:
    """Whether the data, or else the first element, stands with a minus."""
    found = elements(residual)
    data = [e for e in found if isinstance(e.base, Declared) and not is_parameter(e.base)]
    return bool(residual.coeff((data or list(found))[0]).is_negative)


def is_parameter(base: Declared) -> bool:
    return isinstance(base.variable, Parameter)


def substituted(terms: Terms, values: Mapping[Quantity, Quantity | sympy.Expr]) -> Terms:
    """The terms with whole quantities replaced: by a number, or by a quantity of the same axes,
    inside named intermediates too."""
    result = []
    for term in terms:
        moved = {}
        for element in elements(term.value):
            new = _replacement(element, values)
            if new is not element:
                moved[element] = new
        result.append(replace(term, value=term.value.xreplace(moved)) if moved else term)
    return tuple(term for term in result if term.value != 0)


@lru_cache(maxsize=4096)
def _redefined(
    base: Defined, values: tuple[tuple[Quantity, Quantity | sympy.Expr], ...]
) -> Defined:
    """The intermediate with quantities replaced: one new quantity, however often it is met."""
    definition = substituted(base.definition, dict(values))
    return Defined(
        base.name,
        base.axes,
        base.sign,
        indices=base.indices,
        definition=definition,
        phase=base.phase,
    )


@lru_cache(maxsize=4096)
def _transferred(
    base: Invariant, values: tuple[tuple[Quantity, Quantity | sympy.Expr], ...]
) -> Invariant:
    """The same of a transition with quantities replaced."""
    (moved,) = substituted((Term(base.operand),), dict(values))
    return invariant(replace(base.chain, operand=moved.value), base.part)


@lru_cache(maxsize=4096)
def _repartitioned(
    base: LogPartition, values: tuple[tuple[Quantity, Quantity | sympy.Expr], ...]
) -> LogPartition:
    """The log-partition with quantities replaced."""
    moved = substituted((Term(base.operand),), dict(values))
    operand = moved[0].value if moved else sympy.Integer(0)
    return LogPartition(base.name, base.axes, operand=operand, indices=base.indices, over=base.over)


def _replacement(element: Element, values: Mapping[Quantity, Quantity | sympy.Expr]) -> sympy.Expr:
    if element.base in values:
        new = values[element.base]
        return Element(new, element.indices) if isinstance(new, Quantity) else new
    if isinstance(element.base, MatrixFunction) and element.base.base in values:
        new = values[element.base.base]
        assert isinstance(new, Quantity)
        function = element.base.function
        name = f"{function}_{new.name}"
        moved_function = MatrixFunction(name, element.base.axes, function=function, base=new)
        return Element(moved_function, element.indices)
    if isinstance(element.base, LogPartition | Invariant):
        named = tuple((old, new) for old, new in values.items() if depends(element, old))
        if named and isinstance(element.base, LogPartition):
            return Element(_repartitioned(element.base, named), element.indices)
        if named and isinstance(element.base, Invariant):
            return Element(_transferred(element.base, named), element.indices)
    if is_open(element.base):
        definition = element.base.definition
        if any(mentions(definition, base) for base in values):
            moved = substituted(definition, values)
            if not moved:
                return sympy.Integer(0)
            named = tuple((old, new) for old, new in values.items() if mentions(definition, old))
            return Element(_redefined(element.base, named), element.indices)
    return element


def plain(expression: sympy.Expr) -> str:
    """The expression with names alone, for a person."""
    return str(expression.xreplace({e: sympy.Symbol(e.base.name) for e in elements(expression)}))
