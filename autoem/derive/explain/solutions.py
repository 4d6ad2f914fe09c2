"""Updates on the page: scalars, covariances, roots."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

import sympy

from autoem.derive.calculus import depends, substituted
from autoem.derive.explain.layout import (
    ZERO,
    Add,
    Block,
    Density,
    Derivative,
    Math,
    Negative,
    Number,
    Power,
    Product,
    Quotient,
    Relation,
    Symbol,
    display,
    equation,
    paragraph,
)
from autoem.derive.explain.maximize import Maximization
from autoem.derive.explain.names import Indexing
from autoem.derive.explain.notation import INVERSE, new, subscripted
from autoem.derive.explain.piece import Piece, content, scaled
from autoem.derive.explain.total import total
from autoem.derive.index import Index
from autoem.derive.maximizers.problem import Refusal, Update, by_function, own_indices
from autoem.derive.maximizers.stationary import inside, solve_scalar
from autoem.derive.quantity import Declared, Defined, Element, Quantity, elements
from autoem.derive.term import Term, Terms, reindex


def covariance(state: Maximization, update: Update) -> Iterator[Block]:
    """The scatter about the new means over the count."""
    (parameter,) = update.parameters
    yield display(_ratio(state, parameter, new(parameter)))


def precision(state: Maximization, update: Update) -> Iterator[Block]:
    """The inverse of the mean of what it multiplies."""
    (parameter,) = update.parameters
    functions = state.page.derivation.log_joint.scope.functions
    indices = own_indices(parameter)
    *plates, row, column = indices
    scatter = state.slope(parameter, indices)
    count = state.slope(functions["log_determinant", parameter], tuple(plates))
    hidden = state.page.reader.opened(scatter, (row, column))
    names = state.page.notation.indexing(*(index for index in indices if index not in hidden))
    mean = state.ratio(_negative(scatter), count, names, hidden)
    yield display(equation(state.hatted(parameter, indices, names, hidden), Power(mean, INVERSE)))


def _negative(terms: Terms) -> Terms:
    return tuple(replace(term, value=-term.value) for term in terms)


def scoring(state: Maximization, update: Update) -> Iterator[Block]:
    """The maximum if all entries were free, and the equations of the step to it."""
    (parameter,) = update.parameters
    notation = state.page.notation
    goal = notation.introduce("M", "A")
    base = Quantity("goal", parameter.axes)
    glyph = notation.glyph(parameter)
    assert glyph is not None
    notation.glyphs[base] = replace(glyph, write=lambda shown: subscripted(goal, shown))
    yield paragraph("The maximum, were all entries free, would be")
    yield display(_ratio(state, parameter, base))
    names = notation.indexing(*own_indices(parameter)[:-2])
    marks = tuple(names.known.values())
    old = notation.symbol(parameter.variable)
    gap = Add((subscripted(replace(old, accent="hat"), marks), Negative(subscripted(goal, marks))))
    inverse = Power(subscripted(old, marks), INVERSE)
    yield paragraph(
        "and the step makes the free entries of this matrix zero, its inverses at the old value:"
    )
    yield display(equation(Product((inverse, gap, inverse)), ZERO))


def _ratio(state: Maximization, parameter: Declared, left: Quantity) -> Relation:
    """A matrix as the scatter over the count."""
    functions = state.page.derivation.log_joint.scope.functions
    indices = own_indices(parameter)
    *plates, row, column = indices
    scatter = state.slope(functions["inverse", parameter], indices)
    count = state.slope(functions["log_determinant", parameter], tuple(plates))
    hidden = state.page.reader.opened(scatter, (row, column))
    names = state.page.notation.indexing(*(index for index in indices if index not in hidden))
    wanted = state.visible(parameter, indices, hidden)
    own = state.page.reader.factor(Element(left, indices), names, wanted)
    return equation(own, state.ratio(scatter, count, names, hidden))


def stationary(state: Maximization, update: Update) -> Iterator[Block]:
    """The equation dQ = 0, and its solution in the domain."""
    (parameter,) = update.parameters
    indices = own_indices(parameter)
    names = state.page.notation.indexing(*indices)
    yield display(vanishing(state, parameter, indices, names))
    try:
        closed, moved = solution(state, parameter, indices)
    except Refusal:
        yield paragraph("The new value is its root in the domain.")
        return
    top, bottom = sympy.fraction(sympy.together(closed))
    ratio = state.ratio(_parts(top), _parts(bottom), names)
    value = _clipped(moved, closed, ratio)
    yield display(equation(state.hatted(parameter, indices, names), value))


def _clipped(moved: sympy.Expr, closed: sympy.Expr, ratio: Math) -> Math:
    """The solution, moved to the ends of the domain: max(0, min(1, ...))."""
    if moved == closed:
        return ratio
    (end,) = (argument for argument in moved.args if not argument.has(*closed.free_symbols))
    (rest,) = (argument for argument in moved.args if argument != end)
    name = "max" if isinstance(moved, sympy.Max) else "min"
    number = Number(Fraction(int(end.p), int(end.q)))
    return Density(name, (number, _clipped(rest, closed, ratio)))


def vanishing(
    state: Maximization, parameter: Declared, indices: tuple[Index, ...], names: Indexing
) -> Relation:
    """dQ/dθ = ... = 0."""
    pieces = [
        replace(piece, order=(int(piece.coefficient < 0), *piece.order))
        for piece in state.shortest(state.slope(parameter, indices), names)
    ]
    own = state.page.reader.factor(Element(parameter, indices), names, ())
    return equation(Derivative(Symbol("Q"), own), total(pieces), ZERO)


def solution(
    state: Maximization, parameter: Declared, indices: tuple[Index, ...]
) -> tuple[sympy.Expr, sympy.Expr]:
    """The root of the slope, in sums that sympy takes as symbols; and moved to the domain."""
    element = Element(parameter, indices)
    slope = sympy.Integer(0)
    slopes = _apart(state.slope(parameter, indices), element)
    for function, terms in by_function(slopes, element).items():
        slope += function * _coefficient(tuple(terms), indices)
    closed = solve_scalar(slope, element, parameter)
    return closed, inside(closed, slope, element, parameter)


def _apart(terms: Terms, element: Element) -> Terms:
    """The terms with products that mix the unknown with others multiplied out."""
    found = []
    for term in terms:
        for part in sympy.Add.make_args(term.value):
            _, function = part.as_independent(element, as_Add=False)
            mixed = any(other != element for other in elements(function))
            whole = sympy.expand(part) if mixed else part
            found += [replace(term, value=v) for v in sympy.Add.make_args(whole)]
    return tuple(found)


def _coefficient(terms: Terms, indices: tuple[Index, ...]) -> sympy.Expr:
    """A sum as one symbol with its sign; as it is where nothing is summed."""
    if all(not term.bound and not term.guards for term in terms):
        return sympy.Add(*(term.value for term in terms))
    if all(term.value.is_nonpositive for term in terms):
        return -_coefficient(tuple(replace(t, value=-t.value) for t in terms), indices)
    axes = tuple(index.axis for index in indices)
    sign = "nonnegative" if all(term.value.is_nonnegative for term in terms) else "real"
    base = Defined("coefficient", axes, sign, indices=indices, definition=terms)
    return Element(base, indices)


def _parts(value: sympy.Expr) -> Terms:
    return tuple(Term(part) for part in sympy.Add.make_args(sympy.expand(value)))


def root(state: Maximization, update: Update) -> Iterator[Block]:
    """The equation that the new value solves."""
    (parameter,) = update.parameters
    indices = own_indices(parameter)
    names = state.page.notation.indexing(*indices)
    slope = state.slope(parameter, indices)
    if "substituted" in update.reason:
        slope = _profiled(state, slope, parameter)
    pieces = state.shortest(hatted(slope, parameter), names)
    own = state.hatted(parameter, indices, names)
    yield paragraph("The new value ", own, " is the root of")
    yield display(equation(averaged(pieces), ZERO))


def concave(state: Maximization, update: Update) -> Iterator[Block]:
    """The equations that the new values solve together."""
    lines = []
    for parameter in update.parameters:
        indices = own_indices(parameter)
        names = state.page.notation.indexing(*indices)
        slope = state.slope(parameter, indices)
        for other in update.parameters:
            slope = hatted(slope, other)
        lines.append(equation(averaged(state.shortest(slope, names)), ZERO))
    yield paragraph("The new values solve together")
    yield display(*lines)


def _profiled(state: Maximization, slope: Terms, parameter: Declared) -> Terms:
    """The slope along the closed solution of the parameter that waits for this one."""
    for other in state.pending:
        if other is parameter or not any(depends(term.value, other) for term in slope):
            continue
        indices = own_indices(other)
        closed, _ = solution(state, other, indices)
        moved = []
        for term in slope:
            places = {
                element: reindex(closed, dict(zip(indices, element.indices, strict=True)))
                for element in elements(term.value)
                if element.base is other
            }
            moved.append(replace(term, value=sympy.simplify(term.value.xreplace(places))))
        return tuple(moved)
    return slope


def hatted(terms: Terms, parameter: Declared) -> Terms:
    """The terms at the new value of a parameter."""
    return substituted(terms, {parameter: new(parameter)})


def averaged(pieces: list[Piece]) -> Math:
    """A sum divided by the number of its rows, and by the number that its terms share."""
    pieces = scaled(pieces, 1 / abs(content(pieces)))
    sizes: list[Math] = [size for piece in pieces for size in piece.counts[:1]]
    if not sizes:
        return total(pieces)
    size = sizes[0]
    plain = [_without(piece, size) for piece in pieces if size in piece.counts]
    rest = total(piece for piece in pieces if size not in piece.counts)
    terms = [total(plain), *([] if rest == ZERO else [Quotient(rest, size)])]
    return Add(tuple(part for t in terms for part in (t.terms if isinstance(t, Add) else (t,))))


def _without(piece: Piece, size: Math) -> Piece:
    rest = list(piece.counts)
    rest.remove(size)
    return replace(piece, counts=tuple(rest))
