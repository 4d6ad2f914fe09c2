"""The groups: an axis over which everything is additive, where rows point to its entries.

Every term of the log joint, of the log-likelihood, of the statistics and of the score lies in one
entry of it (`autoem.derive.repeats`): so what the entries add can be computed some at a time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from autoem.derive.index import Read
from autoem.derive.repeats import Dependent, Repeats, repeats
from autoem.derive.rows import evidence, is_prior, row_axis, statistics, untold
from autoem.derive.score import score
from autoem.derive.term import Term, settled
from autoem.language.declaration import Parameter
from autoem.language.expression import Axis

if TYPE_CHECKING:
    from autoem.derive.stages import Derivation


def group_axis(derivation: Derivation) -> Axis | None:
    """The axis in whose entries everything lies, where no axis is that of the rows.

    >>> from autoem.derive.stages import derive
    >>> from autoem.families import Normal
    >>> from autoem.language import Axis, Given, Index, Latent, Model, Observed, Parameter, Positive
    >>> class Effects(Model):
    ...     i, g = Axis("rows"), Axis("groups")
    ...     group = Given(Index(g), over=i)
    ...     variance = Parameter(Positive())
    ...     b = Latent(Normal(0, variance=variance), over=g)
    ...     y = Observed(Normal(b[group], variance=1), over=i)
    >>> group_axis(derive(Effects)).name
    'groups'
    """
    joint = derivation.log_joint.terms
    if row_axis(derivation) is not None or any(is_prior(derivation, term) for term in joint):
        return None
    for axis in derivation.declaration.axes:
        try:
            found = repeats(derivation, axis)
        except Dependent:
            continue
        if _holds_all(found, derivation):
            return axis
    return None


def _holds_all(found: Repeats, derivation: Derivation) -> bool:
    """Whether every sum is one over entries, of what lies in one."""
    terms = [*derivation.log_joint.terms, *evidence(derivation)]
    terms += [term for slope in score(derivation.surrogate) for term in slope.terms]
    needed = statistics(derivation)
    terms += [term for statistic in needed for term in statistic.definition]
    kept = [axis for statistic in needed for axis in statistic.axes]
    kept += [
        axis
        for variable in derivation.variables
        if isinstance(variable, Parameter)
        for axis in (*variable.plates, *variable.event)
    ]
    return (
        all(_lies_in_one(found, term) for term in terms)
        and not any(axis in kept for axis in found.axes)
        and all(size.axis in found.axes for size in untold(derivation))
    )


def _lies_in_one(found: Repeats, term: Term) -> bool:
    whole = settled(term)
    bound: dict[Axis, list[Read]] = {}
    for index in () if whole is None else whole.bound:
        bound.setdefault(index.axis, []).append(index)
    return whole is None or len(found.entries(bound)) == 1
