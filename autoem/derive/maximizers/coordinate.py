"""coordinate: the parameters lambda of a factor q(v; lambda) of a mean field.

F = sum_j n_j mu_j(lambda) + H(lambda), with mu = E[T(v)] and n free of lambda, is greatest where
the natural parameters eta(lambda) = n: they are the coefficients of the statistics, averaged over
all other latents.
"""

from __future__ import annotations

import sympy

from autoem.derive.calculus import derivative, substituted
from autoem.derive.maximizers.problem import Problem, Update
from autoem.derive.mean_field import Factor
from autoem.derive.quantity import Quantity, old_value
from autoem.derive.term import reindex
from autoem.families.family import ExponentialForm


def coordinate(problem: Problem, factor: Factor) -> Update:
    """The update of all parameters of a factor, at the old values of those that are pending."""
    natural = [_coefficient(problem, factor, j) for j in range(len(factor.moments))]
    values = _arguments(factor, natural)
    pairs = zip(factor.natural.values(), values, strict=True)
    return Update(
        factor.parameters,
        rule="coordinate",
        reason=f"the coefficients of the statistics of {factor.local.latent.name}, averaged",
        values=tuple(
            problem.solved(e.base.name, "map", (v,), e.indices, sign=e.base.sign)  # type: ignore[arg-type]
            for e, v in pairs
        ),
        formula=tuple(values),
    )


def _coefficient(problem: Problem, factor: Factor, position: int) -> sympy.Expr:
    """dF / dmu_j without the entropy, at the plates (and event) of the factor."""
    moment = factor.moments[position]
    mark = Quantity(f"moment_of_{factor.local.latent.name}", moment.base.axes)
    own: dict[Quantity, Quantity | sympy.Expr] = {moment.base: mark}
    pending: dict[Quantity, Quantity | sympy.Expr] = {
        q: old_value(q) for q in problem.pending if q not in factor.parameters
    }
    terms = tuple(t for t in problem.terms if t.factor != factor.entropy_name)
    marked = substituted(substituted(terms, own), pending)
    free = tuple(i for i in moment.indices if not isinstance(i, int))
    slope = problem.separate(derivative(marked, mark, free))
    name = f"natural_{position + 1}_{factor.local.latent.name}"
    return problem.scope.define(name, slope, "maximize")


def _arguments(factor: Factor, natural: list[sympy.Expr]) -> list[sympy.Expr]:
    """lambda from the natural parameters."""
    if isinstance(factor.law, ExponentialForm):
        found = factor.law.from_natural(natural)
        return [found[name] for name in factor.natural]
    (event,) = factor.event
    readings = [lambda i, n=n: reindex(n, {event: i}) for n in natural]
    made = factor.law.from_natural(readings, (event,))
    return [made[name].value for name in factor.natural]
