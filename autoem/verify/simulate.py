"""Simulated data from the declaration itself.

The variables of a model are declared after what they mention, so that one pass in that order draws
them: the arguments of each law are evaluated at the values drawn so far, and its family draws.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from autoem.errors.data import (
    BadSize,
    NoSuchName,
    NotFinite,
    SizesDisagree,
    SizeUnknown,
    WrongDimensions,
)
from autoem.errors.verification import MissingValue
from autoem.language.chain import Tree
from autoem.language.construct import Evidence, Within
from autoem.language.declaration import Given, Parameter, Random, Variable
from autoem.language.expression import Axis
from autoem.language.model import ModelType, declaration_of
from autoem.runtime.domains import check_blocks, check_entries
from autoem.runtime.labels import numbers, raw_array
from autoem.runtime.options import check_mappings, check_seed
from autoem.runtime.schema import VariableSchema
from autoem.verify.draws import Draws
from autoem.verify.made_bounds import made_bounds, only_bounds
from autoem.verify.pointwise import size_of

Arrays = dict[str, np.ndarray]


def sample(
    model: ModelType,
    parameters: Mapping[str, Any],
    sizes: Mapping[str, int] | None = None,
    seed: int | np.random.Generator | None = None,
    *,
    given: Mapping[str, Any] | None = None,
) -> Arrays:
    """Draw x and z from p(x, z; theta), with the givens, by name in the order of declaration.

    `sizes` are the lengths of the axes (by attribute name) that neither parameters nor givens
    tell.  Bounds of `Within` are made around the simulated value and returned; what they and
    `Evidence` observe has no array.

    Errors: `MissingValue`, `NoSuchName`, `WrongDimensions`, `OutsideDomain`, `SizeUnknown`,
    `SizesDisagree`, `BadSize`, `BadOption`, `NotAModel`, and `NotSimulated` for a law that is not
    drawn from.

    >>> from autoem.families import Poisson
    >>> from autoem.language import Axis, Model, Observed, Positive
    >>> class Counts(Model):
    ...     n = Axis()
    ...     rate = Parameter(Positive())
    ...     x = Observed(Poisson(rate), over=n)
    >>> sample(Counts, {"rate": 2.0}, {"n": 4}, seed=1)["x"].shape
    (4,)
    """
    declaration_of(model)
    check_mappings(parameters=parameters, sizes=sizes, given=given)
    if not isinstance(seed, np.random.Generator):
        check_seed(seed)
    generator = np.random.default_rng(seed)
    known = _known(model, parameters or {}, dict(given or {}))
    lengths = _lengths(model, known, dict(sizes or {}))
    for variable, value in known.items():
        check_value(variable, value, lengths, lowest=-1 if is_parent(model, variable) else 0)
    draws = Draws(dict(known), lengths, generator)
    for variable in model.declaration.variables:
        law = variable.distribution if isinstance(variable, Random) else None
        if isinstance(law, Within):
            draws.values.update(made_bounds(law, draws.values, lengths, generator))
        elif isinstance(variable, Random) and not isinstance(law, Evidence):
            draws.values[variable] = draws.draw(variable, variable.distribution)
    kept = (v for v in model.declaration.variables if not isinstance(v, Parameter))
    return {v.name: draws.values[v] for v in kept if v in draws.values}


def _known(
    model: ModelType, parameters: Mapping[str, Any], given: Mapping[str, Any]
) -> dict[Variable, np.ndarray]:
    """The arrays of parameters and givens, all there and no others."""
    declaration, known = model.declaration, {}
    made = only_bounds(declaration)
    givens = tuple(variable for variable in declaration.givens if variable not in made)
    kinds: tuple[tuple[str, Any, Mapping[str, Any]], ...] = (
        ("given", givens, given),
        ("parameter", declaration.parameters, parameters),
    )
    for kind, variables, values in kinds:
        names = tuple(variable.name for variable in variables)
        for name in values:
            if name not in names:
                raise NoSuchName(
                    name=name, what="given" if kind == "given" else "parameters", known=names
                )
        for variable in variables:
            if variable.name not in values:
                axes = tuple(axis.label for axis in (*variable.plates, *variable.event))
                found = tuple(values)
                raise MissingValue(variable=variable.name, kind=kind, axes=axes, found=found)
            known[variable] = _array(variable, values[variable.name])
    return known


def _array(variable: Variable, value: Any) -> np.ndarray:
    """The numbers of a parameter or a given."""
    raw = raw_array(variable.name, value)
    axes = tuple(axis.label for axis in (*variable.plates, *variable.event))
    array = numbers(VariableSchema(variable.name, "parameter", "real", axes), raw)
    endless = np.argwhere(~np.isfinite(array))
    if len(endless) and isinstance(variable, Parameter):
        index = tuple(map(int, endless[0]))
        raise NotFinite(variable=variable.name, index=index, axes=axes, value=array[index].item())
    return array if raw.dtype.kind not in "biu" else raw


def _lengths(
    model: ModelType, known: Mapping[Variable, np.ndarray], sizes: Mapping[str, int]
) -> dict[Axis, int]:
    """The length of every axis, from the sizes told and the arrays, which must agree."""
    axes = {axis.key: axis for axis in model.declaration.axes if axis.key}
    claims: dict[Axis, dict[str, int]] = {}
    for name, size in sizes.items():
        if name not in axes:
            raise NoSuchName(name=name, what="sizes", known=tuple(axes))
        if isinstance(size, bool) or not isinstance(size, int | np.integer) or size < 1:
            raise BadSize(axis=name, size=size)
        claims.setdefault(axes[name], {})["sizes="] = int(size)
    for variable, value in known.items():
        own = (*variable.plates, *variable.event)
        if value.ndim != len(own):
            labels = tuple(axis.label for axis in own)
            raise WrongDimensions(variable=variable.name, axes=labels, shape=value.shape)
        for axis, size in zip(own, value.shape, strict=True):
            claims.setdefault(axis, {})[variable.name] = size
    for axis, claim in claims.items():
        if axis.size is not None:
            claim["the declaration"] = axis.size
        if len(dict.fromkeys(claim.values())) > 1:
            raise SizesDisagree(axis=axis.key or axis.label, sizes=claim)
    lengths = {axis: next(iter(claim.values())) for axis, claim in claims.items()}
    _check_told(model, lengths)
    return lengths


def _check_told(model: ModelType, lengths: Mapping[Axis, int]) -> None:
    """Every plate of a random variable has a length."""
    users: dict[Axis, list[str]] = {}
    for variable in model.declaration.variables:
        if isinstance(variable, Random):
            for axis in (*variable.plates, *variable.event):
                users.setdefault(axis, []).append(variable.name)
    for axis, names in users.items():
        if axis.size is None and axis not in lengths:
            raise SizeUnknown(axis=axis.key or axis.label, used_by=tuple(names))


def is_parent(model: ModelType, variable: Variable) -> bool:
    """Whether the variable names the parents of a tree, where -1 stands for none."""
    laws = (v.distribution for v in model.declaration.variables if isinstance(v, Random))
    return any(isinstance(law, Tree) and law.parent is variable for law in laws)


def check_value(
    variable: Variable, value: np.ndarray, lengths: Mapping[Axis, int], lowest: int = 0
) -> None:
    """Raise `OutsideDomain` where a value is not in the domain of its declaration.

    `lowest` is the first code of an index: -1 where it may name nothing.
    """
    assert isinstance(variable, Parameter | Given)
    domain = variable.domain
    kind, lower, upper = domain.kind, domain.lower, domain.upper
    if kind == "index":
        assert domain.axis is not None
        kind, lower, upper = "interval", lowest, size_of(domain.axis, lengths) - 1
    schema = VariableSchema(
        variable.name,
        "parameter" if isinstance(variable, Parameter) else "given",
        kind,
        tuple(axis.label for axis in variable.plates),
        tuple(axis.label for axis in variable.event),
        lower=float(lower) if lower is not None else -np.inf,
        upper=float(upper) if upper is not None else np.inf,
    )
    check_entries(schema, np.asarray(value, dtype=float))
    check_blocks(schema, np.asarray(value, dtype=float))
