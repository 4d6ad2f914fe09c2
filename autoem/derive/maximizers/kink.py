"""The maximum among kinks: Q is a sum of -w_n |x_n - theta|, and theta a weighted median.

|a theta + b| = |a| |theta - (-b/a)|:     the values are -b/a, their weights w_n |a| .
"""

from __future__ import annotations

from dataclasses import replace

import sympy

from autoem.derive.calculus import derivative
from autoem.derive.index import Index, indices_in
from autoem.derive.kept import keep, keep_weight
from autoem.derive.maximizers.problem import Problem, Refusal, Update, own_indices
from autoem.derive.posterior import plate_reads
from autoem.derive.quantity import Declared, Element, elements
from autoem.derive.separate import is_gathered, is_new
from autoem.derive.term import Term, Terms, select

MIXTURE = "write the Laplace as a Normal whose variance is a latent Exponential"
PRIOR = (
    "a Laplace prior pulls entries to zero: make {name} a latent, Normal(0, variance=w) with "
    "w = Latent(Exponential(rate=1 / (2 * scale**2))) over its axes, and choose "
    "posterior=mean_field()"
)


def kink(problem: Problem, parameter: Declared, corners: Terms, smooth: Terms) -> Update:
    """The update of a parameter in which Q has a kink at every row."""
    name, indices = parameter.name, own_indices(parameter)
    if parameter.domain.kind != "real":
        raise Refusal(f"Q has a kink in {name} at every row, and {name} has a bounded domain")
    if len(corners) > 1 or derivative(smooth, parameter, indices):
        is_prior = any(corner.factor == name for corner in corners)
        write = PRIOR.format(name=name) if is_prior else MIXTURE
        raise Refusal(f"Q has kinks in {name} and more besides: no median maximizes it; {write}")
    try:
        reads = plate_reads(corners[0].value, parameter, len(parameter.axes))
    except Refusal:
        raise _one_of_several(name) from None
    own = select(corners[0], reads, indices)
    assert own is not None
    value, weight = _value_and_weight(own, Element(parameter, indices))
    factors = [f for f in sympy.Mul.make_args(weight) if not _is_common(f, indices)]
    rows = sympy.Mul(*(f for f in factors if is_gathered(f)))
    new = sympy.Mul(*(f for f in factors if not is_gathered(f)))
    known = problem.gathering.statistics
    operands = keep(known, value), keep_weight(known, replace(own, value=rows)) * new
    median = problem.solved(name, "weighted_median", operands, indices, own.bound)
    median = problem.chosen(parameter, median)
    problem.gathering.ranked.append(median.base)
    return Update(
        (parameter,),
        rule="extremum",
        reason="Q has a kink at every row: a weighted median of the data",
        values=(median,),
        pending=problem.unsolved((Term(new),), (parameter,)),
        formula=(value, rows),
        statistic="weighted_median",
    )


def _value_and_weight(term: Term, element: Element) -> tuple[sympy.Expr, sympy.Expr]:
    """-b/a and -coefficient |a| of coefficient * |a theta + b|."""
    (found,) = term.value.atoms(sympy.Abs)
    (gap,) = found.args
    slope = sympy.diff(gap, element)
    rest = sympy.expand(gap - slope * element)
    if slope == 0 or slope.has(element) or rest.has(element) or is_new(slope * rest):
        raise _one_of_several(element.base.name)
    return -rest / slope, -term.value / found * sympy.Abs(slope)


def _one_of_several(name: str) -> Refusal:
    return Refusal(f"Q has kinks where {name} is one of several; {MIXTURE}")


def _is_common(factor: sympy.Expr, indices: tuple[Index, ...]) -> bool:
    """Whether a positive factor is the same for all rows of one entry: no median changes by it."""
    if is_gathered(factor):
        return False
    read = (i for e in elements(factor) for r in e.indices for i in indices_in(r))
    return all(index in indices for index in read)
