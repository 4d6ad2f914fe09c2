"""The three functions of an EM algorithm, from its derivation.

The *row* is the axis over which everything is additive: every statistic and every term of the
log-likelihood sums over it exactly once.  Along it the E-step can be cut into blocks, and along it
units are weighted.
"""

from __future__ import annotations

from dataclasses import replace

from autoem.derive.index import Index, fresh
from autoem.derive.quantity import (
    Computed,
    Declared,
    Defined,
    Element,
    LinearSystem,
    MatrixFunction,
    Origin,
    Quantity,
    Solution,
    Statistic,
    elements,
)
from autoem.derive.stages import Derivation
from autoem.derive.term import Term, Terms, at
from autoem.language.declaration import Latent, Parameter
from autoem.language.expression import Axis
from autoem.program import ir
from autoem.program.lower.body import Body
from autoem.program.lower.names import AxisNames, axis_names
from autoem.program.lower.sums import total
from autoem.program.walk import index_axes, references


def lower(derivation: Derivation) -> ir.ArrayProgram:
    """The array program of a derivation."""
    axes = axis_names(derivation.declaration)
    declared = _declared(derivation, axes)
    needed = _statistics(derivation)
    row = _row(derivation, needed)
    expectations = _expectations(derivation, needed)
    posterior, arrays = _posterior(derivation, axes, declared, expectations, row)
    statistics, sums = _gather(axes, declared, arrays, needed, row)
    maximize = _maximize(derivation, axes, declared, sums)
    data = tuple(a for q, a in declared.items() if not _is_parameter(q))
    parameters = tuple(a for q, a in declared.items() if _is_parameter(q))
    functions = (posterior, statistics, maximize)
    used = [axis for f in functions for let in f.body for t in let.targets for axis in t.axes]
    used += [axis for array in (*data, *parameters) for axis in array.axes]
    read = [r for f in functions for let in f.body for r in references(let.operation)]
    used += [axis for ref in read for axis in index_axes(ref)]
    return ir.ArrayProgram(
        derivation.name,
        None if row is None else axes.of(row),
        {axis: axis.rstrip("'") for axis in dict.fromkeys(used)},
        data,
        parameters,
        posterior,
        statistics,
        maximize,
        str(derivation),
        lengths=axes.lengths,
        prior=_prior(derivation, axes, declared),
    )


def _declared(derivation: Derivation, axes: AxisNames) -> dict[Quantity, ir.Array]:
    """Parameters and data as arrays."""
    scope, result = derivation.log_joint.scope, {}
    for variable in derivation.graph.variables:
        if isinstance(variable, Latent):
            continue
        quantity = scope.quantity(variable)
        codes = variable.category is not None and not isinstance(variable, Parameter)
        seen: list[str] = []
        for axis in quantity.axes:
            name = axes.of(axis)
            while name in seen:
                name += "'"
            seen.append(name)
        result[quantity] = ir.Array(quantity.name, tuple(seen), "int" if codes else "float")
    for variable, seen in scope.masks.items():
        result[seen] = ir.Array(seen.name, result[scope.quantity(variable)].axes)
    return result


def _is_parameter(quantity: Quantity) -> bool:
    return isinstance(quantity, Declared) and isinstance(quantity.variable, Parameter)


def _parts(base: Quantity) -> list[Quantity]:
    """The quantities that a quantity is computed from."""
    if isinstance(base, Defined):
        return [e.base for term in base.definition for e in _mentioned(term)]
    if isinstance(base, Computed):
        return [e.base for operand in base.operands for e in elements(operand)]
    if isinstance(base, MatrixFunction | Origin):
        return [base.base]
    if isinstance(base, Solution):
        system: LinearSystem = base.system
        known = (*system.right, *(e for line in system.matrix for e in line if e is not None))
        return [element.base for element in known]
    return []


def _mentioned(term: Term) -> tuple[Element, ...]:
    return elements(term.value)


def _reachable(bases: list[Quantity]) -> list[Quantity]:
    """Everything that some quantities are computed from, each after what it is computed from."""
    found: dict[Quantity, None] = {}

    def visit(base: Quantity) -> None:
        if base in found:
            return
        for part in _parts(base):
            visit(part)
        found[base] = None

    for base in bases:
        visit(base)
    return list(found)


def _statistics(derivation: Derivation) -> list[Statistic]:
    """The statistics that the updates read."""
    values = [value.base for update in derivation.m_step.updates for value in update.values]
    return [base for base in _reachable(values) if isinstance(base, Statistic)]


def _expectations(derivation: Derivation, needed: list[Statistic]) -> list[Quantity]:
    """The posterior quantities that statistics or users read."""
    found: dict[Quantity, None] = {}
    for posterior in derivation.e_step.posteriors:
        found.update({e.base: None for e in posterior.expectations.values()})

    def visit(base: Quantity) -> None:
        if isinstance(base, Computed | Defined) and base.phase == "posterior":
            found[base] = None
            return
        for part in _parts(base):
            visit(part)

    for statistic in needed:
        visit(statistic)
    return list(found)


