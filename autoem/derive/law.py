"""Every law as densities: a truncation, an interval, an evidence are families of their own.

Truncated(family)   the family at its arguments and its bounds
Within(t)           the log of the event, which is free of the parameters
Evidence(table[z])  the log of the table
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from autoem.errors import NotDerivable
from autoem.families.bounded import EVIDENCE, WITHIN, TruncatedFamily
from autoem.families.interval import INTERVALS
from autoem.language.arithmetic import Entry
from autoem.language.construct import Evidence, Truncated, Within
from autoem.language.declaration import Given, Latent, Parameter, Random, Variable
from autoem.language.distribution import Distribution, Law, Switch
from autoem.language.formula import Expression, subexpressions

Readable: TypeAlias = Distribution | Switch


def readable(law: Law, where: str) -> Readable | None:
    """The law as a density, or as a switch between densities; None where it is neither."""
    match law:
        case Distribution():
            return law
        case Truncated():
            return _truncated(law, where)
        case Within(latent, lower, upper):
            if latent.event:
                raise NotDerivable(what=f"bounds of {latent.name}, which is no number", where=where)
            _check_bounds(latent.name, where, lower, upper)
            return Distribution(WITHIN, (("latent", latent), ("lower", lower), ("upper", upper)))
        case Evidence(table):
            return Distribution(EVIDENCE, (("likelihood", table),))
        case Switch(condition, yes, no):
            branches = [readable(branch, where) for branch in (yes, no)]
            if None not in branches:
                return Switch(condition, *branches)  # type: ignore[arg-type]
    return None


def unbounding(law: Readable) -> tuple[Expression, ...]:
    """The expressions of a density that bound nothing."""
    if isinstance(law, Switch):
        branches = (branch for branch in (law.yes, law.no) if isinstance(branch, Readable))
        return (law.condition, *(e for branch in branches for e in unbounding(branch)))
    domains = {argument.name: argument.domain for argument in law.family.arguments}
    return tuple(value for name, value in law.arguments if domains[name] != "bound")


def _truncated(law: Truncated, where: str) -> Distribution:
    inner = law.law
    if not isinstance(inner, Distribution) or inner.family.name not in INTERVALS:
        raise NotDerivable(
            what=f"the truncation of {inner.title}, whose distribution function is not known",
            where=where,
        )
    _check_bounds(inner.title, where, law.lower, law.upper)
    bounds = (("lower", law.lower), ("upper", law.upper))
    return Distribution(TruncatedFamily(inner.family), (*inner.arguments, *bounds), inner.axis)


def _check_bounds(what: str, where: str, *bounds: Expression) -> None:
    """Bounds are known: EM would never move a parameter in one, nor a latent."""
    for bound in bounds:
        for node in subexpressions(bound):
            if isinstance(node, Parameter | Latent):
                raise NotDerivable(
                    what=f"a bound of {what} that mentions {node.name}: the support would depend "
                    "on it, and EM would never move it; write the marginal law instead",
                    where=where,
                )


def is_told(variable: Variable) -> bool:
    """Whether a variable has values: what `Within` and `Evidence` observe is in their bounds and
    table."""
    return not (
        isinstance(variable, Random) and isinstance(variable.distribution, Within | Evidence)
    )


def only_bounds(variables: Sequence[Variable]) -> tuple[Given, ...]:
    """The givens that stand in bounds and nowhere else: they may be infinite."""
    laws = [v.distribution for v in variables if isinstance(v, Random)]
    bounding = [bound for law in laws for bound in bounds_of(law)]
    other = [e for law in laws for e in law.expressions if e not in bounding]
    elsewhere = _givens(other)
    return tuple(given for given in _givens(bounding) if given not in elsewhere)


def bounds_of(law: Law) -> tuple[Expression, ...]:
    """The expressions of a law that only bound something."""
    if isinstance(law, Switch):
        return (*bounds_of(law.yes), *bounds_of(law.no))
    return (law.lower, law.upper) if isinstance(law, Within | Truncated) else ()


def _givens(expressions: Sequence[Expression]) -> tuple[Given, ...]:
    nodes = (node for expression in expressions for node in subexpressions(expression))
    return tuple(dict.fromkeys(node for node in nodes if isinstance(node, Given)))


def least(declared: Sequence[Variable]) -> dict[Expression, dict[str, int]]:
    """How many entries the variables have at `least` of which some are read by number."""
    laws = (v.prior if isinstance(v, Parameter) else v.distribution
            for v in declared if isinstance(v, Parameter | Random))  # fmt: skip
    expressions = (e for law in laws if law is not None for e in law.expressions)
    found: dict[Expression, dict[str, int]] = {}
    for node in (node for e in expressions for node in subexpressions(e)):
        if isinstance(node, Entry) and isinstance(node.base, Variable):
            known = found.setdefault(node.base, {"least": 0})
            known["least"] = max(known["least"], node.position + 1)
    return found
