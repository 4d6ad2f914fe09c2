"""Degrees of freedom: parameters that exceed the size of a matrix less one.

A Wishart law of d by d matrices has a density where df > d - 1; a d of the data is known when these
are.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from autoem.language.chain import Markov, Tree
from autoem.language.construct import Truncated
from autoem.language.declaration import Parameter, Random, Variable
from autoem.language.distribution import Distribution, Law, Switch
from autoem.language.expression import Axis, Lookup


def degrees(variables: Iterable[Variable]) -> dict[Parameter, Axis]:
    """The parameters that are degrees of freedom, with the axis of their matrix.

    >>> from autoem.families import Wishart
    >>> from autoem.language import Axis, Model, Observed, Positive, PositiveDefinite
    >>> class Scatter(Model):
    ...     n, d = Axis(), Axis()
    ...     df, scale = Parameter(Positive()), Parameter(PositiveDefinite(d))
    ...     x = Observed(Wishart(df, scale=scale), over=n)
    >>> [(p.name, axis.label) for p, axis in degrees(Scatter.declaration.variables).items()]
    [('df', 'd')]
    """
    found = {}
    for variable in variables:
        law = variable.distribution if isinstance(variable, Random) else None
        law = variable.prior if isinstance(variable, Parameter) else law
        for part in _distributions(law):
            for argument in part.family.arguments:
                node = part.argument(argument.name)
                while isinstance(node, Lookup):
                    node = node.base
                if argument.beyond and isinstance(node, Parameter):
                    found[node] = part.argument(argument.beyond).event[-1]
    return found


def _distributions(law: Law | None) -> Iterator[Distribution]:
    match law:
        case Distribution():
            yield law
        case Switch(yes=one, no=two) | Markov(first=one, then=two) | Tree(root=one, then=two):
            yield from _distributions(one)
            yield from _distributions(two)
        case Truncated(inner):
            yield from _distributions(inner)
