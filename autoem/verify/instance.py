"""Small instances at generic parameters: what the obligations are checked on.

Wrong indices hide behind diagonal matrices, equal probabilities and axes of one length, so that
nothing here is symmetric, and axes have different lengths.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from autoem.derive.held import held_entries
from autoem.families.degrees import degrees
from autoem.language.construct import Evidence
from autoem.language.declaration import Given, Latent, Parameter, Random, Variable
from autoem.language.domain import Domain
from autoem.language.expression import Axis, Lookup
from autoem.language.model import ModelType
from autoem.runtime.fixed import hold
from autoem.verify.made_bounds import only_bounds
from autoem.verify.pointwise import size_of
from autoem.verify.simulate import Arrays, is_parent, sample
from autoem.verify.sites import Instance
from autoem.verify.supports import FAR, NEAR, end, ends_of
from autoem.verify.tiny import tiny_sizes

Shape = tuple[int, ...]
REPORTS = 3
COUNTS = (12, 16)
"""Where the known counts (of trials, of people) lie."""

Drawer = Callable[[np.random.Generator, Shape, Domain], np.ndarray]


def _interval(generator: np.random.Generator, shape: Shape, domain: Domain) -> np.ndarray:
    assert domain.lower is not None and domain.upper is not None
    lower, upper = float(domain.lower), float(domain.upper)
    return lower + (upper - lower) * generator.uniform(0.15, 0.85, shape)


def _simplex(generator: np.random.Generator, shape: Shape, domain: Domain) -> np.ndarray:
    weight = generator.uniform(0.5, 1.5, shape) * (1 + np.arange(shape[-1]) % 3)
    return weight / weight.sum(axis=-1, keepdims=True)


def _positive_definite(generator: np.random.Generator, shape: Shape, domain: Domain) -> np.ndarray:
    root = generator.normal(size=shape)
    size = shape[-1]
    matrix = root @ np.swapaxes(root, -1, -2) / size + 0.4 * np.eye(size)
    return (matrix + np.swapaxes(matrix, -1, -2)) / 2


def _binary(generator: np.random.Generator, shape: Shape, domain: Domain) -> np.ndarray:
    """Both values, where there are two entries: what only one of them chooses is tested too."""
    chosen = generator.integers(0, 2, shape)
    if chosen.size > 1 and chosen.min() == chosen.max():
        chosen.flat[0] = 1 - chosen.flat[0]
    return chosen


DRAW: dict[str, Drawer] = {
    "real": lambda g, shape, _: g.normal(size=shape),
    "positive": lambda g, shape, _: np.exp(g.normal(0.4, 0.4, shape)),
    "nonnegative": lambda g, shape, _: np.exp(g.normal(0.4, 0.4, shape)),
    "interval": _interval,
    "simplex": _simplex,
    "positive_definite": _positive_definite,
    "binary": _binary,
}
"""Kind of domain to a generic value in it."""


def random_parameters(
    model: ModelType, sizes: Mapping[str, int], generator: np.random.Generator, reach: float = NEAR
) -> Arrays:
    """Generic parameters inside their domains; ends of a support lie `reach` out.

    >>> from autoem.families import Categorical
    >>> from autoem.language import Axis, Model, Observed, Simplex
    >>> class Share(Model):
    ...     k = Axis()
    ...     p = Parameter(Simplex(k))
    ...     x = Observed(Categorical(p))
    >>> float(random_parameters(Share, {"k": 3}, np.random.default_rng(0))["p"].sum().round(12))
    1.0
    """
    lengths = axis_sizes(model, sizes)
    drawn = _drawn(model.declaration.parameters, lengths, generator)
    for parameter, axis in degrees(model.declaration.variables).items():
        drawn[parameter.name] = drawn[parameter.name] + size_of(axis, lengths) - 1
    drawn |= {
        p.name: end(side, p, drawn[p.name], reach, generator) for p, side in ends_of(model).items()
    }
    parameters = {p.name: p for p in model.declaration.parameters}
    domains = {name: (p.domain.kind, 0.0, 1.0) for name, p in parameters.items()}
    held = held_entries(parameters.values(), {})
    shaped = {n: np.broadcast_to(e, drawn[n].shape) for n, e in held.items()}
    return hold(domains, drawn, shaped)


def random_givens(
    model: ModelType,
    sizes: Mapping[str, int],
    generator: np.random.Generator,
    counts: tuple[int, int] = COUNTS,
) -> Arrays:
    """Generic covariates, groups and counts; not bounds, which are made around what is drawn."""
    made = only_bounds(model.declaration)
    givens = tuple(variable for variable in model.declaration.givens if variable not in made)
    drawn = _drawn(givens, axis_sizes(model, sizes), generator, counts)
    return drawn | {v.name: _forest(drawn[v.name], v) for v in givens if is_parent(model, v)}


def _forest(codes: np.ndarray, variable: Given) -> np.ndarray:
    """Parents out of any codes: of node v, one of those before it; the first is a root.

    >>> from autoem.language import Axis, Index
    >>> v = Axis()
    >>> _forest(np.array([2, 0, 1, 1]), Given(Index(v), over=v))
    array([-1,  0,  1,  1])
    """
    assert variable.domain.axis is not None
    along = [i for i, axis in enumerate(variable.plates) if axis is variable.domain.axis]
    nodes = np.indices(codes.shape)[along[0]]
    return np.where(nodes > 0, codes % np.maximum(nodes, 1), -1)


def _drawn(
    variables: tuple[Parameter, ...] | tuple[Given, ...],
    sizes: Mapping[Axis, int],
    generator: np.random.Generator,
    counts: tuple[int, int] = COUNTS,
) -> Arrays:
    drawn = {}
    for variable in variables:
        shape = tuple(size_of(axis, sizes) for axis in (*variable.plates, *variable.event))
        domain = variable.domain
        if domain.axis is not None:
            # Every position occurs where there are enough rows, in no order.
            cycle = np.arange(int(np.prod(shape))) % size_of(domain.axis, sizes)
            drawn[variable.name] = generator.permutation(cycle).reshape(shape)
        elif domain.kind == "count":
            drawn[variable.name] = np.asarray(generator.integers(*counts, shape))
        else:
            drawn[variable.name] = np.asarray(DRAW[domain.kind](generator, shape, domain))
    return drawn


def axis_sizes(model: ModelType, sizes: Mapping[str, int]) -> dict[Axis, int]:
    """Lengths by axis instead of by attribute name."""
    axes = model.declaration.axes
    return {axis: sizes[axis.key] for axis in axes if axis.key and axis.key in sizes}


def tiny_instance(model: ModelType, seed: int = 0) -> Instance:
    """Data simulated at generic parameters, seen at other generic parameters."""
    return random_instance(model, tiny_sizes(model), np.random.default_rng(seed))


def random_instance(
    model: ModelType, sizes: Mapping[str, int], generator: np.random.Generator
) -> Instance:
    """Simulated data of the given sizes, at parameters that did not make them."""
    made = simulated(model, sizes, generator)
    return made.at(random_parameters(model, sizes, generator, FAR))


def simulated(
    model: ModelType,
    sizes: Mapping[str, int],
    generator: np.random.Generator,
    counts: tuple[int, int] = COUNTS,
) -> Instance:
    """Data of the given sizes, at the generic parameters that made them."""
    given = random_givens(model, sizes, generator, counts)
    truth = random_parameters(model, sizes, generator)
    return resampled(Instance(model, axis_sizes(model, sizes), given, truth), generator)


def resampled(instance: Instance, generator: np.random.Generator) -> Instance:
    """New observations at the same givens and parameters."""
    model, sizes = instance.model, {a.key: n for a, n in instance.sizes.items() if a.key}
    made = only_bounds(model.declaration)
    given = {v.name: instance.data[v.name] for v in model.declaration.givens if v not in made}
    drawn = sample(model, instance.parameters, sizes, generator, given=given)
    drawn |= _reports(model, drawn, generator)
    names = (v.name for v in model.declaration.variables if _is_data(v))
    kept = {name: drawn[name] for name in names if name in drawn}
    return Instance(model, instance.sizes, kept, instance.parameters)


def _reports(model: ModelType, drawn: Arrays, generator: np.random.Generator) -> Arrays:
    """Tables of evidence that tell of the states: what a random report is worth for each."""
    tables = {}
    for variable in model.declaration.observed:
        law = variable.distribution
        if isinstance(law, Evidence) and isinstance(law.table, Lookup):
            latent, base = law.table.entries[-1][1], law.table.base
            assert isinstance(latent, Variable) and isinstance(base, Variable)
            states = drawn[latent.name].astype(int)
            channel = generator.dirichlet(np.ones(REPORTS), drawn[base.name].shape[-1])
            shares = np.cumsum(channel[states], axis=-1)
            report = (shares < generator.random((*states.shape, 1))).sum(axis=-1)
            tables[base.name] = channel.T[np.minimum(report, REPORTS - 1)]
    return tables


def with_gaps(
    instance: Instance,
    missing: Sequence[str],
    incomplete: Sequence[str],
    generator: np.random.Generator,
    share: float = 0.2,
) -> Instance:
    """The instance with some entries of the named arrays missing; no vector is missing whole."""
    data = dict(instance.data)
    for name in missing:
        value = np.asarray(data[name], dtype=float)
        gap = generator.random(value.shape) < share
        gap.flat[0] = True
        if value.ndim > 1:
            gap[..., -1] = False
        else:
            gap[len(gap) // 2 :] = False  # enough is seen for a regression not to be exact
        data[name] = np.where(gap, np.nan, value)
    return replace(instance, data=data, incomplete=tuple(incomplete), tables={})


def _is_data(variable: Variable) -> bool:
    return isinstance(variable, Given) or (
        isinstance(variable, Random) and not isinstance(variable, Latent)
    )
