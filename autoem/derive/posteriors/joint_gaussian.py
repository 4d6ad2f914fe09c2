"""joint_gaussian: several real latents in which the log joint is quadratic, taken as one Gaussian.

With the blocks of its precision J and the shift h (`precision`) they are eliminated one after
another, the finer before the coarser.  Of x with its neighbors v, w, ...

    V = J[x, x]^-1,    gain[x, v] = -V J[x, v],
    J[v, w] += J[v, x] gain[x, w],    h[v] += gain[x, v]' h[x],

and backwards, once the means and covariances of the neighbors are known,

    E[x] = V h[x] + sum_v gain[x, v] E[v],
    Cov[x, w] = sum_v gain[x, v] Cov[v, w],    Cov[x, x] = V + sum_v gain[x, v] Cov[v, x] .

Where x determines its neighbors (pupils in classes in schools) all of this is as long as x, so that
the cost is linear in the rows; where it does not (crossed effects) the neighbor becomes one vector,
with one dense matrix.  log det J is the sum of the log det J[x, x] on the way.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import sympy

from autoem.derive.calculus import depends, derivative
from autoem.derive.index import Index, Read
from autoem.derive.log_joint import LogJoint
from autoem.derive.posterior import Local, Posterior, Refusal, replaced
from autoem.derive.posteriors.elimination import Elimination, Step, eliminated
from autoem.derive.posteriors.precision import Member, fresh_like, quadratic, settled_terms
from autoem.derive.posteriors.truncated import is_bound
from autoem.derive.quantity import Declared, Element
from autoem.derive.scope import Scope
from autoem.derive.term import Term, Terms, reindex
from autoem.language.declaration import Observed

HALF = sympy.Rational(1, 2)


@dataclass(frozen=True)
class JointPosterior(Posterior):
    """One latent of a set that is Gaussian together; expectations are those of the whole set."""

    elimination: Elimination
    left: Terms

    @property
    def step(self) -> Step:
        """How the latent is eliminated."""
        return next(s for q, s in self.elimination.steps.items() if q is self.local.latent)

    @property
    def together(self) -> tuple[Posterior, ...]:
        """The posteriors of the set, in the order of elimination; the first leaves what all do."""
        return tuple(_posterior(self.elimination, m, self) for m in self.elimination.members)

    def remainder(self) -> Terms:
        """The log-normalizer of the set."""
        return self.left

    def expect(self, term: Term, scope: Scope) -> Terms:
        """f at the means, and half of the second derivatives times the covariances."""
        return expected(self.elimination, term, scope)


def joint_gaussian(
    joint: LogJoint, terms: Terms, latent: Declared, remaining: tuple[Declared, ...]
) -> Posterior:
    """Eliminate the real latents that are coupled with this one, all at once."""
    latents = _coupled(terms, latent, remaining)
    if not latents:
        raise Refusal(f"{latent.name} does not range over the reals")
    for each in latents:
        _check_free(joint, terms, each)
    own = tuple(t for t in terms if any(depends(t.value, each) for each in latents))
    for other in remaining:
        if other not in latents and any(depends(term.value, other) for term in own):
            raise Refusal(f"their terms mention {other.name}")
    elimination = eliminated(joint.scope, quadratic(joint.scope, own, latents))
    centre = tuple(_at_means(elimination, term, joint.scope) for term in own)
    volume = (part for m in elimination.members for part in _volume(elimination, m, joint))
    first = JointPosterior(
        Local(latent, (), (), own),
        rule="joint_gaussian",
        reason="",
        family="",
        natural={},
        expectations={},
        log_normalizer=(),
        elimination=elimination,
        left=(*centre, *volume),
    )
    return first.together[0]


def _check_free(joint: LogJoint, terms: Terms, latent: Declared) -> None:
    """Only the log joint speaks of the latent: it ranges over all reals, and none of it is seen."""
    if isinstance(latent.variable, Observed):
        raise Refusal(f"{latent.name} is seen in part, and meets other latents")
    if any(is_bound(term, latent) for term in terms):
        raise Refusal(f"{latent.name} lies between bounds")
    summed = [t.latent for t in joint.totals] + [c.latent for c in joint.constraints]
    if any(each is latent for each in summed):
        raise Refusal(f"sums of {latent.name} are observed")


def _coupled(terms: Terms, latent: Declared, remaining: tuple[Declared, ...]) -> list[Declared]:
    """The real latents that share terms with this one, through others too; the finest first."""
    real = [q for q in remaining if q.support in ("real", "vector")]
    found, grown = [latent], latent in real
    while grown:
        meeting = [t for t in terms if any(depends(t.value, q) for q in found)]
        more = [q for q in real if q not in found and any(depends(t.value, q) for t in meeting)]
        found, grown = [*found, *more], bool(more)
    return sorted((q for q in real if q in found), key=lambda q: -len(q.variable.plates))


def _posterior(elimination: Elimination, one: Member, whole: JointPosterior) -> Posterior:
    step = elimination.steps[one.latent]
    names = " and ".join(m.name for m in elimination.members)
    others = [m for m in elimination.members if (one.latent, m.latent) in elimination.covariances]
    first = one is elimination.members[0]
    return replace(
        whole,
        local=Local(one.latent, one.batch, (), whole.local.terms),
        reason=f"the log joint is quadratic in {names}",
        family="MultivariateNormal" if one.row else "Normal",
        natural={"precision": step.precision, "shift": step.shift},
        expectations={
            "mean": elimination.means[one.latent],
            "covariance": elimination.covariances[one.latent, one.latent],
            **{
                f"with_{other.name}": elimination.covariances[one.latent, other.latent]
                for other in others
                if other is not one
            },
        },
        left=whole.left if first else (),
    )


def _at_means(elimination: Elimination, term: Term, scope: Scope) -> Term:
    for one in elimination.members:
        mean, own = elimination.means[one.latent], one.own

        def by(
            indices: tuple[Read, ...], mean: Element = mean, own: tuple[Index, ...] = own
        ) -> sympy.Expr:
            return reindex(mean, dict(zip(own, indices, strict=True)))

        term = replace(term, value=replaced(term.value, one.latent, by, scope))
    return term


def _volume(elimination: Elimination, one: Member, joint: LogJoint) -> Terms:
    """-log det J / 2 and log(2 pi) / 2 for every entry, over the batch."""
    entries = sympy.Integer(1)
    for index in one.row:
        entries *= joint.scope.size(index.axis)
    constant = sympy.log(2 * sympy.pi) * HALF * entries
    log_det = elimination.steps[one.latent].log_det
    return (Term(-log_det * HALF, one.batch), Term(constant, one.batch))


def expected(elimination: Elimination, term: Term, scope: Scope) -> Terms:
    """E of a quadratic under the joint posterior."""
    result = [_at_means(elimination, term, scope)]
    for place, u in enumerate(elimination.members):
        for v in elimination.members[place:]:
            result += _spread(elimination, term, u, v)
    return tuple(part for part in result if part.value != 0)


def _spread(elimination: Elimination, term: Term, u: Member, v: Member) -> Terms:
    """The second derivative by u and v, times their covariance; half of it for one latent."""
    own, other = fresh_like(u.own), fresh_like(v.own)
    first = derivative((term,), u.latent, own)
    second = derivative(first, v.latent, other)
    if not second:
        return ()
    if any(depends(part.value, m.latent) for part in second for m in elimination.members):
        raise Refusal(f"{u.name} and {v.name} enter more than quadratically")
    covariance = elimination.covariance(u, own, v, other)
    weight = HALF if u is v else sympy.Integer(1)
    return settled_terms(
        replace(p, value=p.value * covariance * weight, bound=(*p.bound, *own, *other))
        for p in second
    )
