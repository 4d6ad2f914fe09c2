"""gaussian: the log joint is quadratic in a real latent.

With precision J = -(second derivative) and shift h = (first derivative at zero), both free of v,

    q(v) = N(m, V),   V = J^-1,   m = V h,
    log-normalizer = (terms at v = m) - log det J / 2 + q log(2 pi) / 2,

in which nothing cancels: the terms at m are residuals.

Another latent w that is still there may scale J and h alike, as the precision of a t does: where
every term of both has the common factor s(w), m is free of it and V = J^-1 / s(w), so that what is
left to w is again a sum of its own statistics.

Expectations keep residuals as they stand: of a quadratic f, E f(v) = f(m) + tr(f'' V) / 2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import sympy

from autoem.derive.calculus import depends, derivative
from autoem.derive.index import Guard, Index, Read, fresh
from autoem.derive.log_joint import LogJoint
from autoem.derive.missing import unseen
from autoem.derive.posterior import (
    Local,
    Posterior,
    Refusal,
    localize,
    placed_at,
    plate_reads,
    replaced,
    with_context,
)
from autoem.derive.quantity import Declared, Element, Seen, elements, indices_of
from autoem.derive.scope import Scope
from autoem.derive.term import Term, Terms, reindex
from autoem.language.declaration import Latent, Observed

ZERO, ONE, HALF = sympy.Integer(0), sympy.Integer(1), sympy.Rational(1, 2)


@dataclass(frozen=True)
class GaussianPosterior(Posterior):
    """N(m, V / s) of a scalar or a vector latent; `event` are the formal event indices of m, and
    `scale` is s, a function of latents that are eliminated later, at the formal plates."""

    event: tuple[Index, ...]
    second: tuple[Index, ...]
    scale: sympy.Expr = ONE

    @property
    def given(self) -> tuple[Element, ...]:
        """The latents that scale the covariance."""
        return tuple(
            element for element in elements(self.scale)
            if isinstance(element.base, Declared) and isinstance(element.base.variable, Latent)
        )  # fmt: skip

    def expect(self, term: Term, scope: Scope) -> Terms:
        """f(m) + tr(f'' V) / 2."""
        latent, count = self.local.latent, len(self.local.plates)
        if not depends(term.value, latent):
            return (term,)
        reads = plate_reads(term.value, latent, count)
        term, states = with_context(term, self.local, reads)
        mean = placed_at(self.expectations["mean"], self.local, reads, states)

        def at_mean(indices: tuple[Read, ...]) -> sympy.Expr:
            return mean(dict(zip(self.event, indices[count:], strict=True)))

        centre = replace(term, value=replaced(term.value, latent, at_mean, scope))
        return (centre, *self._spread(term))

    def _spread(self, term: Term) -> Terms:
        latent = self.local.latent
        plates = tuple(fresh(index.axis) for index in self.local.plates)
        row = tuple(fresh(index.axis) for index in self.event)
        column = tuple(fresh(index.axis) for index in self.event)
        first = derivative((term,), latent, (*plates, *row))
        result = []
        for part in derivative(first, latent, (*plates, *column)):
            if depends(part.value, latent):
                raise Refusal(f"{latent.name} enters more than quadratically")
            part, states = with_context(part, self.local, plates)
            place = placed_at(self.expectations["covariance"], self.local, plates, states)
            spread = place(dict(zip((*self.event, *self.second), (*row, *column), strict=True)))
            scale = reindex(self.scale, dict(zip(self.local.plates, plates, strict=True)))
            value = part.value * spread * HALF / scale
            result.append(replace(part, value=value, bound=(*part.bound, *plates, *row, *column)))
        return tuple(result)


def _origin(latent: Declared, scope: Scope) -> Callable[[tuple[Read, ...]], sympy.Expr]:
    """Where the quadratic is expanded: at zero, or at the seen cells of an incomplete vector."""
    if isinstance(latent.variable, Observed):
        seen = scope.seen(latent.variable)
        return lambda indices: Element(seen, indices) * Element(latent, indices)
    return lambda indices: ZERO


def _restricted(
    precision: Terms, seen: Seen, row: tuple[Index, ...], column: tuple[Index, ...]
) -> Terms:
    """The precision of the missing cells, and one for every cell that is seen."""
    plates, own = row[: len(row) - len(column)], row[len(row) - len(column) :]
    cells = unseen(seen, row)
    if column:
        cells *= unseen(seen, (*plates, *column))
    same = tuple(Guard(i, j) for i, j in zip(own, column, strict=True))
    one = Term(Element(seen, row), (), same)
    return (*(replace(t, value=t.value * cells) for t in precision), one)


def gaussian(
    joint: LogJoint, terms: Terms, latent: Declared, remaining: tuple[Declared, ...]
) -> Posterior:
    """Eliminate a real latent in which the log joint is quadratic."""
    if latent.support not in ("real", "vector"):
        raise Refusal(f"{latent.name} does not range over the reals")
    own = tuple(term for term in terms if depends(term.value, latent))
    local = localize(own, latent, len(latent.variable.plates))
    row = tuple(fresh(axis) for axis in latent.variable.event)
    column = tuple(fresh(axis) for axis in latent.variable.event)
    first = derivative(local.terms, latent, (*local.plates, *row))
    second = derivative(first, latent, (*local.plates, *column))
    others = tuple(q for q in remaining if q is not latent)
    scope, scale = joint.scope, _common_scale(second, others)
    at_zero = _at(first, latent, scope, _origin(latent, scope))
    second, at_zero = _divided(second, scale), _divided(at_zero, scale)
    for what, part, latents in (
        ("precision", second, (latent, *others)),
        ("mean", at_zero, others),
    ):
        named = [q.name for q in latents if any(depends(t.value, q) for t in part)]
        if named:
            raise Refusal(f"the {what} of {latent.name} mentions {', '.join(named)}")
    negative = tuple(replace(t, value=-t.value) for t in second)
    seen = _mask(local, scope)
    if seen is not None:
        negative = _restricted(negative, seen, (*local.plates, *row), column)
    precision = scope.define(f"precision_{latent.name}", negative, "posterior")
    shift = scope.define(f"shift_{latent.name}", at_zero, "posterior")
    return _posterior(scope, local, (precision, shift, scale), (row, column))


def _common_scale(terms: Terms, others: tuple[Declared, ...]) -> sympy.Expr:
    """The factor that mentions the other latents, where it is the same in every term."""

    def is_theirs(factor: sympy.Expr) -> bool:
        return any(depends(factor, other) for other in others)

    found = dict.fromkeys(
        sympy.Mul(*filter(is_theirs, sympy.Mul.make_args(term.value))) for term in terms
    )
    return next(iter(found)) if len(found) == 1 else ONE


def _divided(terms: Terms, scale: sympy.Expr) -> Terms:
    return tuple(replace(term, value=term.value / scale) for term in terms)


def _at(
    terms: Terms, latent: Declared, scope: Scope, origin: Callable[[tuple[Read, ...]], sympy.Expr]
) -> Terms:
    """The terms with the latent at its origin."""
    moved = (replace(t, value=replaced(t.value, latent, origin, scope)) for t in terms)
    return tuple(term for term in moved if term.value != 0)


def _at_mean(local: Local, mean: Element, row: tuple[Index, ...], scope: Scope) -> Terms:
    """The terms where the latent is its posterior mean."""

    def at_mean(indices: tuple[Read, ...]) -> sympy.Expr:
        return reindex(mean, dict(zip((*local.plates, *row), indices, strict=True)))

    return tuple(
        replace(t, value=replaced(t.value, local.latent, at_mean, scope)) for t in local.terms
    )


def _posterior(
    scope: Scope,
    local: Local,
    natural: tuple[Element, Element, sympy.Expr],
    event: tuple[tuple[Index, ...], tuple[Index, ...]],
) -> Posterior:
    name, (row, column) = local.latent.name, event
    precision, shift, scale = natural
    covariance, log_det = _inverse(scope, local, precision, event)
    at_column = reindex(shift, dict(zip(row, column, strict=True)))
    own = _seen_cells(local, row, scope)
    mean = scope.define(f"mean_{name}", (*own, Term(covariance * at_column, column)), "posterior")
    normalizer = (
        *_at_mean(local, mean, row, scope),
        Term(-log_det * HALF),
        *_volume(local, row, scope, scale),
    )
    return GaussianPosterior(
        local,
        rule="gaussian",
        reason=f"the log joint is quadratic in {name}",
        family="MultivariateNormal" if row else "Normal",
        natural={"precision": precision, "shift": shift},
        expectations={"mean": mean, "covariance": covariance},
        log_normalizer=normalizer,
        event=row,
        second=column,
        scale=scale,
    )


def _inverse(
    scope: Scope,
    local: Local,
    precision: Element,
    event: tuple[tuple[Index, ...], tuple[Index, ...]],
) -> tuple[Element, sympy.Expr]:
    """V and log det J."""
    name, (row, column) = local.latent.name, event
    batch = tuple(i for i in indices_of(precision) if i not in (*row, *column))
    over = (*batch, *row, *column)
    seen = _mask(local, scope)
    if not row:
        variance = 1 / precision if seen is None else unseen(seen, local.plates) / precision
        sign = "positive" if seen is None else "nonnegative"
        scalar = scope.computed(f"variance_{name}", "map", (variance,), over, sign=sign)
        return scalar, sympy.log(precision)
    pair = (*row, *column)
    log_det = scope.computed(
        f"log_det_precision_{name}", "log_determinant", (precision,), batch, pair
    )
    inverse = scope.computed(f"covariance_{name}", "inverse", (precision,), over, pair)
    if seen is None:
        return inverse, log_det
    cells = unseen(seen, (*local.plates, *row)) * unseen(seen, (*local.plates, *column))
    return scope.define(f"covariance_{name}", (Term(inverse * cells),), "posterior"), log_det


def _mask(local: Local, scope: Scope) -> Seen | None:
    """Which cells are seen, of an incomplete vector."""
    variable = local.latent.variable if isinstance(local.latent, Declared) else None
    return scope.seen(variable) if isinstance(variable, Observed) else None


def _seen_cells(local: Local, row: tuple[Index, ...], scope: Scope) -> Terms:
    """The part of the mean that is data."""
    seen, place = _mask(local, scope), (*local.plates, *row)
    if seen is None:
        return ()
    return (Term(Element(seen, place) * Element(local.latent, place)),)


def _volume(local: Local, row: tuple[Index, ...], scope: Scope, scale: sympy.Expr) -> Terms:
    """log(2 pi / s) / 2 for each cell that is latent."""
    constant = (sympy.log(2 * sympy.pi) - sympy.log(scale)) * HALF
    seen = _mask(local, scope)
    if seen is not None:
        return (Term(constant * unseen(seen, (*local.plates, *row)), row),)
    return (Term(constant * (scope.size(row[0].axis) if row else 1)),)
