"""tied: a simplex of which Q has more than counts times logs, such as a transition whose stationary
law the chain starts in.

    Q(A) = sum_jk N_jk log A_jk + sum_k n_k log pi_k(A),      pi A = pi:

no closed form, and nothing proves that Q is concave.  N and n are sums over rows, so that Newton's
method is run to its end inside the M-step, in the logits of A, from the old A and never downward:
a maximum near it, which is generalized EM.

An entry that is held at zero or one has an infinite logit, and stays.

Source: Zucchini and MacDonald (2009), Hidden Markov Models for Time Series, section 4.2.5.
"""

from __future__ import annotations

from dataclasses import replace

from autoem.derive.calculus import depends
from autoem.derive.maximizers.concave import climbed
from autoem.derive.maximizers.problem import Problem, Refusal, Update
from autoem.derive.quantity import Declared


def tied(problem: Problem, parameter: Declared) -> Update:
    """The update of a simplex that is tied to something else."""
    if parameter.domain.kind != "simplex":
        raise Refusal("no simplex")
    if parameter in problem.free and not problem.free[parameter].at_edges:
        raise Refusal(
            f"the logits of the others move the entries of {parameter.name} that are held"
        )
    own = tuple(term for term in problem.terms if depends(term.value, parameter))
    reason = (
        f"no closed form: Newton to a maximum of Q near the old {parameter.name} (generalized EM)"
    )
    return replace(climbed(problem, (parameter,), own, ("tied", reason)), exact=False)
