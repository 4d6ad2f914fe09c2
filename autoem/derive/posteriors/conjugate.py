"""conjugate: the coefficients of the latent's statistics match a family.

Given everything else, log p(v, ...) = sum_j eta_j T_j(v) + log h(v) + what is free of v.  Where T
and h are those of a family, the posterior is that family at the natural parameters eta; its
log-normalizer A(eta) goes to the rest, and E[T] is the gradient of A.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import sympy

from autoem.derive.calculus import depends, plain
from autoem.derive.log_joint import LogJoint
from autoem.derive.posterior import (
    Local,
    Posterior,
    Refusal,
    localize,
    placed_at,
    plate_reads,
    with_context,
)
from autoem.derive.quantity import Declared, Element, elements, indices_of
from autoem.derive.scope import Scope
from autoem.derive.term import Term, Terms, settled
from autoem.families import FAMILIES
from autoem.families.family import ExponentialForm


@dataclass(frozen=True)
class ConjugatePosterior(Posterior):
    """A scalar family at named natural parameters; `statistics` are its T of the latent."""

    element: Element
    statistics: tuple[sympy.Expr, ...]

    def expect(self, term: Term, scope: Scope) -> Terms:
        """Each statistic becomes its expectation; what is free of the latent stays."""
        result = []
        latent = self.local.latent
        for part in split(term, latent):
            if not depends(part.value, latent):
                result.append(part)
                continue
            reads = plate_reads(part.value, latent, len(self.local.plates))
            own = Element(latent, reads)
            coefficient, statistic = part.value.as_independent(own, as_Add=False)
            moved, states = with_context(replace(part, value=coefficient), self.local, reads)
            known = [t.xreplace({self.element: own}) for t in self.statistics]
            scale, position = match(statistic, known, own)
            expectation = self.expectations[f"statistic_{position + 1}"]
            place = placed_at(expectation, self.local, reads, states)
            result.append(replace(moved, value=moved.value * scale * place()))
        return tuple(result)


def split(term: Term, latent: Declared | sympy.Basic) -> Terms:
    """The term as products, each of a coefficient and one statistic of the latent."""
    value = sympy.expand_log(term.value)
    own = [e for e in elements(value) if e.base is latent]
    parts = []
    for part in sympy.Add.make_args(value):
        _, dependent = part.as_independent(*own, as_Add=False)
        factors = sympy.Mul.make_args(dependent)
        squares = [
            f for f in factors if len(factors) > 1 and len(own) == 1 and _is_square(f, own[0])
        ]
        if any(_is_opened(factor, own) for factor in factors):
            parts += list(sympy.Add.make_args(sympy.expand(part)))
        elif squares:
            parts += [part / squares[0] * each for each in _about_zero(squares[0], own[0])]
        else:
            parts.append(part)
    return tuple(replace(term, value=part) for part in parts)


def _is_opened(factor: sympy.Expr, own: list[Element]) -> bool:
    """Whether a factor is multiplied out: a sum, and the square of one in the latent's logarithm.
    A residual of the latent itself stays whole."""
    base, exponent = factor.as_base_exp()
    if not base.is_Add or not exponent.is_Integer or exponent < 1:
        return False
    return bool(exponent == 1 or not base.is_polynomial(*own))


def _is_square(factor: sympy.Expr, own: Element) -> bool:
    """Whether a factor is the square of a residual that is linear in the latent."""
    base, exponent = factor.as_base_exp()
    return bool(exponent == 2 and base.is_Add and base.has(own) and base.diff(own, 2) == 0)


def _about_zero(square: sympy.Expr, own: Element) -> tuple[sympy.Expr, ...]:
    """(r + c v)^2 = r^2 + 2 c r v + c^2 v^2, with the residual r whole."""
    rest, slope = square.base.xreplace({own: sympy.Integer(0)}), square.base.diff(own)
    return (rest**2, 2 * slope * rest * own, slope**2 * own**2)


def match(
    statistic: sympy.Expr, known: Sequence[sympy.Expr], own: Element
) -> tuple[sympy.Expr, int]:
    """(c, j) with statistic = c * known[j] and c free of the latent."""
    for position, candidate in enumerate(known):
        ratio = sympy.simplify(statistic / candidate)
        if not ratio.has(own):
            return ratio, position
    raise Refusal(f"the statistic {plain(statistic)} belongs to no matching family")


def conjugate(
    joint: LogJoint, terms: Terms, latent: Declared, remaining: tuple[Declared, ...]
) -> Posterior:
    """Eliminate a scalar latent whose terms match a family."""
    if latent.axes != latent.variable.plates:
        raise Refusal(f"{latent.name} is no scalar")
    own = tuple(term for term in terms if depends(term.value, latent))
    for other in remaining:
        if other is not latent and any(depends(term.value, other) for term in own):
            raise Refusal(f"the terms of {latent.name} still mention {other.name}")
    local = localize(own, latent, len(latent.axes))
    element = Element(latent, local.plates)
    parts = [part for term in local.terms for part in split(term, latent)]
    refusals = []
    for family in FAMILIES:
        if isinstance(family, ExponentialForm) and family.support == latent.support:
            try:
                return _matched(joint.scope, family, local, parts, element)
            except Refusal as refusal:
                refusals.append(f"{family.name}: {refusal}")
    raise Refusal("; ".join(refusals) or f"no family has the support of {latent.name}")


def _matched(
    scope: Scope, family: ExponentialForm, local: Local, parts: list[Term], element: Element
) -> Posterior:
    """The posterior in this family, or the refusal that names the first odd statistic."""
    statistics = family.statistics(element)
    carrier, counts = _carrier(family, element), dict[str, sympy.Expr]()
    coefficients: list[list[Term]] = [[] for _ in statistics]
    rest: list[Term] = []
    carried: list[Term] = []
    for part in parts:
        if not depends(part.value, local.latent):
            rest.append(part)
            continue
        found = None if part.bound else _agreement(part.value, carrier)
        if found is not None:
            carried.append(part)
            counts |= {wild.name: count for wild, count in found.items()}
            continue
        coefficient, statistic = part.value.as_independent(element, as_Add=False)
        scale, position = match(statistic, statistics, element)
        if depends(coefficient, local.latent):
            raise Refusal(f"{statistic} has a coefficient that mentions {local.latent.name}")
        coefficients[position].append(replace(part, value=coefficient * scale))
    if len(carried) != int(carrier.has(element)):
        raise Refusal(f"the carrier {carrier} is there {len(carried)} times")
    if not all(coefficients):
        raise Refusal(f"some statistic of {family.name} has no coefficient")
    return _posterior(scope, family, local, statistics, (coefficients, counts), rest, element)


def _carrier(family: ExponentialForm, element: Element) -> sympy.Expr:
    """log h, with a wild card for each known count: what stands there is the count."""
    counts = [a.name for a in family.arguments if a.domain == "count"]
    wild = {name: sympy.Wild(name, exclude=[element]) for name in counts}
    carrier = family.log_carrier(element, wild)
    if wild and carrier.is_Add:
        raise Refusal(f"its carrier has a known count, {', '.join(counts)}, in several terms")
    return carrier


def _agreement(value: sympy.Expr, carrier: sympy.Expr) -> Mapping[sympy.Wild, sympy.Expr] | None:
    """The counts with which a value is the carrier; None where it is not."""
    if carrier.has(sympy.Wild):
        found: Mapping[sympy.Wild, sympy.Expr] | None = value.match(carrier)
        return found
    return {} if carrier != 0 and sympy.simplify(value - carrier) == 0 else None


def is_plain(value: sympy.Expr) -> bool:
    """Whether an argument needs no name: it is a number, or has one."""
    return bool(value.is_number) or isinstance(value, Element)


def _coefficient(scope: Scope, name: str, terms: Terms) -> sympy.Expr:
    """A sum of terms as one expression: itself where nothing is summed."""
    terms = tuple(term for each in terms if (term := settled(each)) is not None)
    if all(not term.bound and not term.guards for term in terms):
        return sympy.Add(*(term.value for term in terms))
    return scope.define(name, terms, "posterior")


def _posterior(
    scope: Scope,
    family: ExponentialForm,
    local: Local,
    statistics: tuple[sympy.Expr, ...],
    known: tuple[list[list[Term]], Mapping[str, sympy.Expr]],
    rest: list[Term],
    element: Element,
) -> Posterior:
    coefficients, counts = known
    name = local.latent.name
    natural = [
        _coefficient(scope, f"natural_{position + 1}_{name}", tuple(terms))
        for position, terms in enumerate(coefficients)
    ]
    arguments = {**family.from_natural(natural), **counts}
    named, symbols = {}, {}
    for argument in family.arguments:
        value = arguments[argument.name]
        free = indices_of(value)
        sign = {"real": "real", "count": "nonnegative"}.get(argument.domain, "positive")
        computed = scope.computed(
            f"{argument.name}_{name}", "map", (value,), free, sign=sign)  # fmt: skip
        named[argument.name] = computed
        symbols[argument.name] = value if is_plain(value) else computed
    expectations = {}
    for position, value in enumerate(family.expectations(symbols)):
        free = indices_of(sympy.Tuple(*named.values()))
        sign = "positive" if statistics[position].is_positive else "real"
        word = statistic_name(position, statistics, element)
        expectations[f"statistic_{position + 1}"] = scope.computed(
            f"expected_{word}_{name}", "map", (value,), free, sign=sign
        )
    normalizer = Term(family.log_normalizer(symbols))
    return ConjugatePosterior(
        local,
        rule="conjugate",
        reason=f"the coefficients of {name} are those of a {family.name}",
        family=family.name,
        natural=named,
        expectations=expectations,
        log_normalizer=(*rest, normalizer),
        element=element,
        statistics=statistics,
    )


def statistic_name(position: int, statistics: tuple[sympy.Expr, ...], element: Element) -> str:
    """log, value, square, inverse: what the statistic is called in code."""
    x = element
    known = {sympy.log(x): "log", x: "value", x**2: "square", 1 / x: "inverse"}
    return known.get(statistics[position], f"statistic_{position + 1}")
