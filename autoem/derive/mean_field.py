"""Mean fields: q(z) is a product of factors over blocks of latents, and F is raised in turn.

    F(q, theta) = E_q[log p(x, z; theta)] + sum_i H(q_i)  <=  log p(x; theta)

is greatest in one factor, the others held, at

    q_i(z_i) = exp(ell_i(z_i)) / Z_i,      ell_i = E_q(others)[log p(x, z; theta)] ,

whose terms are those of the log joint that mention z_i with every statistic of the others replaced
by its mean.  So a factor is the posterior of an ordinary log joint, and the exact rules find it:
states, chains and Gaussians as much as a conjugate family.  One E-step goes through the factors in
order; a factor that comes later stands in those before it with the means *held* from the E-step
before, parameters of the program that the M-step hands on.  As H(q_i) = log Z_i - E_q_i[ell_i],

    F = sum_i log Z_i - sum over the factors i of a term, but for the last, of its mean in ell_i

and the terms without latents.  That is a bound whatever the held means are.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import sympy

from autoem.derive.calculus import depends, substituted
from autoem.derive.handed import Factor, Held, handed, placed
from autoem.derive.index import Index
from autoem.derive.log_joint import LogJoint
from autoem.derive.posterior import Posterior, Refusal
from autoem.derive.quantity import Declared, Element, Quantity
from autoem.derive.scope import Scope
from autoem.derive.term import Term, Terms
from autoem.errors import NoExactPosterior
from autoem.language.declaration import Given

Eliminated = tuple[Terms, list[Posterior]]
Eliminate = Callable[[Terms, list[Declared]], Eliminated]
"""The exact rules: terms and a block of latents to what is left, and their posteriors."""


Factors = tuple[Factor, ...]


def factorized(
    joint: LogJoint,
    terms: Terms,
    block: Sequence[Declared],
    kept: tuple[str, ...],
    exact: Eliminate,
) -> tuple[Terms, Factors]:
    """The bound as terms, and the factors in order: the latents that are `kept` together first,
    then every other one by itself.

    Raises Refusal with what stood in the way.
    """
    refusals = []
    for first in _choices(joint, block, kept):
        blocks = [first, *([q] for q in block if q not in first)]
        try:
            return _swept(joint, terms, blocks, exact)
        except (Refusal, NoExactPosterior) as refusal:
            names = ", ".join(q.name for q in first)
            refusals.append(f"with the factor of {names} first: {told(refusal)}")
    raise Refusal("; ".join(refusals))


def told(refusal: Exception) -> str:
    """A refusal in a line; of several rules the one that got farthest, which says the most."""
    if isinstance(refusal, NoExactPosterior):
        latent, rule, reason = max(refusal.refusals, key=lambda each: len(each[2]))
        return f"{latent}, {rule}: {reason}"
    return str(refusal)


def _choices(
    joint: LogJoint, block: Sequence[Declared], kept: tuple[str, ...]
) -> list[list[Declared]]:
    """The factors that may come first: of the latents named, or of one after another, those with
    many elements before others, and states last, for they are the easier to begin from."""
    if kept:
        return [[q for q in block if q.name in kept]]
    tables = [v for v in joint.graph.variables if isinstance(v, Given) and v.category is not None]

    def finer(q: Declared) -> int:
        """How many others have fewer elements: those that lookups from its plates point to."""
        mine = [v.category for v in tables if all(axis in q.variable.plates for axis in v.plates)]
        return sum(any(axis in mine for axis in other.variable.plates) for other in block)

    def order(q: Declared) -> tuple[int, int, bool]:
        return -len(q.variable.plates), -finer(q), q.variable in joint.scope.indicators

    return [[q] for q in sorted(block, key=order)]


def _swept(
    joint: LogJoint, terms: Terms, blocks: list[list[Declared]], exact: Eliminate
) -> tuple[Terms, Factors]:
    """One sweep through the factors, each given the ones before and what is held of the others."""
    scope = joint.scope
    places = [[i for i, b in enumerate(blocks) if _mentions(scope, t, b)] for t in terms]
    bound = [term for term, place in zip(terms, places, strict=True) if not place]
    own = [
        [(term, place[-1]) for term, place in zip(terms, places, strict=True) if number in place]
        for number in range(len(blocks))
    ]
    forms = [_form(scope, own[i], blocks[i], blocks, exact) for i in range(1, len(blocks))]
    before: list[Posterior] = []
    factors: list[Factor] = []
    read: list[Term] = []
    for number, block in enumerate(blocks):
        means = [
            (_averaged(scope, (term,), before, forms[number:]), last) for term, last in own[number]
        ]
        read += (part for mean, _ in means for part in mean)
        left, posteriors = exact(tuple(part for mean, _ in means for part in mean), block)
        again = tuple(part for mean, last in means for part in mean if last != number)
        counted = _expected(scope, again, posteriors)
        bound += (*left, *(replace(part, value=-part.value) for part in counted))
        held = () if number == 0 else forms[number - 1].held(posteriors)
        factors.append(Factor(tuple(posteriors), held))
        before += posteriors
    return tuple(bound), tuple(_needed(factor, tuple(read)) for factor in factors)


def _needed(factor: Factor, read: Terms) -> Factor:
    """The factor without the means that no other one reads."""
    held = tuple(h for h in factor.held if any(depends(t.value, h.quantity) for t in read))
    return replace(factor, held=held)


def _mentions(scope: Scope, term: Term, block: Sequence[Declared]) -> bool:
    """Whether a term mentions a latent of the block: its indicator, where it has states."""
    return any(depends(term.value, scope.indicators.get(q.variable, q)) for q in block)


def _expected(scope: Scope, terms: Terms, posteriors: Sequence[Posterior]) -> Terms:
    """The terms under all these posteriors."""
    for posterior in posteriors:
        latent = posterior.local.latent
        terms = tuple(
            part
            for term in terms
            for part in (posterior.expect(term, scope) if depends(term.value, latent) else (term,))
        )
    return terms


@dataclass(frozen=True)
class Form:
    """Which means a factor will have, told before the others are known: by its posteriors, with
    the other latents as if they were data, and a parameter for each mean."""

    posteriors: tuple[Posterior, ...]
    parameters: tuple[tuple[str, Element, Declared], ...]

    def expect(self, scope: Scope, terms: Terms) -> Terms:
        """The terms at the means that are held."""
        held = {mean.base: parameter for _, mean, parameter in self.parameters}
        return substituted(_expected(scope, terms, self.posteriors), held)

    def held(self, posteriors: Sequence[Posterior]) -> tuple[Held, ...]:
        """The means of the factor itself, for those that hold them in the next E-step."""
        means = [(key, e) for p in posteriors for key, e in p.expectations.items()]
        result = []
        for (key, formal, parameter), (_, mean) in zip(self.parameters, means, strict=True):
            indices = tuple(i for i in formal.indices if isinstance(i, Index))
            result.append(Held(parameter, indices, placed(mean, indices), _start(key, mean)))
        return tuple(result)


def _form(
    scope: Scope,
    own: list[tuple[Term, int]],
    block: list[Declared],
    blocks: list[list[Declared]],
    exact: Eliminate,
) -> Form:
    """The form of a factor.  States of others stand as weights, as they will in the means."""
    others = [q for each in blocks if each is not block for q in each]
    states = [scope.indicators[q.variable] for q in others if q.variable in scope.indicators]
    weights: dict[Quantity, Quantity | sympy.Expr] = {
        q: Quantity(f"weight_{q.latent.name}", q.axes, "nonnegative") for q in states
    }
    _, posteriors = exact(substituted(tuple(term for term, _ in own), weights), block)
    means = [(key, e) for p in posteriors for key, e in p.expectations.items()]
    found = tuple(
        (key, mean, handed(scope, f"held_{mean.base.name}", mean.base.axes)) for key, mean in means
    )
    return Form(tuple(posteriors), found)


def _averaged(
    scope: Scope, terms: Terms, before: Sequence[Posterior], later: Sequence[Form]
) -> Terms:
    """The terms at the means of the factors before, and at those that are held of later ones."""
    terms = _expected(scope, terms, before)
    for form in later:
        terms = form.expect(scope, terms)
    return terms


STARTS = {"responsibility": "simplex", "covariance": "zero", "cross": "zero"}


def _start(key: str, mean: Element) -> str:
    """How a mean is begun from: states nearly at random, a covariance as none."""
    return STARTS.get(key, "real" if mean.base.sign == "real" else "positive")
