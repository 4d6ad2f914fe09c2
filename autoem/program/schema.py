"""The schema of a model: what the runtime and a generated module know of it, as plain data.

Names, axes and domains of the variables, and which arrays hold the posterior of each latent.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from autoem.derive.approximations import Gibbs, Laplace
from autoem.derive.kept import Kept
from autoem.derive.law import bounds_of, is_told, least, only_bounds
from autoem.derive.maximizers.problem import STEPS
from autoem.derive.missing import splits
from autoem.derive.moments import moments
from autoem.derive.posteriors.enumerate import StatePosterior, table_axes
from autoem.derive.posteriors.product_chain import ProductChainPosterior
from autoem.derive.rows import row_axis, statistics, untold
from autoem.derive.stages import Derivation
from autoem.derive.units import units
from autoem.families.degrees import degrees
from autoem.graph.factor_graph import kind_of
from autoem.language.chain import Tree
from autoem.language.construct import Aggregate, Evidence
from autoem.language.declaration import Given, Observed, Parameter, Random, Variable
from autoem.language.distribution import Distribution, Switch
from autoem.language.expression import Apply, Expression, Lookup, Number
from autoem.program.expectation import STATES
from autoem.program.ir import NEW, ArrayProgram, Matrix
from autoem.program.lower.names import AxisNames, axis_names
from autoem.program.positions import with_positions
from autoem.program.simplify.context import varying
from autoem.program.walk import references
from autoem.program.weighed import weighed

SUPPORTS = {
    "real": "real", "vector": "real", "positive": "positive", "unit": "interval", "count": "count",
    "binary": "binary", "category": "index", "simplex": "simplex", "cells": "count",
    "angle": "real", "integer": "integer", "positive_definite": "positive_definite",
}  # fmt: skip
"""The support of a family as a kind of domain."""


def schema_of(derivation: Derivation, program: ArrayProgram) -> dict[str, Any]:
    """The plain dictionary that `runtime.schema.Schema.from_dict` reads."""
    axes = axis_names(derivation.declaration)
    declared = derivation.declaration.variables
    bounds, more = only_bounds(declared), _parents(declared) | least(declared)
    variables = [
        _variable(v, axes) | _of_bounds(v, bounds, axes) | more.get(v, {}) for v in declared
    ]
    for variable in variables:
        if variable["name"] in derivation.held:
            variable["fixed"] = free_as_none(derivation.held[variable["name"]].tolist())
    for mean in (mean for factor in derivation.e_step.factors for mean in factor.held):
        variables.append(_variable(mean.quantity.variable, axes) | {"variational": mean.start})
    for noise in (noise for factor in derivation.e_step.factors for noise in factor.noise):
        variables.append(_variable(noise.variable, axes) | {"variational": "real"})
    for factor in derivation.graph.factors:
        if splits(factor):
            next(v for v in variables if v["name"] == factor.name)["splits"] = True
    known = units(derivation.log_joint)
    above = {parameter.name: axes.of(axis) for parameter, axis in degrees(declared).items()}
    for variable in variables:
        if variable["name"] in above:
            variable["above"] = above[variable["name"]]
        if variable["name"] in known:
            variable["units"] = known[variable["name"]]
    for update in derivation.m_step.updates:
        if update.statistic:
            (found,) = (v for v in variables if v["name"] == update.parameters[0].name)
            found["corner"] = update.statistic
    return {
        "name": derivation.name,
        "axes": list(axes.names.values()),
        "variables": variables,
        "sizes": axes.lengths,
        **weighed(derivation, program, axes),
        "objective": derivation.objective,
        **({} if derivation.likelihood else {"likelihood": False}),
        **_draws(derivation, program),
        "exact": not _is_shortened(derivation),
        "rows": _rows(derivation, program, axes),
        "gaps": [variable.name for variable in derivation.log_joint.scope.masks],
        "sparse": list(program.sparse),
        "tables": _tables(derivation, axes),
        "expectations": _responsibilities(program),
        "dense": _dense(program),
        "every": {a.axes[0]: a.name for a in program.data if a.name in program.every},
        "posterior": {
            latent: {word: [list(told.arrays), list(told.axes)] for word, told in words.items()}
            for latent, words in program.latents.items()
        },
    }


def _draws(derivation: Derivation, program: ArrayProgram) -> dict[str, Any]:
    """Of an E-step by draws: the parameters that hold the state, with the statistics that are the
    next one, those that hold noise, and how many sweeps are made."""
    assumed, factors = derivation.e_step.assume, derivation.e_step.factors
    if not isinstance(assumed, Gibbs):
        return {}
    drawn = [held.quantity.name for factor in factors for held in factor.held]
    lets = {let.targets[0].name: let.operation for let in program.maximize.body}
    found = {name: references(lets[NEW + name])[0].name for name in drawn}
    noise = [q.name for factor in factors for q in factor.noise]
    return {"draws": {"found": found, "noise": noise, **assumed.options}}


def _is_shortened(derivation: Derivation) -> bool:
    """Whether an M-step may go too far: where it maximizes no Q, or Q is only the slope's."""
    if isinstance(derivation.e_step.assume, Laplace):
        return True
    return any(update.rule in STEPS for update in derivation.m_step.updates)


