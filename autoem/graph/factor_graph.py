"""The factor graph of a model: its variables, its factors and the plates they repeat over.

A model is a product of conditional densities, one for each latent, each observed variable and each
parameter with a prior,

    p(x, z, theta) = prod over v of  p(v | parents of v),

and the graph joins each factor to the variables in it: parents -> factor -> the variable itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

import networkx

from autoem.language.declaration import Given, Latent, Observed, Parameter, Variable
from autoem.language.distribution import Distribution, Law
from autoem.language.expression import Axis, Previous, subexpressions
from autoem.language.model import Model, declaration_of

KINDS: tuple[tuple[type[Variable], str], ...] = (
    (Given, "given"),
    (Latent, "latent"),
    (Observed, "observed"),
    (Parameter, "parameter"),
)


def kind_of(variable: Variable) -> str:
    """given, latent, observed or parameter."""
    return next(kind for type_, kind in KINDS if isinstance(variable, type_))


@dataclass(frozen=True)
class Factor:
    """One density p(variable | parents); `scope` is the variable, then its parents.

    Of the parents the parameters come last, and else they stand in order of mention.
    """

    name: str
    variable: Variable
    law: Law
    scope: tuple[Variable, ...]

    @property
    def parents(self) -> tuple[Variable, ...]:
        """The other variables that the law mentions."""
        return self.scope[1:]

    @property
    def plates(self) -> tuple[Axis, ...]:
        """The axes that the factor repeats over."""
        return self.variable.plates

    @property
    def node(self) -> str:
        """The key of the factor in the graph."""
        return f"p({self.name})"

    @property
    def recursive(self) -> bool:
        """Whether the law mentions the variable's own earlier or parent value."""
        return any(isinstance(node, Previous) for node in _mentioned(self.law))

    @property
    def title(self) -> str:
        """The family, or the construct, as a user writes it."""
        if isinstance(self.law, Distribution):
            return self.law.family.name.removesuffix("Logit")
        return type(self.law).__name__

    def __str__(self) -> str:
        parents = ", ".join(_indexed(parent, self.plates) for parent in self.parents)
        own = _indexed(self.variable, self.plates)
        return f"p({own} | {parents})" if parents else f"p({own})"


@dataclass(frozen=True)
class FactorGraph:
    """A frozen bipartite `networkx.DiGraph` and its factors, in order of declaration.

    The nodes are the names of the variables and `p(name)` for their factors; each has the
    attributes `kind` (parameter, given, latent, observed, factor), `plates` (its axes) and
    `variable` or `factor`.
    """

    name: str
    graph: networkx.DiGraph
    factors: tuple[Factor, ...]

    @property
    def variables(self) -> tuple[Variable, ...]:
        """All variables, in order of declaration."""
        return tuple(v for _, v in self.graph.nodes(data="variable") if v is not None)

    @property
    def plates(self) -> tuple[Axis, ...]:
        """The axes that something repeats over, in order of first use."""
        axes = (axis for _, plates in self.graph.nodes(data="plates") for axis in plates)
        return tuple(dict.fromkeys(axes))

    def of_kind(self, *kinds: str) -> tuple[Variable, ...]:
        """The variables of some kinds."""
        return tuple(v for v in self.variables if kind_of(v) in kinds)

    def factor(self, name: str) -> Factor:
        """The factor of the variable of that name."""
        return next(factor for factor in self.factors if factor.name == name)

    def __str__(self) -> str:
        products = (
            "".join(f"∏_{axis.key or axis.label} " for axis in plates) + " ".join(map(str, group))
            for plates, group in groupby(self.factors, key=lambda factor: factor.plates)
        )
        kinds = [(kind, ", ".join(v.name for v in self.of_kind(kind))) for _, kind in KINDS]
        return f"{self.name} = {' · '.join(products)}\n" + "; ".join(
            f"{kind} {names}" for kind, names in kinds if names
        )


def factor_graph(model: type[Model]) -> FactorGraph:
    """The factor graph of a model.

    >>> from autoem.families import Normal
    >>> from autoem.language import Axis, Latent, Model, Observed, Parameter, Positive
    >>> class Shift(Model):
    ...     n = Axis()
    ...     variance = Parameter(Positive())
    ...     b = Latent(Normal(0, variance=1))
    ...     x = Observed(Normal(b, variance=variance), over=n)
    >>> print(factor_graph(Shift))
    Shift = p(b) · ∏_n p(x_n | b, variance)
    latent b; observed x; parameter variance
    >>> list(factor_graph(Shift).graph.edges)
    [('variance', 'p(x)'), ('b', 'p(x)'), ('p(b)', 'b'), ('p(x)', 'x')]
    """
    declaration = declaration_of(model)
    factors = tuple(_factors(declaration.variables))
    graph = networkx.DiGraph(name=declaration.name)
    for variable in declaration.variables:
        kind = kind_of(variable)
        graph.add_node(variable.name, kind=kind, plates=variable.plates, variable=variable)
    for factor in factors:
        graph.add_node(factor.node, kind="factor", plates=factor.plates, factor=factor)
        graph.add_edges_from((parent.name, factor.node) for parent in factor.parents)
        graph.add_edge(factor.node, factor.variable.name)
    result = FactorGraph(declaration.name, networkx.freeze(graph), factors)
    check_factor_graph(result)
    return result


def check_factor_graph(graph: FactorGraph) -> None:
    """The graph is bipartite and acyclic, and a factor's axes cover those of its law."""
    for one, other in graph.graph.edges:
        kinds = [graph.graph.nodes[node]["kind"] == "factor" for node in (one, other)]
        if kinds[0] == kinds[1]:
            raise AssertionError(f"the edge {one} - {other} does not join a variable to a factor")
    if not networkx.is_directed_acyclic_graph(graph.graph):
        raise AssertionError(f"{graph.name} is cyclic: {networkx.find_cycle(graph.graph)}")
    for factor in graph.factors:
        covered = (*factor.plates, *factor.variable.event)
        outside = [axis.label for axis in factor.law.plates if axis not in covered]
        if outside:
            raise AssertionError(f"{factor} does not repeat over {outside}, its law does")


def _factors(variables: Iterable[Variable]) -> Iterator[Factor]:
    for variable in variables:
        law = _law(variable)
        if law is not None:
            mentioned = [node for node in _mentioned(law) if isinstance(node, Variable)]
            parents = sorted(mentioned, key=lambda parent: isinstance(parent, Parameter))
            yield Factor(variable.name, variable, law, tuple(dict.fromkeys((variable, *parents))))


def _law(variable: Variable) -> Law | None:
    if isinstance(variable, Latent | Observed):
        return variable.distribution
    return variable.prior if isinstance(variable, Parameter) else None


def _mentioned(law: Law) -> Iterator[object]:
    for expression in law.expressions:
        yield from subexpressions(expression)


def _indexed(variable: Variable, plates: tuple[Axis, ...]) -> str:
    """The name with its plates as subscripts, where the factor repeats over all of them."""
    known = variable.plates and all(axis in plates for axis in variable.plates)
    return f"{variable.name}_{_subscript(variable.plates)}" if known else variable.name


def _subscript(axes: tuple[Axis, ...]) -> str:
    keys = [axis.key or axis.label for axis in axes]
    return keys[0] if len(keys) == 1 else "{" + ", ".join(keys) + "}"
