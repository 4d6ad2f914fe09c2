"""Where rows meet the iteration through their moments alone.

Let the posterior expectations be polynomial in the data, with coefficients that are free of the
row: a mean that is linear in x_n under a covariance that all rows share.  Then every statistic and
the log-likelihood are sums over rows of a polynomial f of the data of a row; where f is quadratic,

    sum_n f(x_n)    is a function of    N ,   sum_n x_n ,   sum_n x_n x_n' .

Nothing else of the data is ever read, so the moments are gathered once, and an iteration costs
nothing in N.  What is discrete (codes, and which cells are missing) need not be polynomial: rows
that agree in it share their coefficients, and have moments of their own.  A latent that all rows
share (the coefficients of a regression) may be any function of such sums.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from autoem.derive.degrees import Degrees
from autoem.derive.kept import Kept
from autoem.derive.rows import evidence, is_prior, row_axis, statistics
from autoem.derive.score import score
from autoem.derive.term import Term
from autoem.language.declaration import Given, Observed, Variable
from autoem.language.expression import Axis

if TYPE_CHECKING:
    from autoem.derive.stages import Derivation


@dataclass(frozen=True)
class Moments:
    """The `data` over the `row` whose sums and cross products tell all, among rows that have the
    same `codes`, and the same cells of `gaps` missing."""

    row: Axis
    data: tuple[Variable, ...]
    codes: tuple[Variable, ...] = ()
    gaps: tuple[Variable, ...] = ()


def moments(derivation: Derivation) -> Moments | None:
    """The data that are read through their moments; None where rows tell more than these.

    >>> from autoem.derive.stages import derive
    >>> from autoem.families import Normal
    >>> from autoem.language import Axis, Latent, Model, Observed, Parameter, Positive, Real
    >>> class Shift(Model):
    ...     n = Axis("rows")
    ...     mean, variance = Parameter(Real()), Parameter(Positive())
    ...     b = Latent(Normal(mean, variance=variance), over=n)
    ...     x = Observed(Normal(b, variance=1), over=n)
    >>> [variable.name for variable in moments(derive(Shift)).data]
    ['x']
    """
    if any(isinstance(statistic, Kept) for statistic in statistics(derivation)):
        return None
    row = row_axis(derivation)
    if row is None:
        return _of_shared(derivation)
    degrees = Degrees(row)
    found = _told(derivation, row)
    quadratic = all(degrees.of_term(term) <= 2 for term in _terms(derivation))
    return found if quadratic and found.data else None


def _of_shared(derivation: Derivation) -> Moments | None:
    """The moments of an axis of data alone, where sums over it stand anywhere."""
    declaration = derivation.declaration
    own = [
        a for v in (*declaration.parameters, *declaration.latents) for a in (*v.plates, *v.event)
    ]
    plates = chain.from_iterable(v.plates for v in declaration.observed)
    for axis in dict.fromkeys(a for a in plates if a not in own):
        found = _told(derivation, axis)
        degrees = Degrees(axis, inside=0)
        summed = all(degrees.of_sum(term) == 0 for term in _terms(derivation))
        if summed and found.data and not found.codes and not found.gaps:
            return found
    return None


def _terms(derivation: Derivation) -> list[Term]:
    """All that is computed of the data: the log-likelihood, the statistics, the score."""
    terms = evidence(derivation)
    terms += [term for statistic in statistics(derivation) for term in statistic.definition]
    slopes = [term for slope in score(derivation.surrogate) for term in slope.terms]
    return terms + [term for term in slopes if not is_prior(derivation, term)]


def _told(derivation: Derivation, row: Axis) -> Moments:
    """The data over an axis, and what tells its rows apart."""
    told = [v for v in derivation.declaration.variables if isinstance(v, Given | Observed)]
    told = [v for v in told if row in v.plates]
    codes = tuple(v for v in told if v.category is not None)
    data = tuple(v for v in told if v.category is None)
    gaps = tuple(v for v in derivation.log_joint.scope.masks if row in v.plates)
    return Moments(row, data, codes, gaps)


__all__ = ["Moments", "moments"]
