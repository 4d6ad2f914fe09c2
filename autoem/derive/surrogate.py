"""Q: the expected complete-data log density as a function of the parameters.

    Q(theta) = E_q[ log p(x, z; theta) ]

The terms of the log joint that mention a parameter, with every statistic of a latent replaced by
its expectation under the posterior at the old parameters.  No latent is left.
"""

from __future__ import annotations

from dataclasses import dataclass

from autoem.derive.calculus import depends
from autoem.derive.e_step import EStep
from autoem.derive.log_joint import LogJoint
from autoem.derive.quantity import Declared
from autoem.derive.term import Terms, merged, settled
from autoem.language.declaration import Parameter


@dataclass(frozen=True)
class Surrogate:
    """Q, as terms in parameters, data and named expectations."""

    joint: LogJoint
    e_step: EStep
    parameters: tuple[Declared, ...]
    terms: Terms


def surrogate(joint: LogJoint, step: EStep) -> Surrogate:
    """E_q of every term that mentions a parameter."""
    parameters = tuple(
        joint.scope.quantity(v) for v in joint.graph.variables if isinstance(v, Parameter)
    )
    terms = tuple(term for term in joint.terms if any(depends(term.value, q) for q in parameters))
    for posterior in step.posteriors:
        terms = tuple(
            part
            for term in terms
            for part in (
                posterior.expect(term, joint.scope)
                if depends(term.value, posterior.local.latent)
                else (term,)
            )
        )
    plain = merged(term for each in terms if (term := settled(each)) is not None)
    return Surrogate(joint, step, parameters, plain)
