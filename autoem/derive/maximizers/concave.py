"""concave: several parameters that no closed form tells, in which Q is concave together.

With the parameters eta the natural ones of a family, up to a constant,

    Q(eta) = <eta, S> - N A(eta) + ...,       A convex, being the logarithm of an integral of exp:

the concentrations of a Dirichlet, the two of a Beta.  S and N are sums over rows, so that the
maximum is found inside the M-step by Newton's method, run to its end: exact, and the only one.
"""

from __future__ import annotations

from dataclasses import replace

import sympy

from autoem.derive.calculus import depends, derivative
from autoem.derive.index import fresh
from autoem.derive.maximizers.problem import Problem, Refusal, Update, own_indices
from autoem.derive.maximum import Maximized, Objective
from autoem.derive.quantity import Declared, Element
from autoem.derive.term import Terms
from autoem.families.family import ExponentialForm, Family, VectorFamily
from autoem.families.spelled import spelled
from autoem.language.declaration import Parameter
from autoem.language.distribution import Distribution
from autoem.language.expression import Expression, Lookup, subexpressions

DOMAINS = ("real", "positive")


def concave(problem: Problem, parameter: Declared) -> Update:
    """The update of the coupled parameters of a family, all at once."""
    if parameter.domain.kind not in DOMAINS:
        raise Refusal("no line to move on")
    block = _block(problem, parameter)
    own = tuple(t for t in problem.terms if any(depends(t.value, q) for q in block))
    for factor in dict.fromkeys(term.factor for term in own):
        if not _is_natural(problem.laws.get(factor), block):
            names = ", ".join(q.name for q in block)
            raise Refusal(f"nothing proves that Q is concave in {names}")
    names = " and ".join(q.name for q in block)
    reason = f"no closed form: Q is concave in {names}, its maximum by Newton"
    return climbed(problem, block, own, ("concave", reason))


def climbed(
    problem: Problem, block: tuple[Declared, ...], own: Terms, found: tuple[str, str]
) -> Update:
    """The update of a block by Newton's method inside the M-step; the rule and its reason."""
    objective = _objective(problem, block, own)
    pending = problem.unsolved(objective.terms, block)
    return Update(block, found[0], found[1], maximized(problem, objective), pending=pending)


def _block(problem: Problem, parameter: Declared) -> tuple[Declared, ...]:
    """The parameters that are coupled with this one; refuses a scalar whose entries are not."""
    block = [parameter]
    for other in problem.pending:
        fits = other.domain.kind in DOMAINS and other not in (*block, *problem.closed)
        if fits and any(_coupled(problem, known, other) for known in block):
            block.append(other)
    if len(block) == 1 and not _coupled(problem, parameter, parameter):
        raise Refusal(f"the entries of {parameter.name} are not coupled")
    return tuple(q for q in problem.pending if q in block)


def _coupled(problem: Problem, a: Declared, b: Declared) -> bool:
    """Whether some entry of a has a mixed derivative with another entry of b."""
    mixed = derivative(problem.gradient(a, own_indices(a)), b, own_indices(b))
    return bool(mixed) if a is not b else bool(a.axes) and any(not t.guards for t in mixed)


def _is_natural(law: object, block: tuple[Declared, ...]) -> bool:
    """Whether the natural parameters of a law are affine in the block."""
    if not isinstance(law, Distribution):
        return False
    if not isinstance(law.family, ExponentialForm | VectorFamily):
        return False
    chosen = []
    for name, expression in law.arguments:
        if any(node is q.variable for node in subexpressions(expression) for q in block):
            if not _is_plain(expression):
                return False
            chosen.append(name)
    return bool(chosen) and _is_affine(law.family, tuple(chosen))


def _is_plain(expression: Expression) -> bool:
    base = expression.base if isinstance(expression, Lookup) else expression
    return isinstance(base, Parameter)


def _is_affine(family: Family, chosen: tuple[str, ...]) -> bool:
    """Whether eta is affine in the arguments of these names, at an event of two entries."""
    form = spelled(family, 2)
    symbols = {
        argument.name: _symbols(argument.name, form.shape(argument.name))
        for argument in family.arguments
    }
    unknowns = [s for name in chosen for s in sympy.flatten([symbols[name]])]
    hessians = (sympy.hessian(eta, unknowns) for eta in form.natural(symbols))
    return all(entry == 0 for hessian in hessians for entry in hessian)


def _symbols(name: str, shape: tuple[int, ...]) -> object:
    if not shape:
        return sympy.Symbol(name, positive=True)
    return [_symbols(f"{name}_{i}", shape[1:]) for i in range(shape[0])]


def _objective(problem: Problem, block: tuple[Declared, ...], own: Terms) -> Objective:
    """Q with its derivatives, by statistics."""
    rows = tuple(own_indices(q) for q in block)
    columns = tuple(tuple(fresh(axis) for axis in q.axes) for q in block)
    slopes = tuple(derivative(own, q, row) for q, row in zip(block, rows, strict=True))
    return Objective(
        block,
        rows,
        columns,
        problem.separate(own),
        tuple(
            problem.freed(problem.separate(slope), q, row)
            for q, row, slope in zip(block, rows, slopes, strict=True)
        ),
        tuple(
            tuple(
                problem.freed(
                    problem.freed(_opened(problem.separate(derivative(slope, b, column))), a, row),
                    b,
                    column,
                )
                for b, column in zip(block, columns, strict=True)
            )
            for a, row, slope in zip(block, rows, slopes, strict=True)
        ),
        {q: problem.free[q] for q in block if q in problem.free},
    )


def _opened(terms: Terms) -> Terms:
    """Sums of products one by one, so that none is made over all axes of the others."""
    return tuple(
        replace(term, value=part)
        for term in terms
        for part in sympy.Add.make_args(sympy.expand(term.value) if term.bound else term.value)
    )


def maximized(problem: Problem, objective: Objective) -> tuple[Element, ...]:
    """The unknowns where an objective is greatest."""
    found = []
    for i, (q, row) in enumerate(zip(objective.unknowns, objective.rows, strict=True)):
        base = Maximized(q.name, q.axes, q.sign, objective=objective, position=i, indices=row)
        found.append(problem.chosen(q, Element(base, row)))
    return tuple(found)
