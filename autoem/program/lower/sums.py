"""Sums of terms as contractions: target[a, b] = sum over c of the product of factors."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

import sympy

from autoem.derive.index import Index, Lookup, Read, indices_in
from autoem.derive.quantity import (
    Declared,
    Element,
    elements,
    indices_of,
)
from autoem.derive.term import Term, Terms, canonical, free_indices, reindex
from autoem.derive.told import Position
from autoem.program import ir
from autoem.program.lower.names import IndexNames
from autoem.program.lower.scalar import is_free_power, scalar

if TYPE_CHECKING:
    from autoem.program.lower.body import Body


def total(body: Body, name: str, terms: Terms, free: tuple[Index, ...]) -> ir.Array:
    """A sum of terms as one array over the free indices."""
    names = IndexNames(body.axes)
    axes = names.all(free)
    name = body.target(name, ()).name
    terms = tuple(one for term in terms for one in halves(term))
    if len(terms) == 1 and terms[0].bound:
        contract = contraction(body, terms[0], names)
        if _covers(contract, axes):
            return body.let(body.target(name, axes), contract)
    parts: list[ir.Scalar] = []
    for term in terms:
        parts.append(part(body, name, term, names))
    if not parts:
        parts.append(ir.Number(Fraction(0)))
    expression = parts[0] if len(parts) == 1 else ir.Call("add", tuple(parts))
    return body.let(body.target(name, axes), ir.Map(expression))


def halves(term: Term) -> Terms:
    """Sum over i, j of C[i, j] (a[i] b[j] + a[j] b[i]) / 2 as two sums of products.

    A sum of products of the same arrays at other indices is what a derivative by a matrix leaves:
    product by product it is a matter of matrices, as one array it would have all their indices.
    Other sums are residuals, which are small where their summands are large: they stay whole.
    """
    if not term.bound:
        return (term,)
    factors = sympy.Mul.make_args(term.value)
    whole = next((f for f in factors if f.is_Add and _are_alike(f.args)), None)
    if whole is None:
        return (term,)
    rest = term.value / whole
    return tuple(
        one for summand in whole.args for one in halves(replace(term, value=rest * summand))
    )


def _are_alike(summands: tuple[sympy.Expr, ...]) -> bool:
    """Whether these are products of the same arrays with the same coefficient."""
    kinds = set()
    for summand in summands:
        coefficient, product = summand.as_coeff_Mul()
        factors = sympy.Mul.make_args(product)
        if not all(isinstance(factor, Element) for factor in factors):
            return False
        kinds.add((coefficient, tuple(sorted(element.base.name for element in factors))))
    return len(kinds) == 1


def part(body: Body, name: str, term: Term, names: IndexNames) -> ir.Scalar:
    if term.bound:
        inner = names.copy()
        mentioned = free_indices((term,))
        axes = tuple(names.of(i) for i in names.names if i in mentioned)
        contract = contraction(body, term, inner)
        array = body.let(body.target(f"{name}_part", axes), contract)
        return ir.Ref(array.name, axes)
    expression = lowered(body, term.value, names)
    for guard in term.guards:
        condition = ir.Call(
            "equal", (side(body, guard.left, names), side(body, guard.right, names))
        )
        expression = ir.Call("where", (condition, expression, ir.Number(Fraction(0))))
    return expression


def side(body: Body, read: Read, names: IndexNames) -> ir.Scalar:
    place = body.read(read, names)
    if isinstance(place, int):
        return ir.Number(Fraction(place))
    return ir.Position(place) if isinstance(place, str) else place


def told(term: Term) -> Term:
    """Where the guard [group(i) = g] sends the summed i to a g, f(b[g], i) is f(b[group(i)], i):
    an array over i, and not over i and g."""
    moved: dict[Index, Read] = {
        guard.right: guard.left
        for guard in term.guards
        if isinstance(guard.right, Index)
        and guard.right not in term.bound
        and isinstance(guard.left, Lookup)
        and any(index in term.bound for index in indices_in(guard.left))
    }
    return replace(term, value=reindex(term.value, moved)) if moved else term


def contraction(body: Body, term: Term, names: IndexNames) -> ir.Contract:
    names, term = names.copy(), told(term)
    over = names.all(term.bound)
    coefficient, value = term.value.as_coeff_Mul()
    scale = Fraction(1)
    factors: list[ir.Ref] = []
    if coefficient.is_Rational:
        scale = Fraction(int(coefficient.p), int(coefficient.q))
    else:
        value = term.value
    for factor in factors_of(value):
        if factor != 1:
            factors.append(factor_ref(body, factor, names))
    guards = tuple(
        ir.Guard(body.read(g.left, names), body.read(g.right, names)) for g in term.guards
    )
    return ir.Contract(tuple(factors), over, guards, scale)


def factors_of(value: sympy.Expr) -> tuple[sympy.Expr, ...]:
    """The factors of a product; powers with unknown exponents stay together, as x^k s^-k."""
    factors = sympy.Mul.make_args(value)
    powers = tuple(factor for factor in factors if is_free_power(factor))
    rest = tuple(factor for factor in factors if factor not in powers)
    return (*rest, sympy.Mul(*powers)) if powers else rest


def factor_ref(body: Body, factor: sympy.Expr, names: IndexNames) -> ir.Ref:
    """One factor of a contraction: an array, or an elementwise intermediate."""
    if isinstance(factor, Element):
        return body.ref(factor, names)
    key, _ = canonical((Term(factor),))
    indices = indices_of(factor)
    lookups = any(isinstance(r, Lookup) for e in elements(factor) for r in e.indices)
    own = IndexNames(body.axes)
    axes = own.all(indices)
    if lookups or key not in body.shared:
        expression = lowered(body, factor, own, finite=True)
        array = body.let(body.target(_name(factor), axes), ir.Map(expression))
        body.shared[key] = array
    return ir.Ref(body.shared[key].name, names.all(indices))


def lowered(
    body: Body,
    value: sympy.Expr,
    names: IndexNames,
    known: Mapping[Element, ir.Scalar] | None = None,
    finite: bool = False,
) -> ir.Scalar:
    """A sympy expression over arrays; `finite` makes log 0 a very negative number, so that it
    may stand in a matrix product with zeros."""

    def element(found: Element) -> ir.Scalar:
        if known and found in known:
            return known[found]
        if isinstance(found.base, Position):
            return side(body, found.indices[0], names)
        return body.ref(found, names)

    found = scalar(value, element)
    return _tabulated(body, _finite(found) if finite else found)


def _tabulated(body: Body, expression: ir.Scalar) -> ir.Scalar:
    """log table[x[n]] as the entry of a table of logarithms, which has far fewer of them."""
    match expression:
        case ir.Call("log" | "finite_log" as function, (ir.Ref(name, axes),)):
            if not any(isinstance(axis, ir.Ref) for axis in axes):
                return expression
            key = (function, name)
            if key not in body.shared:
                array = body.known(name)
                entry = ir.Call(function, (ir.Ref(name, array.axes),))
                target = body.target(f"log_{name}", array.axes)
                body.shared[key] = body.let(target, ir.Map(entry))
            return ir.Ref(body.shared[key].name, axes)
        case ir.Call(function, arguments):
            return ir.Call(function, tuple(_tabulated(body, part) for part in arguments))
    return expression


def _finite(expression: ir.Scalar) -> ir.Scalar:
    match expression:
        case ir.Call("log", arguments):
            return ir.Call("finite_log", arguments)
        case ir.Call(function, arguments):
            return ir.Call(function, tuple(_finite(argument) for argument in arguments))
    return expression


def _covers(contract: ir.Contract, axes: tuple[str, ...]) -> bool:
    """Whether every target axis is mentioned by a factor or a guard."""
    found: set[str] = set()

    def visit(read: ir.IndexRead) -> None:
        if isinstance(read, str):
            found.add(read)
        elif isinstance(read, ir.Ref):
            for inner in read.axes:
                visit(inner)

    for factor in contract.factors:
        visit(factor)
    for guard in contract.guards:
        visit(guard.left)
        visit(guard.right)
    return found.issuperset(axes)


def _name(factor: sympy.Expr) -> str:
    """What an intermediate is called: residual, log_weight, inverse_variance, ..."""
    names = [element.base.name for element in elements(factor)]
    if factor.is_Pow and len(names) == 1 and factor.exp == -1:
        return f"inverse_{names[0]}"
    if isinstance(factor, sympy.log) and len(names) == 1:
        return f"log_{names[0]}"
    if factor.is_Pow and factor.exp == 2:
        return "square"
    if factor.is_Add and any(isinstance(e.base, Declared) for e in elements(factor)):
        return "residual"
    return "factor"
