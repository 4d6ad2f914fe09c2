"""The complete-data log density as one sum of terms.

Each factor p(v | parents) hands over the summands of its family's log density; they are read at
one index for each axis and summed over the plates of v.  A discrete latent enters as an indicator:

    log N(x_n | mean[z_n])  =  sum_k [z_n = k] log N(x_n | mean_k),

once per factor, and only on the summands in which k appears (the indicators of all states sum to
one).  A factor that is no density but a constraint, y = the sums of groups of x, is kept beside.
Logarithms that cancel between factors are left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import product

import sympy

from autoem.derive.canceling import canceled
from autoem.derive.choices import choices
from autoem.derive.elaborate import Reader
from autoem.derive.index import Guard, Index, Lookup, Read, fresh
from autoem.derive.law import Readable, readable
from autoem.derive.missing import read_elsewhere, with_gaps
from autoem.derive.quantity import Declared, Element, indices_of
from autoem.derive.reading import Argument, Value
from autoem.derive.scope import Scope
from autoem.derive.sequential import Sequential, density_of, upward
from autoem.derive.started import stationary
from autoem.derive.supported import supported
from autoem.derive.term import Term, Terms
from autoem.derive.unroll import finished
from autoem.derive.window import windowed
from autoem.errors import NotDerivable
from autoem.families.family import log_zero
from autoem.graph.factor_graph import Factor, FactorGraph
from autoem.language import chain, construct, declaration, distribution
from autoem.language.expression import Axis, Expression, Previous


@dataclass(frozen=True)
class Constraint:
    """`observed` holds the sums of the cells of `latent` in each group."""

    latent: Declared
    observed: Declared
    groups: tuple[tuple[int, ...], ...]


@dataclass(frozen=True)
class Summed:
    """`observed` holds the sums of `latent` over some of its plates."""

    latent: Declared
    observed: Declared
    over: tuple[Axis, ...]


@dataclass(frozen=True)
class LogJoint:
    """log p(x, z; theta) = the sum of `terms`, where the `constraints` and `totals` hold.

    `incomplete` are observed variables whose missing cells are latents.
    """

    graph: FactorGraph
    scope: Scope
    terms: Terms
    constraints: tuple[Constraint, ...] = field(default=())
    incomplete: tuple[Declared, ...] = field(default=())
    totals: tuple[Summed, ...] = field(default=())

    def factor(self, name: str) -> Terms:
        """The terms of one factor."""
        return tuple(term for term in self.terms if term.factor == name)

    def sums(self, latent: Declared) -> str:
        """The observed variables that are sums of the latent: they hold beside its terms."""
        known: tuple[Constraint | Summed, ...] = (*self.constraints, *self.totals)
        return ", ".join(each.observed.name for each in known if each.latent is latent)


def check_log_joint(joint: LogJoint) -> None:
    """Every index of every term is bound: the sum is one number."""
    for term in joint.terms:
        loose = [index for index in indices_of(term.value) if index not in term.bound]
        if loose:
            raise AssertionError(f"free indices {loose} in the factor of {term.factor}")


def log_joint(graph: FactorGraph, missing: tuple[str, ...] = ()) -> LogJoint:
    """The sum of the log densities of all factors of the graph.

    `missing` names the observed variables of which some entries are missing.
    """
    scope = Scope(unsure=tuple(read_elsewhere(graph, missing)))
    terms: list[Term] = []
    constraints: list[Constraint] = []
    incomplete: list[Declared] = []
    totals: list[Summed] = []
    for factor in graph.factors:
        law = factor.law
        if isinstance(law, construct.Aggregate | construct.Total) and factor.name in missing:
            raise NotDerivable(what=f"missing entries of {factor.name}, a sum", where=factor.name)
        if isinstance(law, construct.Total):
            latent, observed = scope.quantity(law.latent), scope.quantity(factor.variable)
            totals.append(Summed(latent, observed, law.summed))
        elif isinstance(law, construct.Aggregate):
            latent, observed = scope.quantity(law.latent), scope.quantity(factor.variable)
            groups = tuple(tuple(group) for group in law.groups)
            if law.latent.category is None:
                constraints.append(Constraint(latent, observed, groups))
            else:
                terms += _coarsened(factor, law, scope)
        elif (density := _readable(factor)) is not None:
            own = tuple(_factor(factor, density, scope))
            if factor.name in missing:
                own, latent_cells = with_gaps(own, factor, scope)
                incomplete += [scope.quantity(factor.variable)] if latent_cells else []
            terms += own
        else:
            raise NotDerivable(what=f"the law {type(law).__name__}", where=factor.name)
    priors = tuple(v.name for v in graph.variables if isinstance(v, declaration.Parameter))
    kept = tuple(windowed(term, scope) for term in canceled(tuple(terms), priors))
    return LogJoint(graph, scope, kept, tuple(constraints), tuple(incomplete), tuple(totals))


def _readable(factor: Factor) -> Readable | Sequential | None:
    """The law as a density, or a chain or tree of densities."""
    if isinstance(factor.law, Sequential):
        return factor.law
    return readable(factor.law, factor.name)


def _coarsened(factor: Factor, law: construct.Aggregate, scope: Scope) -> Iterator[Term]:
    """log [y is the group of z]: zero for the states of the observed group, else -infinity."""
    size = law.latent.category.size
    if size is None:
        raise NotDerivable(
            what=f"groups of the states of {law.latent.name}, whose axis has no size=",
            where=factor.name,
        )
    places = tuple(fresh(axis) for axis in factor.variable.plates)
    observed = Element(scope.quantity(factor.variable), places)
    indicator = scope.indicator(law.latent)
    known = {state: number for number, group in enumerate(law.groups) for state in group}
    for state in range(size):
        # A state in no group is never seen.
        apart = (observed - known[state]) ** 2 if state in known else sympy.Integer(1)
        value = Element(indicator, (*places, state)) * log_zero(apart)
        yield Term(value, places, (), factor.name)


def _factor(factor: Factor, law: Readable | Sequential, scope: Scope) -> Iterator[Term]:
    """The terms of one factor: of a chain, those of the first step and those of every later one; of
    a tree, those of the roots and those of every other node."""
    plates: dict[Axis, Read] = {axis: fresh(axis) for axis in factor.variable.plates}
    if isinstance(factor.variable, declaration.Parameter):
        plates |= {axis: fresh(axis) for axis in _entrywise(factor.variable, law)}
    if not isinstance(law, Sequential):
        yield from _density(factor, law, scope, plates)
        return
    time = factor.variable.plates[-1]
    then = density_of(factor, law.then)
    steps = tuple(_density(factor, then, scope, plates))
    if isinstance(law, chain.Tree):
        up = upward(factor, law, scope, plates)
        for term in _density(factor, density_of(factor, law.root), scope, plates):
            yield replace(term, guards=(*term.guards, Guard(up, -1)))
        assert isinstance(law.parent, declaration.Given)
        later = Element(scope.later(time, law.parent), up.indices)
    else:
        if isinstance(law.first, chain.Stationary):
            yield from stationary(factor, then, steps, scope, plates)
        else:
            yield from _density(factor, density_of(factor, law.first), scope, {**plates, time: 0})
        index = plates[time]
        assert isinstance(index, Index)
        later = Element(scope.later(time), (index,))
    for term in steps:
        yield replace(term, value=term.value * later)


def _entrywise(parameter: declaration.Parameter, law: Readable | Sequential) -> tuple[Axis, ...]:
    """The event axes of a parameter whose prior is a law of single numbers: that of every entry."""
    scalar = isinstance(law, distribution.Distribution) and law.family.event_rank == 0
    return parameter.event if scalar else ()


def _density(
    factor: Factor, law: Readable, scope: Scope, plates: dict[Axis, Read]
) -> Iterator[Term]:
    """The terms of one density, for each state of the binary variables that choose in it."""
    binary = choices(factor, law, scope)
    readings = []
    met: dict[Expression, tuple[Read, ...]] = {}
    shared: dict[tuple[str, ...], Index] = {}
    for states in product((0, 1), repeat=len(binary)):
        reader = Reader(scope, dict(zip(binary, states, strict=True)), met)
        terms = _summands(factor, law, reader, plates, shared)
        # What a reading does not ask for is one reading, whatever is chosen there.
        if all(node in reader.used for node, chosen in reader.binary.items() if chosen):
            readings.append((reader, terms))
    common = [t for t in readings[0][1] if all(t in terms for _, terms in readings)]
    for term in common:
        yield from finished(_with_indicators(term, readings[0][0], plates, ()), factor.name)
    for reader, terms in readings:
        chosen = tuple(
            (node, state) for node, state in reader.binary.items() if node in reader.used
        )
        for term in (t for t in terms if t not in common):
            yield from finished(_with_indicators(term, reader, plates, chosen), factor.name)


def _summands(
    factor: Factor,
    law: Readable,
    reader: Reader,
    plates: dict[Axis, Read],
    shared: dict[tuple[str, ...], Index],
) -> list[Term]:
    """The summands of the density at the factor's plates, without indicators.

    Of a switch, those of each branch where it holds.
    """
    if isinstance(law, distribution.Switch):
        holds, found = reader.holds(law.condition, plates), []
        for share, branch in ((holds, law.yes), (1 - holds, law.no)):
            assert isinstance(branch, distribution.Distribution | distribution.Switch)
            if share != 0:
                terms = _summands(factor, branch, reader, plates, shared)
                found += [replace(term, value=share * term.value) for term in terms]
        return found
    made: list[Index] = []

    def index() -> Index:
        axis = factor.variable.event[0] if factor.variable.event else law.category
        assert axis is not None
        made.append(shared.setdefault(("event", str(len(made))), fresh(axis)))
        return made[-1]

    value = Value(factor.variable, reader, plates)
    event = factor.variable.event[0] if factor.variable.event else None
    arguments = {name: Argument(node, reader, plates, event) for name, node in law.arguments}
    density = law.family.log_density(value, arguments, index)
    return [
        Term(part, tuple(summand.over))
        for summand in density
        for part in sympy.Add.make_args(supported(summand.value))
        if part != 0
    ]


def _with_indicators(
    term: Term,
    reader: Reader,
    plates: dict[Axis, Read],
    binary: tuple[tuple[Expression, int], ...],
) -> Term:
    """The term times [z = k] for the states it depends on, summed over states and plates."""
    own_bound = tuple(read for read in plates.values() if isinstance(read, Index))
    value, bound = term.value, list(term.bound)
    for condition, _ in binary:
        if condition in reader.compared:
            value *= reader.chosen(condition)
    mentioned = indices_of(value)
    for (latent, indices), state in reader.states.items():
        if state in mentioned:
            value *= Element(reader.scope.indicator(latent), (*indices, state))
            bound.append(state)
    guards = list(term.guards)
    for variable, chosen in binary:
        if variable in reader.compared:
            continue
        place = reader.met[variable]
        if isinstance(variable, Previous):
            assert variable.variable is not None
            variable = variable.variable
        assert isinstance(variable, declaration.Variable)
        if reader.scope.is_latent(variable):
            value *= Element(reader.scope.indicator(variable), (*place, chosen))
        elif isinstance(variable, declaration.Given):
            guards.append(Guard(Lookup(reader.scope.quantity(variable), place), chosen))
        elif isinstance(variable, declaration.Observed):
            seen = Element(reader.scope.quantity(variable), place)
            value *= seen if chosen else 1 - seen
    return replace(term, value=value, bound=(*own_bound, *bound), guards=tuple(guards))
