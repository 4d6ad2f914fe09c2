"""nodes: a scalar latent as finitely many nodes about the mode of its log joint.

Let g(u) be the terms of the log joint that mention the latent z = f(u), plus log f'(u), where f
maps the line to the support (u itself, exp u, 1 / (1 + exp(-u))).  With the mode m of g, the scale
s = (-g''(m))^(-1/2), and a rule of nodes x[q] with log weights w[q] for integrals over the line,

    u[q] = m + s x[q],      log_weight[q] = g(u[q]) + w[q] + log s,
    log-normalizer = log sum_q exp(log_weight[q]),      E f(z) = sum_q share[q] f(z[q]) .

Any m and s will do, and the more nodes the better: where the root of g' that is found is no top,
|g''| stands for -g''.  So the latent becomes a discrete one whose states are the nodes, and all
that follows is that of *enumerate*.  Source: Naylor and Smith (1982), Applied Statistics 31;
Pinheiro and Bates (1995), Journal of Computational and Graphical Statistics 4.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

import sympy

from autoem.derive.calculus import depends, derivative
from autoem.derive.handed import Held
from autoem.derive.index import Index, Read, fresh
from autoem.derive.node import IntegrationRule, Mode, RuleNode
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
from autoem.derive.quantity import Declared, Element, Quantity
from autoem.derive.scope import Scope
from autoem.derive.term import Term, Terms
from autoem.language.expression import Axis

HALF = sympy.Rational(1, 2)

LINKS: Mapping[str, Callable[[sympy.Expr], sympy.Expr]] = {
    "real": lambda u: u,
    "positive": sympy.exp,
    "unit": lambda u: 1 / (1 + sympy.exp(-u)),
}
"""The map of the line to a support."""

SIGNS = {"real": "real", "positive": "positive", "unit": "positive"}


@dataclass(frozen=True)
class NodesPosterior(Posterior):
    """The shares of the nodes of one latent: `states` are the formal indices of a node, one for
    each entry of a vector, whose formal indices are `event`, and of which a mode is `held`."""

    states: tuple[Index, ...]
    node: Element
    share: Element
    integration: IntegrationRule
    event: tuple[Index, ...] = ()
    held: tuple[Held, ...] = ()

    def expect(self, term: Term, scope: Scope) -> Terms:
        """f(z) becomes the sum of share[q] f(z[q]) over the nodes."""
        latent, count = self.local.latent, len(self.local.plates)
        if not depends(term.value, latent):
            return (term,)
        reads = plate_reads(term.value, latent, count)
        term, states = with_context(term, self.local, reads)
        moved = {state: fresh(state.axis) for state in self.states}
        at_node: dict[Index, Read] = dict(moved)
        node = placed_at(self.node, self.local, reads, states)
        share = placed_at(self.share, self.local, reads, states)(at_node)

        def entry(indices: tuple[Read, ...]) -> Element:
            return node({**at_node, **dict(zip(self.event, indices[count:], strict=True))})

        value = replaced(term.value, latent, entry, scope)
        bound = (*term.bound, *moved.values())
        return tuple(
            replace(term, value=part * share, bound=bound) for part in sympy.Add.make_args(value)
        )


def by_nodes(
    scope: Scope,
    terms: Terms,
    latent: Declared,
    remaining: tuple[Declared, ...],
    integration: IntegrationRule,
    rule: str,
) -> Posterior:
    """Eliminate a scalar latent by a rule of nodes about its mode."""
    if latent.axes != latent.variable.plates or latent.support not in LINKS:
        raise Refusal(f"{latent.name} is no number on the line, or of an interval of it")
    own = tuple(term for term in terms if depends(term.value, latent))
    for other in remaining:
        if other is not latent and any(depends(term.value, other) for term in own):
            raise Refusal(f"the terms of {latent.name} still mention {other.name}")
    local = localize(own, latent, len(latent.axes))
    free = (*local.plates, *(context.state for context in local.contexts))
    about = _located(scope, local, latent, free)
    state = fresh(Axis(f"node of {latent.name}", size=integration.count))
    return _posterior(scope, local, about, state, integration, rule)


def _moved(scope: Scope, local: Local, place: sympy.Expr) -> Terms:
    """g at a place on the line: the terms of the latent, and the log slope of its link."""
    latent = local.latent
    assert isinstance(latent, Declared) and latent.support is not None
    t = sympy.Dummy(real=True)
    link = LINKS[latent.support](t)
    value, slope = link.xreplace({t: place}), sympy.log(link.diff(t)).xreplace({t: place})
    moved = (replace(u, value=replaced(u.value, latent, lambda _: value, scope))
             for u in local.terms)  # fmt: skip
    jacobian = Term(sympy.expand_log(slope))
    return tuple(term for term in (*moved, jacobian) if term.value != 0)


def _located(
    scope: Scope, local: Local, latent: Declared, free: tuple[Index, ...]
) -> dict[str, Element]:
    """The mode m, the precision -g''(m), and the scale s."""
    axes = tuple(index.axis for index in free)
    line = Quantity(f"line_{latent.name}", axes)
    unknown = Element(line, free)
    density = _moved(scope, local, unknown)
    slope = derivative(density, line, free)
    curvature = derivative(slope, line, free)
    check_smooth(latent, curvature)
    if not slope:
        raise Refusal(f"no term bounds {latent.name}")
    base = Mode(
        f"mode_{latent.name}", axes, unknown=unknown, slope=slope, curvature=curvature, indices=free
    )
    mode = Element(base, free)
    at_mode = tuple(
        replace(t, value=-replaced(t.value, line, lambda indices: Element(base, indices), scope))
        for t in curvature
    )
    steepness = scope.named(f"precision_{latent.name}", at_mode, free)
    scale = scope.computed(
        f"scale_{latent.name}", "map", (sympy.Abs(steepness) ** (-HALF),), free, sign="positive"
    )
    return {"mode": mode, "precision": steepness, "scale": scale}


def of_rule(integration: IntegrationRule, state: Index, part: str) -> Element:
    """A node of a rule, or its log weight."""
    base = RuleNode(f"rule_{part}", (state.axis,), integration=integration, part=part)
    return Element(base, (state,))


def _posterior(
    scope: Scope,
    local: Local,
    about: dict[str, Element],
    state: Index,
    integration: IntegrationRule,
    rule: str,
) -> Posterior:
    latent, mode, scale = local.latent, about["mode"], about["scale"]
    assert isinstance(latent, Declared) and latent.support is not None
    name, free = latent.name, (*local.plates, *(context.state for context in local.contexts))
    all_free = (*free, state)

    u, log_w = of_rule(integration, state, "node"), of_rule(integration, state, "log_weight")
    place = scope.named(f"place_{name}", (Term(mode), Term(scale * u)), all_free)
    node = scope.computed(
        f"node_{name}", "map", (LINKS[latent.support](place),), all_free, sign=SIGNS[latent.support]
    ) if latent.support != "real" else place  # fmt: skip
    weights = (*_moved(scope, local, place), Term(log_w), Term(sympy.log(scale)))
    log_weight = scope.named(f"log_weight_{name}", weights, all_free)
    normalizer = scope.computed(
        f"log_normalizer_{name}", "log_sum_exp", (log_weight,), free, (state,)
    )
    share = scope.computed(
        f"share_{name}", "map", (sympy.exp(log_weight - normalizer),), all_free, sign="nonnegative"
    )
    mean = scope.named(f"mean_{name}", (Term(share * node, (state,)),), free)
    spread = scope.named(f"variance_{name}", (Term(share * (node - mean) ** 2, (state,)),), free)
    return NodesPosterior(
        local,
        rule=rule,
        reason=REASONS[rule].format(name=name, count=integration.count),
        family="weighted nodes",
        natural={
            **about,
            "place": place,
            "log_weight": log_weight,
            "rule_node": u,
            "rule_log_weight": log_w,
        },
        expectations={"mean": mean, "covariance": spread, "node": node, "share": share},
        log_normalizer=(Term(normalizer),),
        states=(state,),
        node=node,
        share=share,
        integration=integration,
    )


REASONS = {
    "quadrature": "by choice: {name} is replaced by {count} Gauss-Hermite nodes about its mode",
    "monte_carlo": "by choice: {name} is replaced by {count} weighted draws about its mode",
}
"""Rule to its reason."""


def check_smooth(latent: Declared, curvature: Terms) -> None:
    """Refuse a log joint with a kink: it has no curvature there, and no Gaussian is near it."""
    if any(term.value.has(sympy.DiracDelta) for term in curvature):
        raise Refusal(f"the log joint has a kink in {latent.name}")


def entries(posteriors: Iterable[Posterior]) -> int:
    """The most entries that a latent with nodes has."""
    return max((len(q.states) for q in posteriors if isinstance(q, NodesPosterior)), default=1)
