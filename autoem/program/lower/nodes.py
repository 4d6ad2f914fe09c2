"""Rules of integration about a mode: their nodes, and the mode as the root of a slope."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from autoem.derive.node import Mode, RuleNode
from autoem.derive.quantity import Defined, LogPartition, Quantity, elements
from autoem.derive.term import Term
from autoem.program import ir
from autoem.program.lower.names import IndexNames
from autoem.program.lower.sums import total

if TYPE_CHECKING:
    from autoem.program.lower.body import Body


def rule_node(body: Body, base: RuleNode) -> ir.Array:
    """The nodes or the log weights of a rule, both by one statement."""
    rule, key = base.integration, (base.integration, base.axes)
    if key not in body.systems:
        axes = (body.axes.of(base.axes[0]),)
        targets = tuple(body.target(name, axes) for name in ("rule_node", "rule_log_weight"))
        body.lets.append(ir.Let(targets, ir.Nodes(rule.kind, rule.count, rule.seed)))
        body.systems[key] = targets
    return body.systems[key][("node", "log_weight").index(base.part)]


def mode(body: Body, base: Mode) -> ir.Array:
    """The root of the slope: what stands in the unknown is computed inside, all else before."""
    names = IndexNames(body.axes)
    axes = names.all(base.indices)
    unknown = base.unknown.base
    for part in (*base.slope, *base.curvature):
        _prepare(body, part, unknown)
    at_zero = body.let(body.target(f"start_{base.name}", ()), ir.Map(ir.Number(Fraction(0))))
    target = body.target(base.name, axes)
    argument = ir.Array(body.target(f"at_{unknown.name}", axes).name, axes)
    inside = replace(
        body,
        given={**body.given, **body.arrays, unknown: argument},
        arrays={},
        shared=dict(body.shared),
        systems=dict(body.systems),
        lets=list(body.lets),
        inputs={},
    )
    outside = len(inside.lets)
    value = total(inside, f"slope_{unknown.name}", base.slope, base.indices)
    slope = total(inside, f"curvature_{unknown.name}", base.curvature, base.indices)
    operation = ir.Root(
        argument.name,
        ir.Ref(value.name, axes),
        ir.Ref(slope.name, axes),
        ir.Ref(at_zero.name, ()),
        float("-inf"),
        float("inf"),
        tuple(inside.lets[outside:]),
    )
    body.lets.append(ir.Let((target,), operation))
    taken = [let.targets[0] for let in operation.body]
    body.reserved += [argument.name, *(array.name for array in taken)]
    return target


def _prepare(body: Body, term: Term, unknown: Quantity) -> None:
    """Compute outside what the term reads and the unknown does not change."""
    for element in elements(term.value):
        base = element.base
        if base is unknown:
            continue
        if isinstance(base, LogPartition) and _stands(Term(base.operand), unknown):
            _prepare(body, Term(base.operand), unknown)
        elif isinstance(base, Defined) and any(_stands(t, unknown) for t in base.definition):
            for part in base.definition:
                _prepare(body, part, unknown)
        else:
            body.array(base)


def _stands(term: Term, unknown: Quantity) -> bool:
    """Whether the unknown stands in the term, inside intermediates too."""
    for element in elements(term.value):
        base = element.base
        if base is unknown:
            return True
        if isinstance(base, LogPartition) and _stands(Term(base.operand), unknown):
            return True
        if isinstance(base, Defined) and any(_stands(t, unknown) for t in base.definition):
            return True
    return False
