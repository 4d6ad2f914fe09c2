"""From a derivation to its program: posterior, statistics, maximizer, score."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from autoem.derive.decode import decode
from autoem.derive.index import Index, fresh
from autoem.derive.law import is_told
from autoem.derive.moments import moments
from autoem.derive.quantity import Computed, Declared, Defined, Quantity, Size, Statistic
from autoem.derive.repeats import Repeats, alone
from autoem.derive.rows import evidence, is_prior, parts, row_axis, statistics, untold
from autoem.derive.smoothed import Smoothed, SmoothedGaussian
from autoem.derive.stages import Derivation
from autoem.language.declaration import Given, Latent, Parameter
from autoem.language.expression import Axis
from autoem.program import ir
from autoem.program.lower import decode as decoding
from autoem.program.lower.body import Body
from autoem.program.lower.latents import latents
from autoem.program.lower.measure import unmeasured
from autoem.program.lower.names import AxisNames, axis_names
from autoem.program.lower.repeats import with_repeats
from autoem.program.lower.rows import WEIGHT, at_row, over_rows
from autoem.program.lower.score import score_functions
from autoem.program.lower.steps import with_known_steps
from autoem.program.lower.sums import total
from autoem.program.walk import index_axes, references


def lower(
    derivation: Derivation, document: str | None = None, weights: Repeats | None = None
) -> ir.ArrayProgram:
    """The array program of a derivation; its document is the derivation, or what is given.

    `weights` is an axis whose entries count as often as weights say, inside of sums.  Raises
    `Dependent` where a matrix holds them together.
    """
    axes = axis_names(derivation.declaration)
    every = unmeasured(derivation, axes)
    declared = {**_declared(derivation, axes), **{q: e.array for q, e in every.items()}}
    needed, row = statistics(derivation), row_axis(derivation)
    expectations = _expectations(derivation, needed)
    posterior, arrays = _posterior(derivation, axes, declared, expectations, row)
    given = _given(axes, declared, arrays, row)
    gathered, sums = _gather(axes, given, [*needed, *untold(derivation)], row)
    maximize, free = _maximize(derivation, axes, declared, sums)
    score, prior_score = (
        (None, None)
        if not derivation.likelihood  # a gradient by theta alone is that of none
        else score_functions(derivation, axes, declared, given, row)
    )
    decoded = decoding.function(decode(derivation.e_step), Body(axes, declared), declared)
    data = tuple(a for q, a in declared.items() if not _is_parameter(q))
    parameters = tuple(a for q, a in declared.items() if _is_parameter(q))
    more = tuple(f for f in (score, prior_score, decoded) if f is not None)
    used = _axes((posterior, gathered, maximize, *more), (*data, *parameters))
    program = ir.ArrayProgram(
        derivation.name,
        None if row is None else axes.of(row),
        {axis: axis.rstrip("'") for axis in used},
        data,
        parameters,
        posterior,
        gathered,
        maximize,
        str(derivation) if document is None else document,
        lengths=axes.lengths,
        prior=_prior(derivation, axes, declared),
        score=score,
        prior_score=prior_score,
        decode=decoded,
        latents=latents(derivation, axes, arrays),
        every={e.array.name: e.codes for e in every.values()},
        masks=tuple(mask.name for mask in derivation.log_joint.scope.masks.values()),
        free=free,
        **_modes(derivation, arrays),
    )
    found = moments(derivation) if row is None else None
    if found is not None:
        program = with_repeats(program, alone(found.row), axes)
    if weights is None or (found is not None and weights.axis is found.row):
        return program
    program = with_repeats(program, weights, axes)
    if document is not None:
        return program
    name, axis = program.ones[-1], axes.of(weights.axis)
    told = f"{name} is how often an entry of {axis} counts, with all that lies in it: 1 by default."
    return replace(program, document=f"{program.document}\n\nWeights\n  {told}")


def _modes(derivation: Derivation, arrays: dict[Quantity, ir.Array]) -> dict[str, Any]:
    """What is held at a mode, and where a step of Newton's method leads."""
    found = [q for q in derivation.e_step.posteriors if "newton" in q.expectations]
    heights = dict.fromkeys(arrays[q.expectations["height"].base].name for q in found)
    steps = [q.expectations["newton"].base for q in found]
    held = [held for factor in derivation.e_step.factors for held in factor.held]
    modes = {h.quantity.name: arrays[h.value.base].name for h in held if h.value.base in steps}
    return {"modes": modes, "heights": tuple(heights)}


def _axes(functions: tuple[ir.Function, ...], arrays: tuple[ir.Array, ...]) -> list[str]:
    """Every axis that is read or written, each once."""
    lets = [inner for f in functions for let in f.body for inner in _within(let)]
    used = [axis for let in lets for t in let.targets for axis in t.axes]
    used += [axis for array in arrays for axis in array.axes]
    read = [ref for let in lets for ref in references(let.operation)]
    used += [axis for ref in read for axis in index_axes(ref)]
    return list(dict.fromkeys(used))


def _within(let: ir.Let) -> list[ir.Let]:
    """A statement, and those inside a maximum."""
    return [let, *(let.operation.body if isinstance(let.operation, ir.Maximize) else ())]


def _declared(derivation: Derivation, axes: AxisNames) -> dict[Quantity, ir.Array]:
    """Parameters and data as arrays."""
    scope = derivation.log_joint.scope
    result: dict[Quantity, ir.Array] = {}
    for variable in derivation.variables:
        if isinstance(variable, Latent) or not is_told(variable):
            continue
        quantity = scope.quantity(variable)
        codes = not isinstance(variable, Parameter) and (
            variable.category is not None
            or (isinstance(variable, Given) and variable.domain.kind == "binary")
        )
        seen: list[str] = []
        for axis in quantity.axes:
            name = axes.of(axis)
            while name in seen:
                name += "'"
            seen.append(name)
        result[quantity] = ir.Array(quantity.name, tuple(seen), "int" if codes else "float")
    for variable, mask in scope.masks.items():
        result[mask] = ir.Array(mask.name, result[scope.quantity(variable)].axes)
    return result


