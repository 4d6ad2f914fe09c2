"""smoother: a real latent that is quadratic in each step and the one before.

The joint log density is quadratic, its precision block tridiagonal over the steps,

    J[t, t] = -d2/dz_t dz_t,    J[t, t-1] = -d2/dz_t dz_(t-1),    h[t] = d/dz_t at zero,

read off the terms like that of a single Gaussian.  A forward elimination and a backward sweep give
the means, the covariances at each step and between neighbors, and log det J:

    log-normalizer = (terms at the mean) - log det J / 2 + (steps) q log(2 pi) / 2 .

It is the Kalman filter and smoother in information form.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import sympy

from autoem.derive.calculus import depends, derivative, is_open, mentions
from autoem.derive.index import Index, Read, Shift, fresh, shifted
from autoem.derive.log_joint import LogJoint
from autoem.derive.posterior import Local, Posterior, Refusal, replaced
from autoem.derive.quantity import Declared, Element, Indicator, elements
from autoem.derive.scope import Scope
from autoem.derive.smoothed import GaussianChain, SmoothedGaussian
from autoem.derive.term import Term, Terms, instantiate, reindex, select

HALF = sympy.Rational(1, 2)


@dataclass(frozen=True)
class SmootherPosterior(Posterior):
    """Means and covariances along a chain."""

    chain: GaussianChain

    def expect(self, term: Term, scope: Scope) -> Terms:
        """f(m) + sum_t tr(f''[t, t] V[t]) / 2 + sum_t tr(f''[t, t-1] C[t])."""
        latent, c = self.local.latent, self.chain
        if not depends(term.value, latent):
            return (term,)

        def at_mean(indices: tuple[Read, ...]) -> sympy.Expr:
            moved = dict(zip((*c.plates, c.time, *c.row), indices, strict=True))
            return reindex(self.expectations["mean"], moved)

        centre = replace(term, value=replaced(term.value, latent, at_mean, scope))
        return (
            centre,
            *self._spread(term, "covariance", 0, HALF),
            *self._spread(term, "cross", -1, sympy.Integer(1)),
        )

    def _spread(self, term: Term, name: str, by: int, weight: sympy.Expr) -> Terms:
        c = self.chain
        own = tuple(fresh(i.axis) for i in (*c.plates, c.time, *c.row, *c.column))
        head, row = own[: len(c.plates) + 1], own[len(c.plates) + 1 :]
        row, column = row[: len(c.row)], row[len(c.row) :]
        earlier = (*head[:-1], shifted(head[-1], by)) if by else head
        second = derivative(
            derivative((term,), self.local.latent, (*head, *row)),
            self.local.latent,
            (*earlier, *column),
        )
        if any(depends(part.value, self.local.latent) for part in second):
            raise Refusal(f"{self.local.latent.name} enters more than quadratically")
        moved: dict[Index, Read] = dict(
            zip((*c.plates, c.time, *c.row, *c.column), own, strict=True)
        )
        spread = reindex(self.expectations[name], moved) * weight
        return tuple(
            replace(part, value=part.value * spread, bound=(*part.bound, *own)) for part in second
        )


def smoother(
    joint: LogJoint, terms: Terms, latent: Declared, remaining: tuple[Declared, ...]
) -> Posterior:
    """Eliminate a real latent along the steps of its chain."""
    if latent.support not in ("real", "vector"):
        raise Refusal(f"{latent.name} does not range over the reals")
    own = tuple(term for term in terms if depends(term.value, latent))
    _check(own, latent, remaining)
    chain = _chain(joint.scope, own, latent, remaining)
    return _posterior(joint.scope, own, latent, chain)


def _check(own: Terms, latent: Declared, remaining: tuple[Declared, ...]) -> None:
    shifts = [
        element
        for term in own
        for element in _places(term, latent)
        if any(isinstance(read, Shift) for read in element.indices)
    ]
    if not shifts:
        raise Refusal(f"no term couples two steps of {latent.name}")
    for term in own:
        switches = [e.base for e in elements(term.value) if isinstance(e.base, Indicator)]
        if switches:
            raise Refusal(
                f"the steps of {latent.name} switch with {switches[0].latent.name}: the posterior "
                "has exponentially many components"
            )
    others = (q for q in remaining if q is not latent)
    for other in others:
        if any(depends(term.value, other) for term in own):
            raise Refusal(f"the terms of {latent.name} mention {other.name}")


def _chain(
    scope: Scope, own: Terms, latent: Declared, remaining: tuple[Declared, ...]
) -> GaussianChain:
    """The precision and the shift, read off the terms."""
    *plates, time = (fresh(axis) for axis in latent.variable.plates)
    row = tuple(fresh(axis) for axis in latent.variable.event)
    column = tuple(fresh(axis) for axis in latent.variable.event)
    first = derivative(own, latent, (*plates, time, *row))
    here = derivative(first, latent, (*plates, time, *column))
    before = derivative(first, latent, (*plates, shifted(time, -1), *column))
    if any(depends(term.value, latent) for term in (*here, *before)):
        raise Refusal(f"the log joint is not quadratic in {latent.name}")
    zero = (
        replace(t, value=replaced(t.value, latent, lambda _: sympy.Integer(0), scope))
        for t in first
    )
    shift = tuple(term for term in zero if term.value != 0)
    square = (*plates, time, *row, *column)

    def negative(terms: Terms) -> Terms:
        return tuple(replace(t, value=-t.value) for t in terms)

    name = latent.name
    return GaussianChain(
        scope.named(f"precision_{name}", negative(here), square),
        scope.named(f"coupling_{name}", negative(before), square),
        scope.named(f"shift_{name}", shift, (*plates, time, *row)),
        tuple(plates),
        time,
        row,
        column,
    )


def _posterior(scope: Scope, own: Terms, latent: Declared, chain: GaussianChain) -> Posterior:
    name, c = latent.name, chain

    def smoothed(part: str, indices: tuple[Index, ...]) -> Element:
        axes = tuple(index.axis for index in indices)
        base = SmoothedGaussian(f"{part}_{name}", axes, chain=c, part=part, indices=indices)
        return Element(base, indices)

    square = (*c.plates, c.time, *c.row, *c.column)
    mean = smoothed("mean", (*c.plates, c.time, *c.row))
    log_det = smoothed("log_determinant", c.plates)
    size = scope.size(c.row[0].axis) if c.row else sympy.Integer(1)
    volume = Term(size * sympy.log(2 * sympy.pi) * HALF, (c.time,))
    posterior = SmootherPosterior(
        Local(latent, c.plates, (), own),
        rule="smoother",
        reason=f"each step of {name} is Gaussian given the one before: filter and smoother",
        family="MultivariateNormal" if c.row else "Normal",
        natural={"precision": c.diagonal, "coupling": c.lower, "shift": c.shift},
        expectations={
            "mean": mean,
            "covariance": smoothed("covariance", square),
            "cross": smoothed("cross", square),
        },
        log_normalizer=(),
        chain=chain,
    )
    at_mean = (posterior.expect(_at_plates(t, latent, c.plates), scope)[0] for t in own)
    return replace(posterior, log_normalizer=(*at_mean, Term(-log_det * HALF), volume))


def _at_plates(term: Term, latent: Declared, plates: tuple[Index, ...]) -> Term:
    """The term of one chain: its plates set free."""
    for element in _places(term, latent):
        chosen = select(term, element.indices[: len(plates)], plates)
        assert chosen is not None
        return chosen
    raise Refusal(f"{latent.name} stands only inside a sum")


def _places(term: Term, latent: Declared) -> list[Element]:
    """Where a term reads the latent, through named intermediates too."""
    found = []
    for element in elements(term.value):
        if element.base is latent:
            found.append(element)
        elif is_open(element.base) and mentions(element.base.definition, latent):
            found += [e for inner in instantiate(element) for e in _places(inner, latent)]
    return found
