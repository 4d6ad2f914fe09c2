"""Terms: the one sum that everything else reads.

A term is a product summed over its bound indices where its guards hold,

    sum over n, k of  [z_n = k] * (-1/2) * (x_n - mean_k)**2 / variance_k .

Sums are Einstein sums: every bound index is unique, so that the square of a sum over q has a q and
another q.  The calculus of terms is one rule, the derivative by an element of a quantity:

    d/d theta[j] of  sum_i f(theta[i]) = f'(theta[j]),

where a bound index is set to j and anything else, a lookup group[i] or an integer, becomes the
guard [group[i] = j].  Reading a coefficient is a derivative too: that of [z_n = k] in the log joint
is the log weight of state k.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TypeGuard

import sympy

from autoem.derive.index import Guard, Index, Read, fresh, indices_in, substitute
from autoem.derive.quantity import (
    Declared,
    Defined,
    Delta,
    Element,
    MatrixFunction,
    Quantity,
    elements,
    indices_of,
)
from autoem.language.declaration import Parameter


@dataclass(frozen=True)
class Term:
    """`value` summed over `bound` where the `guards` hold; `factor` names its origin."""

    value: sympy.Expr
    bound: tuple[Index, ...] = ()
    guards: tuple[Guard, ...] = ()
    factor: str = ""


Terms = tuple[Term, ...]


def check_term(term: Term) -> None:
    """Bound indices are unique, and a guard is never trivially false."""
    if len(dict.fromkeys(term.bound)) != len(term.bound):
        raise AssertionError(f"an index is bound twice in {term}")
    for guard in term.guards:
        if isinstance(guard.left, int) and isinstance(guard.right, int):
            raise AssertionError(f"the guard {guard} should have been decided")


def free_indices(terms: Iterable[Term]) -> tuple[Index, ...]:
    """The indices that terms mention and do not sum over, in order."""
    found: dict[Index, None] = {}
    for term in terms:
        mentioned = list(indices_of(term.value))
        for guard in term.guards:
            mentioned += [*indices_in(guard.left), *indices_in(guard.right)]
        found.update(dict.fromkeys(i for i in mentioned if i not in term.bound))
    return tuple(found)


def reindex(expression: sympy.Expr, replacement: Mapping[Index, Read]) -> sympy.Expr:
    """The expression with indices replaced in every element."""
    moved = {}
    for element in elements(expression):
        indices = tuple(substitute(read, replacement) for read in element.indices)
        if indices != element.indices:
            moved[element] = Element(element.base, indices)
    return expression.xreplace(moved) if moved else expression


def at(term: Term, replacement: Mapping[Index, Read]) -> Term | None:
    """The term with indices replaced (a bound one is then no longer summed); None where a guard
    has become false."""
    if not replacement:
        return term
    guards: dict[Guard, None] = {}
    for guard in term.guards:
        left, right = substitute(guard.left, replacement), substitute(guard.right, replacement)
        if left == right:
            continue
        if isinstance(left, int) and isinstance(right, int):
            return None
        guards[Guard(left, right)] = None
    bound = tuple(index for index in term.bound if index not in replacement)
    return replace(
        term, value=reindex(term.value, replacement), bound=bound, guards=tuple(guards)
    )


def renamed(term: Term) -> Term:
    """The same term with fresh bound indices."""
    moved = {index: fresh(index.axis) for index in term.bound}
    result = at(term, moved)
    assert result is not None
    return replace(result, bound=tuple(moved.values()))


def times(left: Term, right: Term) -> Term:
    """The product of two terms whose bound indices are distinct."""
    guards = tuple(dict.fromkeys(left.guards + right.guards))
    return Term(left.value * right.value, left.bound + right.bound, guards, left.factor)


def instantiate(element: Element) -> Terms:
    """The definition of a named intermediate, at the element's own indices."""
    assert isinstance(element.base, Defined)
    replacement = dict(zip(element.base.indices, element.indices, strict=True))
    found = (at(renamed(term), replacement) for term in element.base.definition)
    return tuple(term for term in found if term is not None)


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
    return False