def _is_parameter(quantity: Quantity) -> bool:
    return isinstance(quantity, Declared) and isinstance(quantity.variable, Parameter)


def _expectations(derivation: Derivation, needed: list[Statistic]) -> list[Quantity]:
    """The posterior quantities that statistics or users read."""
    found: dict[Quantity, None] = {}
    for posterior in derivation.e_step.posteriors:
        found.update({e.base: None for e in posterior.expectations.values()})

    def visit(base: Quantity) -> None:
        if isinstance(base, Smoothed | SmoothedGaussian) or (
            isinstance(base, Computed | Defined) and base.phase == "posterior"
        ):
            found[base] = None
            return
        for part in parts(base):
            visit(part)

    for statistic in needed:
        visit(statistic)
    return list(found)


def _posterior(
    derivation: Derivation,
    axes: AxisNames,
    declared: dict[Quantity, ir.Array],
    expectations: list[Quantity],
    row: Axis | None,
) -> tuple[ir.Function, dict[Quantity, ir.Array]]:
    """Data and parameters to expectations and the log-likelihood of each row."""
    body = Body(axes, declared)
    own = tuple(evidence(derivation))
    free: tuple[Index, ...] = ()
    if row is not None:
        free = (fresh(row),)
        own = tuple(at_row(term, free[0]) for term in own)
    of_rows = total(body, "log_evidence", own, free)
    arrays = {base: body.array(base) for base in expectations}
    distinct = dict.fromkeys(arrays.values())
    return (
        ir.Function(
            "posterior",
            tuple(declared.values()),
            tuple(body.lets),
            (*distinct, of_rows),
            "E-step: the posterior of the latents at the old parameters",
        ),
        arrays,
    )


def _prior(
    derivation: Derivation, axes: AxisNames, declared: dict[Quantity, ir.Array]
) -> ir.Function | None:
    """The log density of the parameters, where some have priors."""
    terms = tuple(t for t in derivation.e_step.evidence if is_prior(derivation, t))
    if not terms:
        return None
    body = Body(axes, declared)
    output = total(body, "log_prior", terms, ())
    return ir.Function(
        "prior", tuple(body.inputs.values()), tuple(body.lets), (output,),
        "the log density of the parameters: with it the objective is the log posterior",
    )  # fmt: skip


def _given(
    axes: AxisNames,
    declared: dict[Quantity, ir.Array],
    arrays: dict[Quantity, ir.Array],
    row: Axis | None,
) -> dict[Quantity, ir.Array]:
    """What sums over rows are made of: data, parameters, expectations and weights."""
    weights = {} if row is None else {WEIGHT: ir.Array(ir.ROW_WEIGHT, (axes.of(row),))}
    return {**declared, **arrays, **weights}


def _gather(
    axes: AxisNames,
    given: dict[Quantity, ir.Array],
    needed: list[Statistic | Size],
    row: Axis | None,
) -> tuple[ir.Function, dict[Quantity, ir.Array]]:
    """Expectations and data to statistics, additive over weighted rows; lengths beside them."""
    body = Body(axes, given)
    sums: dict[Quantity, ir.Array] = {}
    for statistic in needed:
        if isinstance(statistic, Size):
            sums[statistic] = body.array(statistic)
            continue
        definition = over_rows(statistic, row)
        sums[statistic] = total(body, statistic.name, definition, statistic.indices)
    function = ir.Function(
        "statistics",
        tuple(dict.fromkeys(given.values())),
        tuple(body.lets),
        tuple(dict.fromkeys(sums.values())),
        "statistics: sums over rows of data and expectations",
    )
    return function, sums


def _maximize(
    derivation: Derivation,
    axes: AxisNames,
    declared: dict[Quantity, ir.Array],
    sums: dict[Quantity, ir.Array],
) -> tuple[ir.Function, dict[ir.Array, ir.Nested]]:
    """Statistics and old parameters to new parameters; and which entries of these are free."""
    updates = derivation.m_step.updates
    values = {p: v.base for u in updates for p, v in zip(u.parameters, u.values, strict=True)}
    parameters = {q: a for q, a in declared.items() if _is_parameter(q)}
    marks = derivation.m_step.free
    free: dict[Quantity, ir.Array] = {f: ir.Array(f.name, parameters[f.base].axes) for f in marks}
    given: dict[Quantity, ir.Array] = {**parameters, **sums, **free}
    body = Body(axes, given, dict.fromkeys(values.values(), ir.NEW))
    for update in updates:
        first = len(body.lets)
        for value in update.values:
            body.array(value.base)
        if len(body.lets) > first:
            named = ", ".join(p.name for p in update.parameters)
            comment = f"{named}: {update.reason}"
            body.lets[first] = replace(body.lets[first], comment=comment)
    outputs = tuple(body.array(values[q]) for q in parameters if q in values)
    inputs = (*sums.values(), *parameters.values(), *free.values())
    steps = {
        body.array(step).name: body.array(value.base).name
        for update in updates
        for (_, step), value in zip(update.located, update.values, strict=False)
    }
    made = ir.Function(
        "maximize", tuple(dict.fromkeys(inputs)), tuple(body.lets), outputs,
        "M-step: the maximizer of Q",
    )  # fmt: skip
    made = with_known_steps(made, steps)
    return made, {free[f]: f.entries.astype(int).tolist() for f in marks}