def _rows(derivation: Derivation, program: ArrayProgram, axes: AxisNames) -> dict[str, Any]:
    """Which arrays have rows and along which axis, and whose moments tell all, where some do.

    Empty where rows cannot be told from their data: there are none, their positions or their number
    is read, an update goes through them, or a table is sparse.
    """
    row, found = row_axis(derivation), moments(derivation)
    if row is None and found is not None:
        return _shared(axes.of(found.row), program)
    kept = any(isinstance(statistic, Kept) for statistic in statistics(derivation))
    if program.sparse or program.row is None or with_positions(program) is not program:
        return {}
    told = all(program.row not in a.axes for a in program.data if a.name in program.every)
    if kept or not told or any(size.axis is row for size in untold(derivation)):
        return {}
    places = {a.name: a.axes.index(program.row) for a in program.data if program.row in a.axes}
    masks = derivation.log_joint.scope.masks
    if found is None:
        cut = _cut(program)
        return {"arrays": places} | ({"apart": cut} if cut else {})
    apart = [v.name for v in found.codes] + [masks[v].name for v in found.gaps]
    return {"arrays": places, "moments": [name for name in places if name not in apart]}


def _cut(program: ArrayProgram) -> list[str]:
    """The axes along which rows may end earlier: no parameter and no statistic has them, and every
    statistic is a sum over rows."""
    sums = program.statistics.outputs
    varied = varying(program.statistics, program.row)
    if program.prior is not None or any(array.name not in varied for array in sums):
        return []
    rows = (a for a in program.data if program.row in a.axes)
    axes = dict.fromkeys(axis for a in rows for axis in a.axes if axis != program.row)
    held = {program.sizes[axis] for a in (*program.parameters, *sums) for axis in a.axes}
    return [axis for axis in axes if program.sizes[axis] not in held]


def _tables(derivation: Derivation, axes: AxisNames) -> dict[str, list[str]]:
    """Latent to the axes of the joint states that its posterior keeps, where there are several."""
    found = {}
    for posterior in derivation.e_step.posteriors:
        if isinstance(posterior, StatePosterior) and posterior.local.contexts:
            kept = table_axes(posterior.indicator, posterior.local)
            found[posterior.indicator.latent.name] = [axes.of(axis) for axis in kept]
        elif isinstance(posterior, ProductChainPosterior):
            w, name = posterior.weights, " and ".join(i.latent.name for i in posterior.indicators)
            found[name] = [axes.of(index.axis) for index in (*w.befores, *w.states)]
    return found


def _dense(program: ArrayProgram) -> list[str]:
    """The axes whose square matrices the posterior inverts."""
    operations = (let.operation for let in program.posterior.body)
    rows = (program.sizes[each.row] for each in operations if isinstance(each, Matrix))
    return list(dict.fromkeys(rows))


def _shared(axis: str, program: ArrayProgram) -> dict[str, Any]:
    """The data of an axis whose weights are data too: rows of no latent of their own."""
    found = [array for array in program.data if axis in array.axes]
    weight = next(array.name for array in found if array.name in program.ones)
    own = [array for array in found if array.name != weight]
    places = {array.name: array.axes.index(axis) for array in own}
    return {"arrays": places, "moments": list(places), "weight": weight}


