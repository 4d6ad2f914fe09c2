"""aggregate: the observed are sums of groups of latent counts.

Cells x_i with log joint sum_i (c_i x_i - log x_i!) are, given the sums y_g of disjoint groups,
multinomial in each group (the multinomial theorem; Poisson superposition is the same sum):

    E[x_i] = y_g exp(c_i) / sum_{j in g} exp(c_j),
    log-normalizer = sum_g ( y_g log sum_{j in g} exp(c_j) - log y_g! ) .
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import sympy

from autoem.derive.calculus import depends
from autoem.derive.index import Index
from autoem.derive.log_joint import Constraint, LogJoint
from autoem.derive.posterior import Local, Posterior, Refusal, localize
from autoem.derive.quantity import Declared, Element, elements
from autoem.derive.scope import Scope
from autoem.derive.term import Term, Terms, at


@dataclass(frozen=True)
class CellsPosterior(Posterior):
    """Multinomial cells; `cells[i]` is E[x_i], free at the plates."""

    cells: tuple[Element, ...]

    def expect(self, term: Term, scope: Scope) -> Terms:
        """x_i becomes its expectation; the log joint is linear in it."""
        latent, count = self.local.latent, len(self.local.plates)
        for element in elements(term.value):
            if element.base is latent:
                *reads, position = element.indices
                if not isinstance(position, int):
                    assert isinstance(position, Index)
                    places = (at(term, {position: cell}) for cell in range(len(self.cells)))
                    return tuple(p for t in places if t for p in self.expect(t, scope))
                moved = dict(zip(self.local.plates, reads[:count], strict=True))
                cell = self.cells[position]
                chosen = at(Term(cell), moved)
                assert chosen is not None
                value = term.value.xreplace({element: chosen.value})
                return self.expect(replace(term, value=value), scope)
        return (term,)


def aggregate(
    joint: LogJoint, terms: Terms, latent: Declared, remaining: tuple[Declared, ...]
) -> Posterior:
    """Eliminate the cells of which only sums are observed."""
    constraints = [c for c in joint.constraints if c.latent is latent]
    if not constraints:
        raise Refusal(f"no observed variable sums {latent.name}")
    (constraint,) = constraints
    own = tuple(term for term in terms if depends(term.value, latent))
    local = localize(tuple(_written_out(own, latent)), latent, len(latent.variable.plates))
    for term in local.terms:
        read = [e.indices[-1] for e in elements(term.value) if e.base is latent]
        if not read or not all(isinstance(position, int) for position in read):
            raise Refusal(f"{term.factor} mentions cells of {latent.name} together")
    number = latent.axes[-1].size
    if number is None:
        raise Refusal(f"the number of cells of {latent.name} is not known")
    if sorted(cell for group in constraint.groups for cell in group) != list(range(number)):
        raise Refusal(f"the groups do not hold each cell of {latent.name} exactly once")
    weights = [_cell_weight(local, latent, position) for position in range(number)]
    return _posterior(joint.scope, local, constraint, weights)


def _written_out(terms: Terms, latent: Declared) -> list[Term]:
    """The terms with each cell by its position."""
    result = []
    for term in terms:
        cells = [e.indices[-1] for e in elements(term.value) if e.base is latent]
        if len(set(map(str, cells))) == 1 and cells[0] in term.bound:
            for position in range(latent.axes[-1].size or 0):
                chosen = at(term, {cells[0]: position})
                if chosen is not None:
                    result.append(chosen)
        else:
            result.append(term)
    return result


def _cell_weight(local: Local, latent: Declared, position: int) -> sympy.Expr:
    """exp(c_i), from the terms of one cell; its -log x_i! must be there."""
    cell = Element(latent, (*local.plates, position))
    total = sympy.Add(*(term.value for term in local.terms if term.value.has(cell)))
    if any(term.bound or term.guards for term in local.terms if term.value.has(cell)):
        raise Refusal(f"the weight of a cell of {latent.name} is itself a sum")
    linear = total + sympy.loggamma(cell + 1)
    weight = linear.diff(cell)
    if weight.has(cell) or sympy.expand(linear - weight * cell) != 0:
        raise Refusal(f"the cells of {latent.name} are not multinomial or Poisson")
    return sympy.exp(weight)


def _posterior(
    scope: Scope, local: Local, constraint: Constraint, weights: list[sympy.Expr]
) -> Posterior:
    name = local.latent.name
    cells: list[Element] = [None] * len(weights)  # type: ignore[list-item]
    normalizer = []
    for position, group in enumerate(constraint.groups):
        observed = Element(constraint.observed, (*local.plates, position))
        total = sympy.Add(*(weights[cell] for cell in group))
        normalizer.append(Term(observed * sympy.log(total) - sympy.loggamma(observed + 1)))
        for cell in group:
            share = observed if len(group) == 1 else observed * weights[cell] / total
            cells[cell] = scope.computed(
                f"expected_{name}_{cell}", "map", (share,), local.plates, sign="nonnegative"
            )
    return CellsPosterior(
        local,
        rule="aggregate",
        reason=f"{constraint.observed.name} holds sums of groups of {name}: multinomial cells",
        family="Multinomial",
        natural={},
        expectations={f"cell_{i}": cell for i, cell in enumerate(cells)},
        log_normalizer=tuple(normalizer),
        cells=tuple(cells),
    )