def mentions(terms: Terms, base: Quantity) -> bool:
    """Whether some term depends on the quantity."""
    return any(depends(term.value, base) for term in terms)


def select(term: Term, reads: tuple[Read, ...], target: tuple[Read, ...]) -> Term | None:
    """The part of the term in which the reads equal the target: bound indices are set, anything
    else is guarded."""
    result: Term | None = term
    for position, wanted in enumerate(target):
        if result is None:
            return None
        read = reads[position]
        if read == wanted:
            continue
        if isinstance(read, Index) and read in result.bound:
            result = at(result, {read: wanted})
            reads = tuple(substitute(r, {read: wanted}) for r in reads)
        elif isinstance(read, int) and isinstance(wanted, int):
            return None
        else:
            result = replace(result, guards=(*result.guards, Guard(read, wanted)))
    return result


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
            elif is_open(element.base) and mentions(element.base.definition, base):
                inner = derivative(instantiate(element), base, target, scale)
                outer = replace(term, value=tidy(sympy.diff(term.value, element)))
            else:
                continue
            if outer is not None and outer.value != 0:
                products = (settled(times(outer, renamed(factor))) for factor in inner)
                result += [product for product in products if product is not None]
    return merged(result)


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


def settled(term: Term) -> Term | None:
    """Guards on a bound index carried out: sum_g [group(i) = g] f(g) is f(group(i))."""
    for guard in term.guards:
        for index, other in ((guard.left, guard.right), (guard.right, guard.left)):
            if isinstance(index, Index) and index in term.bound and index not in indices_in(other):
                chosen = at(term, {index: other})
                return None if chosen is None else settled(chosen)
    return term


def merged(terms: Iterable[Term]) -> Terms:
    """Equal sums added, zero terms dropped."""
    found: dict[tuple[object, ...], Term] = {}
    for term in terms:
        key = (term.bound, term.guards, term.factor)
        known = found.get(key)
        value = term.value if known is None else known.value + term.value
        found[key] = replace(term, value=value)
    return tuple(term for term in found.values() if term.value != 0)


def resolve_deltas(term: Term) -> Term | None:
    """Kronecker deltas carried out: a bound index is set, a free one is guarded."""
    for element in elements(term.value):
        if isinstance(element.base, Delta):
            left, right = element.indices
            rest = replace(term, value=term.value.xreplace({element: sympy.Integer(1)}))
            if isinstance(right, Index) and right in rest.bound:
                chosen = at(rest, {right: left})
            else:
                chosen = select(rest, (left,), (right,))
            return None if chosen is None else resolve_deltas(chosen)
    return term


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
        base.name, base.axes, base.sign, indices=base.indices, definition=definition,
        phase=base.phase,
    )


def _replacement(
    element: Element, values: Mapping[Quantity, Quantity | sympy.Expr]
) -> sympy.Expr:
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
    if is_open(element.base):
        definition = element.base.definition
        if any(mentions(definition, base) for base in values):
            moved = substituted(definition, values)
            if not moved:
                return sympy.Integer(0)
            named = tuple((old, new) for old, new in values.items() if mentions(definition, old))
            return Element(_redefined(element.base, named), element.indices)
    return element


def canonical(terms: Terms) -> tuple[object, tuple[Index, ...]]:
    """A key that equal sums share whatever their indices are called, and their free indices in
    the order of that key."""
    free = free_indices(terms)
    key = []
    for term in terms:
        order = dict.fromkeys((*indices_of(term.value), *free, *term.bound))
        rank = {index: Index(index.axis, -1 - position) for position, index in enumerate(order)}
        moved = at(replace(term, bound=()), rank)
        assert moved is not None
        summed = frozenset(rank[index] for index in term.bound)
        key.append((moved.value, moved.guards, summed, tuple(rank[index] for index in free)))
    return tuple(key), free
