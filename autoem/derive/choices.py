"""What a law chooses by: binary latents, data, and comparisons.

The law is read once for each combination of them, and its terms stand where these hold.
"""

from __future__ import annotations

from collections.abc import Iterator

from autoem.derive.law import Readable, unbounding
from autoem.derive.scope import Scope
from autoem.derive.sequential import Sequential
from autoem.errors import NotDerivable
from autoem.graph.factor_graph import Factor
from autoem.language import declaration, distribution, expression
from autoem.language.expression import Expression, Previous

MOST_CHOICES = 6
"""Choices in one law: with more, there are too many combinations to write out."""


def choices(factor: Factor, law: Readable, scope: Scope) -> list[Expression]:
    """The variables and comparisons that choose in a law."""
    conditions = _conditions(law)
    binary: list[Expression] = [
        v for v in factor.scope if v in conditions or (scope.is_latent(v) and _is_binary(v))
    ]
    binary += [node for node in conditions if isinstance(node, expression.Apply | Previous)]
    if len(binary) > MOST_CHOICES:
        raise NotDerivable(
            what=f"a law with {len(binary)} binary choices, {2 ** len(binary):,} combinations "
            f"written out, more than {2**MOST_CHOICES}",
            where=factor.name,
        )
    return binary


def _conditions(law: Readable) -> tuple[Expression, ...]:
    """Data and comparisons that choose between two expressions of a law, or between two laws;
    between bounds they may."""
    nodes = (node for root in unbounding(law) for node in expression.subexpressions(root))
    chooses = [
        node.arguments[0] for node in nodes
        if isinstance(node, expression.Apply) and node.operator == "where"
    ]  # fmt: skip
    found = [node.base if isinstance(node, expression.Lookup) else node for node in chooses]
    known = (declaration.Given, declaration.Observed, expression.Apply, Previous)
    compared = [node for node in _switched(law) if isinstance(node, expression.Apply)]
    return tuple(dict.fromkeys(v for v in (*found, *compared) if isinstance(v, known)))


def _switched(law: Readable) -> Iterator[Expression]:
    """The conditions between laws."""
    if isinstance(law, distribution.Switch):
        yield law.condition
        for branch in (law.yes, law.no):
            if isinstance(branch, Readable):
                yield from _switched(branch)


def _is_binary(variable: declaration.Variable) -> bool:
    laws = distribution.Distribution | Sequential
    return (
        isinstance(variable, declaration.Random)
        and isinstance(variable.distribution, laws)
        and variable.support == "binary"
    )
