"""nodes, of a vector: as many for each entry, about the mode of the log joint.

Let g(z) be the terms of the log joint that mention the vector z, m their mode, and L L' the inverse
of -g''(m).  With nodes x[q] and log weights w[q] of a rule for integrals over the line,

    z[q, r] = m + L (x[q], x[r])',      log_weight[q, r] = g(z[q, r]) + w[q] + w[r] + log det L,

and so on for more entries: all else is as for a number (`autoem/derive/posteriors/nodes.py`).  The
mode is that of *laplace*, held by the program and found by Newton's method before all else.
Source: Naylor and Smith (1982), Applied Statistics 31; Pinheiro and Bates (1995), Journal of
Computational and Graphical Statistics 4.
"""

from __future__ import annotations

from dataclasses import replace

import sympy

from autoem.derive.calculus import depends
from autoem.derive.handed import placed
from autoem.derive.index import Index, Read, fresh
from autoem.derive.laplace import expanded
from autoem.derive.log_joint import LogJoint
from autoem.derive.node import IntegrationRule
from autoem.derive.posterior import Local, Posterior, Refusal, localize, plate_reads, replaced
from autoem.derive.posteriors.nodes import REASONS, NodesPosterior, of_rule
from autoem.derive.quantity import Declared, Element
from autoem.derive.scope import Scope
from autoem.derive.term import Term, Terms, reindex, select
from autoem.language.expression import Axis

MOST = 2**16
"""Nodes of a vector that are gone through for each row."""


def by_vector_nodes(
    joint: LogJoint,
    terms: Terms,
    latent: Declared,
    remaining: tuple[Declared, ...],
    integration: IntegrationRule,
    rule: str,
) -> Posterior:
    """Eliminate a vector latent by a rule of nodes for each of its entries."""
    size = _entries(latent, integration)
    own = tuple(term for term in terms if depends(term.value, latent))
    for other in remaining:
        if other is not latent and any(depends(term.value, other) for term in own):
            raise Refusal(f"the terms of {latent.name} still mention {other.name}")
    local = localize(own, latent, len(latent.variable.plates))
    if local.contexts:
        raise Refusal(f"{latent.name} is conditioned on states: its mode is not one")
    about = expanded(joint, own, latent)
    scope, (axis,) = joint.scope, latent.variable.event
    row, column = fresh(axis), fresh(axis)
    names = (f"node {number + 1} of {latent.name}" for number in range(size))
    states = tuple(fresh(Axis(name, size=integration.count)) for name in names)
    place = (*local.plates, row)
    covariance = placed(about.covariance, (*place, column))
    batch = tuple(i for i in covariance.indices if i in local.plates)
    root = scope.computed(
        f"root_{latent.name}", "cholesky", (covariance,), (*batch, row, column), (row, column)
    )
    mode = Element(about.mode, place)
    steps = (
        Term(reindex(root, {column: number}) * of_rule(integration, state, "node"))
        for number, state in enumerate(states)
    )
    node = scope.named(f"node_{latent.name}", (Term(mode), *steps), (*place, *states))
    shared = _shares(scope, local, own, (root, node), (row, column), states, integration)
    return NodesPosterior(
        local,
        rule=rule,
        reason=REASONS[rule].format(name=latent.name, count=integration.count**size),
        family="weighted nodes",
        natural={"mode": mode, "root": root, **shared},
        expectations={
            **_moments(scope, latent.name, local, node, shared["share"], (row, column), states),
            "node": node,
            "share": shared["share"],
            **about.expectations,
        },
        log_normalizer=(Term(shared["normalizer"]),),
        states=states,
        node=node,
        share=shared["share"],
        integration=integration,
        event=(row,),
        held=(about.held,),
    )


def _entries(latent: Declared, integration: IntegrationRule) -> int:
    """How many entries the latent has, known before the data and few enough for the nodes."""
    if latent.support != "vector" or len(latent.variable.event) != 1:
        raise Refusal(f"{latent.name} is no vector")
    (axis,) = latent.variable.event
    if integration.kind != "hermite":
        raise Refusal(f"{latent.name} is a vector, and draws about a mode are of numbers")
    if axis.size is None:
        name = axis.key or axis.label
        raise Refusal(
            f"the number of nodes is a power of the number of entries of {latent.name}, which is "
            f"not known before the data: write {name} = Axis(size=2)"
        )
    if integration.count**axis.size > MOST:
        raise Refusal(
            f"{integration.count} nodes for each of the {axis.size} entries of {latent.name} are "
            f"{integration.count**axis.size:,} a row, more than {MOST:,}: lower the order, "
            f"quadrature(order={int(MOST ** (1 / axis.size))})"
        )
    return axis.size


def _shares(
    scope: Scope,
    local: Local,
    own: Terms,
    found: tuple[Element, Element],
    event: tuple[Index, Index],
    states: tuple[Index, ...],
    integration: IntegrationRule,
) -> dict[str, Element]:
    """The log weights of the nodes, their normalizer, and their shares."""
    (root, node), (row, column), latent = found, event, local.latent
    assert isinstance(latent, Declared)
    name, count, free = latent.name, len(local.plates), (*local.plates, *states)

    def entry(indices: tuple[Read, ...]) -> Element:
        """A node where the latent is read, so that a row reads that of its group."""
        moved = dict(zip((*local.plates, row), indices, strict=True))
        return reindex(node, moved)

    chosen = (select(t, plate_reads(t.value, latent, count), local.plates) for t in own)
    at_node = (
        replace(t, value=replaced(t.value, latent, entry, scope)) for t in chosen if t is not None
    )
    volume = tuple(Term(sympy.log(reindex(root, {row: i, column: i}))) for i in range(len(states)))
    weights = tuple(Term(of_rule(integration, state, "log_weight")) for state in states)
    log_weight = scope.named(f"log_weight_{name}", (*at_node, *weights, *volume), free)
    normalizer = scope.computed(
        f"log_normalizer_{name}", "log_sum_exp", (log_weight,), local.plates, states
    )
    share = scope.computed(
        f"share_{name}", "map", (sympy.exp(log_weight - normalizer),), free, sign="nonnegative"
    )
    return {"log_weight": log_weight, "normalizer": normalizer, "share": share}


def _moments(
    scope: Scope,
    name: str,
    local: Local,
    node: Element,
    share: Element,
    event: tuple[Index, Index],
    states: tuple[Index, ...],
) -> dict[str, Element]:
    """The mean and the covariance of the nodes."""
    row, column = event
    mean = scope.named(f"mean_{name}", (Term(share * node, states),), (*local.plates, row))
    one, two = node - mean, reindex(node, {row: column}) - reindex(mean, {row: column})
    spread = scope.named(
        f"covariance_{name}", (Term(share * one * two, states),), (*local.plates, row, column)
    )
    return {"mean": mean, "covariance": spread}
