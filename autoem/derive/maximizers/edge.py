"""The maximum at an edge: of the support, which moves with the parameter.

Each row says between which bounds its x lies, l(theta) <= x <= u(theta), both affine in theta: so
that theta is below (x - c) / a or above it.  The rest of Q rises or falls throughout,

    -log(u - l):    falls in u, rises in l,        a log m:    rises in m,

so that theta goes to the least of the values it must stay below, or the greatest of the others.
The sign of the slope is proved from the signs of its symbols, the width u - l being one of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import sympy

from autoem.derive.calculus import depends, derivative
from autoem.derive.index import Index
from autoem.derive.kept import keep, keep_weight
from autoem.derive.maximizers.problem import Problem, Refusal, Update, own_indices
from autoem.derive.maximizers.stationary import SCALAR, ends
from autoem.derive.posterior import plate_reads
from autoem.derive.quantity import Declared, Element, Seen, elements
from autoem.derive.separate import is_gathered, is_new
from autoem.derive.term import Term, Terms, select
from autoem.families.family import outside


@dataclass(frozen=True)
class Bound:
    """theta <= value, or theta >= value, in the rows in which `term` is not zero."""

    value: sympy.Expr
    is_upper: bool
    term: Term


def edge(problem: Problem, parameter: Declared, corners: Terms, smooth: Terms) -> Update:
    """The update of a parameter on which the support depends."""
    if parameter.domain.kind not in SCALAR:
        raise Refusal(f"the support moves with {parameter.name}, which is no scalar")
    indices = own_indices(parameter)
    element = Element(parameter, indices)
    bounds = [b for term in corners for b in _bounds(_own(term, element), element)]
    rises = _rises(smooth, element, bounds)
    found = [b for b in bounds if b.is_upper is rises]
    if not found:
        way = "rises" if rises else "falls"
        raise Refusal(f"Q {way} in {parameter.name} without end")
    statistic = "least" if rises else "greatest"
    ranks = [_rank(problem, element, bound, statistic) for bound in found]
    whole = (sympy.Min if rises else sympy.Max)(*ranks, *_ends(parameter, rises))
    whole = problem.kept(parameter, whole, indices)
    value = problem.solved(parameter.name, "map", (whole,), indices, sign=parameter.sign)
    problem.gathering.ranked.append(value.base)
    return Update(
        (parameter,),
        rule="extremum",
        reason=f"Q {'rises' if rises else 'falls'} up to the edge of the support: the "
        f"{statistic} of the data",
        values=(value,),
        formula=tuple(bound.value for bound in found),
        statistic=statistic,
    )


def _own(term: Term, element: Element) -> Term:
    """The part of a term that reads this entry of the parameter."""
    parameter = element.base
    assert isinstance(parameter, Declared)
    reads = plate_reads(term.value, parameter, len(parameter.axes))
    own = select(term, reads, element.indices)
    assert own is not None
    return own


def _bounds(term: Term, element: Element) -> list[Bound]:
    """What the term says of the parameter, from either end of the support."""
    (found,) = term.value.atoms(outside)
    x, lower, upper = found.args
    parameter = element.base
    name = parameter.name
    if not all(isinstance(e.base, Declared | Seen) for e in elements(term.value / found)):
        raise Refusal(
            f"the support moves with {name} given a latent: a row inside keeps its share and one "
            f"outside never gets any, so that EM would never move {name}; declare it as a Given"
        )
    result = []
    for gap in (x - lower, upper - x):
        if depends(gap, parameter):
            slope = sympy.diff(gap, element)
            rest = sympy.expand(gap - slope * element)
            if is_new(slope) or rest.has(element) or is_new(rest) or not slope.is_nonzero:
                raise Refusal(f"the support moves with {name} and another parameter together")
            result.append(Bound(-rest / slope, bool(slope.is_negative), term))
    return result


def _rises(smooth: Terms, element: Element, bounds: list[Bound]) -> bool:
    """Whether Q rises in the parameter wherever it is not minus infinity; else it falls."""
    parameter = element.base
    assert isinstance(parameter, Declared)
    slope = derivative(smooth, parameter, element.indices)
    widths = [width for bound in bounds for width in _width(bound.term, element)]
    values = [_in_widths(term.value, element, widths) for term in slope]
    if values and all(value.is_nonnegative for value in values):
        return True
    if values and all(value.is_nonpositive for value in values):
        return False
    raise Refusal(
        f"the support moves with {parameter.name}, and Q neither rises nor falls throughout in it"
    )


def _width(term: Term, element: Element) -> list[sympy.Expr]:
    """u - l, which is positive, where both ends are finite."""
    (found,) = term.value.atoms(outside)
    width = found.args[2] - found.args[1]
    return [width] if width.has(element) and not width.has(sympy.oo) else []


def _in_widths(value: sympy.Expr, element: Element, widths: list[sympy.Expr]) -> sympy.Expr:
    """The slope with a positive symbol in place of the width of the support."""
    if not value.has(element):
        return value
    for width in widths:
        positive = sympy.Dummy("width", positive=True)
        slope = sympy.diff(width, element)
        rest = sympy.expand(width - slope * element)
        if not value.is_nonnegative and not value.is_nonpositive:
            value = sympy.factor(value.xreplace({element: (positive - rest) / slope}))
    return value


def _rank(problem: Problem, element: Element, bound: Bound, statistic: str) -> sympy.Expr:
    """The least, or the greatest, of a bound over the rows."""
    known, term = problem.gathering.statistics, bound.term
    (found,) = term.value.atoms(outside)
    weight = term.value / found
    if not any(is_gathered(e) for e in elements(bound.value)):
        raise Refusal(f"an end of the support at {bound.value} is the same for all rows")
    operands = keep(known, bound.value), keep_weight(known, replace(term, value=weight))
    name = f"{statistic}_{element.base.name}"
    return problem.solved(name, statistic, operands, _plain(element), term.bound)


def _plain(element: Element) -> tuple[Index, ...]:
    return tuple(index for index in element.indices if isinstance(index, Index))


def _ends(parameter: Declared, rises: bool) -> tuple[sympy.Expr, ...]:
    """The end of the domain where the parameter cannot pass it."""
    lower, upper = ends(parameter)
    end = upper if rises else lower
    return (end,) if end.is_finite and end != 0 else ()