def _row(derivation: Derivation, needed: list[Statistic]) -> Axis | None:
    """The axis over which everything sums exactly once."""
    terms = [t for t in derivation.e_step.evidence if not _is_prior(derivation, t)]
    terms += [term for statistic in needed for term in statistic.definition]
    candidates = [a for v in derivation.declaration.observed for a in v.plates]
    for axis in dict.fromkeys(candidates):
        if all(len([i for i in term.bound if i.axis is axis]) == 1 for term in terms):
            return axis
    return None


def _is_prior(derivation: Derivation, term: Term) -> bool:
    """Whether a term of the objective is the log density of a parameter."""
    parameters = [v.name for v in derivation.declaration.parameters]
    return term.factor in parameters


def _posterior(
    derivation: Derivation,
    axes: AxisNames,
    declared: dict[Quantity, ir.Array],
    expectations: list[Quantity],
    row: Axis | None,
) -> tuple[ir.Function, dict[Quantity, ir.Array]]:
    """Data and parameters to expectations and the log-likelihood of each row."""
    body = Body(axes, declared)
    own = tuple(t for t in derivation.e_step.evidence if not _is_prior(derivation, t))
    free: tuple[Index, ...] = ()
    if row is not None:
        free = (fresh(row),)
        own = tuple(_at_row(term, free[0]) for term in own)
    evidence = total(body, "log_evidence", own, free)
    arrays = {base: body.array(base) for base in expectations}
    distinct = dict.fromkeys(arrays.values())
    return (
        ir.Function(
            "posterior",
            tuple(declared.values()),
            tuple(body.lets),
            (*distinct, evidence),
            "E-step: the posterior of the latents at the old parameters",
        ),
        arrays,
    )


def _prior(
    derivation: Derivation, axes: AxisNames, declared: dict[Quantity, ir.Array]
) -> ir.Function | None:
    """The log density of the parameters, where some have priors."""
    terms = tuple(t for t in derivation.e_step.evidence if _is_prior(derivation, t))
    if not terms:
        return None
    body = Body(axes, declared)
    output = total(body, "log_prior", terms, ())
    return ir.Function(
        "prior", tuple(body.inputs.values()), tuple(body.lets), (output,),
        "the log density of the parameters: with it the objective is the log posterior",
    )  # fmt: skip


def _at_row(term: Term, row: Index) -> Term:
    """The term with its sum over rows taken out."""
    (own,) = (index for index in term.bound if index.axis is row.axis)
    moved = at(term, {own: row})
    assert moved is not None
    return moved


def _gather(
    axes: AxisNames,
    declared: dict[Quantity, ir.Array],
    arrays: dict[Quantity, ir.Array],
    needed: list[Statistic],
    row: Axis | None,
) -> tuple[ir.Function, dict[Quantity, ir.Array]]:
    """Expectations and data to statistics, additive over weighted rows."""
    weight = Quantity(ir.ROW_WEIGHT, (), "nonnegative")
    given: dict[Quantity, ir.Array] = {**declared, **arrays}
    if row is not None:
        given[weight] = ir.Array(ir.ROW_WEIGHT, (axes.of(row),))
    body = Body(axes, given)
    sums: dict[Quantity, ir.Array] = {}
    for statistic in needed:
        definition: Terms = statistic.definition
        if row is not None:
            definition = tuple(_weighted(term, weight, row) for term in definition)
        sums[statistic] = total(body, statistic.name, definition, statistic.indices)
    inputs = dict.fromkeys((*declared.values(), *given.values()))
    function = ir.Function(
        "statistics",
        tuple(inputs),
        tuple(body.lets),
        tuple(dict.fromkeys(sums.values())),
        "statistics: sums over rows of data and expectations",
    )
    return function, sums


def _weighted(term: Term, weight: Quantity, row: Axis) -> Term:
    (own,) = (index for index in term.bound if index.axis is row)
    return replace(term, value=term.value * Element(weight, (own,)))


def _maximize(
    derivation: Derivation,
    axes: AxisNames,
    declared: dict[Quantity, ir.Array],
    sums: dict[Quantity, ir.Array],
) -> ir.Function:
    """Statistics and old parameters to new parameters."""
    updates = derivation.m_step.updates
    values = {p: v.base for u in updates for p, v in zip(u.parameters, u.values, strict=True)}
    parameters = {q: a for q, a in declared.items() if _is_parameter(q)}
    body = Body(axes, {**parameters, **sums}, dict.fromkeys(values.values(), ir.NEW))
    for update in updates:
        first = len(body.lets)
        for value in update.values:
            body.array(value.base)
        if len(body.lets) > first:
            named = ", ".join(p.name for p in update.parameters)
            comment = f"{named}: {update.reason}"
            body.lets[first] = replace(body.lets[first], comment=comment)
    outputs = tuple(body.array(values[q]) for q in parameters if q in values)
    inputs = (*sums.values(), *parameters.values())
    return ir.Function(
        "maximize", tuple(dict.fromkeys(inputs)), tuple(body.lets), outputs,
        "M-step: the maximizer of Q",
    )  # fmt: skip