def _responsibilities(program: ArrayProgram) -> dict[str, Any]:
    """Latent to the array of its state probabilities and the axes of that array; not where these
    are given the states of another latent, or sparse."""
    arrays = {array.name: array for array in program.posterior.outputs}
    found = {}
    for latent, words in program.latents.items():
        if STATES in words and sum(axis[0] in "[(" for axis in words[STATES].axes) == 1:
            (name,) = words[STATES].arrays
            if name in arrays:
                found[latent] = [name, list(arrays[name].axes)]
    return found


def _parents(declared: Sequence[Variable]) -> dict[Expression, dict[str, Any]]:
    """The givens that name the parents of trees: -1 is that of a root."""
    laws = (v.distribution for v in declared if isinstance(v, Random))
    return {law.parent: {"lower": -1.0} for law in laws if isinstance(law, Tree)}


def _variable(variable: Variable, axes: AxisNames) -> dict[str, Any]:
    found: dict[str, Any] = {"name": variable.name, "kind": kind_of(variable)}
    found["domain"] = domain_of(variable)
    if variable.plates:
        found["plates"] = [axes.of(axis) for axis in variable.plates]
    if variable.event:
        found["event"] = [axes.of(axis) for axis in variable.event]
    trials = _trials(variable)
    if trials is not None:
        found["trials"] = trials
    if isinstance(variable, Random | Given) and variable.category is not None:
        found["category"] = axes.of(variable.category)
    if isinstance(variable, Parameter | Given) and variable.domain.kind == "interval":
        ends = ("lower", variable.domain.lower), ("upper", variable.domain.upper)
        found |= {name: float(end) for name, end in ends if end is not None}
    return found


def free_as_none(entries: Any) -> Any:
    """Nested lists with None where an entry is nan, that is free."""
    if isinstance(entries, list):
        return [free_as_none(entry) for entry in entries]
    return None if math.isnan(entries) else entries


def _of_bounds(variable: Variable, bounds: tuple[Given, ...], axes: AxisNames) -> dict[str, Any]:
    """What is seen through its bounds or its table needs no values; bounds may be infinite."""
    found: dict[str, Any] = {} if is_told(variable) else {"free": False}
    if variable in bounds:
        found["bound"] = True
    law = variable.distribution if isinstance(variable, Random) else None
    # What is outside of the bounds of one branch of a switch is left to the other.
    known = () if law is None or isinstance(law, Switch) else bounds_of(law)
    ends = [_name_or_number(end) for end in known]
    if ends and None not in ends:
        found["between"] = ends
    for part in likelihoods(law.table) if isinstance(law, Evidence) else ():
        ((states, _),) = part.entries
        found.setdefault("table", [part.base.label, axes.of(states)])
    return found


def likelihoods(table: Expression) -> Iterator[Lookup]:
    """The givens over more than the states that are factors of a likelihood: a row of zeros there
    is one of the whole."""
    match table:
        case Apply("multiply", arguments):
            for argument in arguments:
                yield from likelihoods(argument)
        case Apply("divide", (above, _)):
            yield from likelihoods(above)
        case Lookup(Given() as base, (_,)) if len(base.plates) > 1:
            yield table


def _name_or_number(bound: Expression) -> str | float | None:
    """A bound as data have it; None for a formula."""
    if isinstance(bound, Number):
        return float(bound.value)
    return bound.name if isinstance(bound, Given) else None


def _trials(variable: Variable) -> str | float | None:
    """The number of trials of an observed count, or the given that holds it."""
    if not isinstance(variable, Observed):
        return None
    law = variable.distribution
    if isinstance(law, Aggregate):
        cells = sum(len(group) for group in law.groups)
        known = isinstance(law.latent, Random) and law.latent.event
        if not known or cells != law.latent.event[-1].size:
            return None
        law = law.latent.distribution
    trials = dict(law.arguments).get("trials") if isinstance(law, Distribution) else None
    if isinstance(trials, Number):
        return float(trials.value)
    return trials.name if isinstance(trials, Given) else None


def domain_of(variable: Variable) -> str:
    """The kind of the domain, or of the support, of a variable."""
    if isinstance(variable, Parameter | Given):
        return variable.domain.kind
    assert isinstance(variable, Random)
    law = variable.distribution
    if isinstance(law, Aggregate):
        return domain_of(law.latent)
    return SUPPORTS[law.support] if law.support is not None else "real"
