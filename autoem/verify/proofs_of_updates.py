"""Proofs that an update makes the gradient of Q zero, and the second derivative not positive.

Q is written out at two rows, with a symbol for every datum, expectation and parameter, and is
differentiated entry by entry; then the update, written out in the same symbols, is put in.  New
values of earlier updates are symbols too, so that each proof holds whatever they are.  Entries that
are held are to be the old ones, and derivatives are by the others.

    simplex      dQ/dp_i = dQ/dp_j at the update, of the entries that are free
    scalar       dQ/dt = 0 and d2Q/dt2 <= 0 there, from the signs of the symbols
    covariance   Q = -N log det C / 2 - tr(C^-1 S) / 2, and C = S / N: see `covariance_lemma`
    precision    the same of P = C^-1
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations, product

import sympy

from autoem.derive.held import Free
from autoem.derive.maximizers.problem import Update
from autoem.derive.quantity import (
    Computed,
    Declared,
    Defined,
    Element,
    MatrixFunction,
    Origin,
    Quantity,
    Solution,
    Statistic,
)
from autoem.derive.smoothed import Smoothed, SmoothedGaussian
from autoem.derive.stages import Derivation
from autoem.language.declaration import Given, Observed, Parameter
from autoem.language.distribution import Distribution
from autoem.language.expression import Axis
from autoem.verify.covariance_lemma import greatest_at_the_ratio
from autoem.verify.ground import Ground, ground_sizes, is_zero, symbol
from autoem.verify.sign import is_nonpositive

Place = tuple[int, ...]
ROWS, MOST_ENTRIES = 2, 8
OLD = "old "


@dataclass(frozen=True)
class Proof:
    """Which orders were proved for an update."""

    first: bool = False
    second: bool = False


@dataclass(frozen=True, eq=False)
class Setting:
    """One update with what came before it, and Q, written out."""

    update: Update
    sizes: Mapping[Axis, int]
    surrogate: sympy.Expr
    solution: Ground
    bounded: Mapping[sympy.Symbol, sympy.Expr]
    functions: Mapping[tuple[str, Declared], MatrixFunction]
    free: Mapping[Declared, Free]

    @property
    def chosen(self) -> dict[sympy.Symbol, Place]:
        """The entries that the update chooses, which are those not held."""
        return {
            symbol(parameter, place): place
            for parameter in self.update.parameters
            for place in self.solution.places(parameter)
            if parameter not in self.free or self.free[parameter].at(place)
        }

    @property
    def stays(self) -> bool:
        """Whether what is held has its old value."""
        return all(
            value == symbol(parameter, place, OLD)
            for parameter in self.update.parameters
            for place in self.solution.places(parameter)
            if (entry := symbol(parameter, place)) not in self.chosen
            for value in (self.entries[entry],)
        )

    @property
    def entries(self) -> dict[sympy.Symbol, sympy.Expr]:
        """Each entry of the new parameters, and what the update makes it."""
        found = {}
        for parameter, value in zip(self.update.parameters, self.update.values, strict=True):
            for place in self.solution.places(parameter):
                found[symbol(parameter, place)] = self.solution.entry(value.base, place)
        return found


def proved(derivation: Derivation, update: Update) -> Proof:
    """What could be proved of an update at the small size."""
    in_closed_form = not any(isinstance(step, Solution) for _, step in update.located)
    if not update.exact or not in_closed_form or update.rule not in PROOFS:
        return Proof()
    sizes = ground_sizes(derivation.model, ROWS)
    ground = Ground(sizes, _in_q, {})
    return PROOFS[update.rule](
        Setting(
            update,
            sizes,
            ground.total(derivation.surrogate.terms),
            _solution(derivation, update, sizes),
            dict(_bounded(derivation, ground)),
            derivation.log_joint.scope.functions,
            {free.base: free for free in derivation.m_step.free},
        )
    )


def _bounded(derivation: Derivation, ground: Ground) -> Iterator[tuple[sympy.Symbol, sympy.Expr]]:
    """Counts x out of m as m u / (1 + u), u >= 0, so that the sign of m - x is seen."""
    for variable, quantity in derivation.log_joint.scope.declared.items():
        if not isinstance(variable, Observed) or not isinstance(
            variable.distribution, Distribution
        ):
            continue
        law = variable.distribution
        trials = law.argument("trials") if law.family.name == "Binomial" else None
        if law.support == "binary" or isinstance(trials, Given):
            for place in ground.places(quantity):
                most = sympy.Integer(1)
                if isinstance(trials, Given):
                    known = dict(zip(variable.plates, place, strict=True))
                    own = tuple(known[axis] for axis in trials.plates)
                    most = symbol(derivation.log_joint.scope.quantity(trials), own)
                x = symbol(quantity, place)
                odds = sympy.Symbol(f"odds {x.name}", nonnegative=True)
                yield x, most * odds / (1 + odds)


def _in_q(base: Quantity, at: Place) -> sympy.Expr | None:
    """In Q, expectations are held, and a matrix function is that of the new parameter."""
    if isinstance(base, MatrixFunction):
        return _function(base, base.base, at)
    return symbol(base, at) if _is_expectation(base) else None


def _is_expectation(base: Quantity) -> bool:
    if isinstance(base, Smoothed | SmoothedGaussian):
        return True
    return (
        isinstance(base, Defined | Computed)
        and base.phase == "posterior"
        and not isinstance(base, Statistic)
    )


def _function(base: MatrixFunction, parameter: Quantity, at: Place) -> sympy.Symbol:
    """The symbol of a matrix function of a parameter, whichever quantity stood for it."""
    return symbol(replace(base, name=base.function, base=parameter, serial=parameter.serial), at)


def _solution(derivation: Derivation, update: Update, sizes: Mapping[Axis, int]) -> Ground:
    """How the quantities of an update are written out: earlier updates are symbols."""
    updates = derivation.m_step.updates
    earlier = updates[: updates.index(update)]
    new = {v.base: q for u in earlier for q, v in zip(u.parameters, u.values, strict=True)}
    steps = {step: origin.base for u in earlier for origin, step in u.located}
    known = derivation.m_step.held

    def held(base: Quantity, at: Place) -> sympy.Expr | None:
        if base in new:
            return symbol(new[base], at)
        if base in steps:
            return symbol(steps[base], at) - symbol(steps[base], at, OLD)
        if isinstance(base, MatrixFunction):
            of = base.base
            if isinstance(of, Origin) and of.base in known:
                of = of.base
            return _function(base, new.get(of, of), at)
        if isinstance(base, Origin):
            return symbol(base.base, at, "" if base.base in known else OLD)
        if isinstance(base, Declared) and isinstance(base.variable, Parameter):
            return symbol(base, at, OLD)
        return symbol(base, at) if _is_expectation(base) else None

    return Ground(sizes, held, {})


def _scalar(setting: Setting) -> Proof:
    """The gradient and the Hessian in the entries, which do not mix."""
    entries = setting.entries
    if len(entries) > MOST_ENTRIES or not setting.stays:
        return Proof()
    slopes = {t: setting.surrogate.diff(t) for t in setting.chosen}
    first = all(is_zero(slope.xreplace(entries)) for slope in slopes.values())
    return Proof(first, first and (_is_concave(setting, slopes) or _is_precision(setting, slopes)))


def _is_concave(setting: Setting, slopes: Mapping[sympy.Symbol, sympy.Expr]) -> bool:
    """No mixed derivative at the update, and each slope passes zero falling."""
    entries = setting.entries
    mixed = (slopes[s].diff(t).xreplace(entries) for s, t in combinations(slopes, 2))
    return all(is_zero(value) for value in mixed) and all(
        _falls(slope.xreplace(setting.bounded), t) for t, slope in slopes.items()
    )


def _is_precision(setting: Setting, slopes: Mapping[sympy.Symbol, sympy.Expr]) -> bool:
    """The Hessian is -c P for each place of the plates, with c >= 0 and P positive definite."""
    if len(setting.update.parameters) != 1:
        return False
    (parameter,) = setting.update.parameters
    if not parameter.axes:
        return False
    places = setting.chosen

    def is_multiple(function: MatrixFunction) -> bool:
        counts: dict[Place, sympy.Expr] = {}
        plates = len(function.axes) - 2
        for (s, (*a, i)), (t, (*b, j)) in product(places.items(), repeat=2):
            found = slopes[s].diff(t)
            if a == b:
                own = _function(function, function.base, (*a[len(a) - plates :], i, j))
                count = counts.setdefault(tuple(a), sympy.cancel(-found / own))
                found += count * own
            if not is_zero(found):
                return False
        return all(is_nonpositive(-count) for count in counts.values())

    fitting = [f for f in setting.functions.values() if f.function == "inverse"]
    return any(f.axes[-1] is parameter.axes[-1] and is_multiple(f) for f in fitting)


def _falls(slope: sympy.Expr, t: sympy.Symbol) -> bool:
    """Whether the slope is falling where it is zero: t^m slope then has the slope's own sign, and
    falls everywhere for some m."""
    powers = (0, 1, 2) if t.is_positive else (0,)
    multiplied = (slope if m == 0 else sympy.expand(t**m * slope) for m in powers)
    return any(is_nonpositive(value.diff(t)) for value in multiplied)


def _simplex(setting: Setting) -> Proof:
    """The gradient is the same in all entries of one simplex."""
    entries = setting.entries
    slopes = {t: setting.surrogate.diff(t) for t in setting.chosen}
    groups: dict[Place, list[sympy.Expr]] = {}
    for t, place in setting.chosen.items():
        groups.setdefault(place[:-1], []).append(slopes[t].xreplace(entries))
    first = setting.stays and all(
        is_zero(a - b) for group in groups.values() for a, b in combinations(group, 2)
    )
    return Proof(first, first and _is_concave(setting, slopes))


def _covariance(setting: Setting) -> Proof:
    """Q is linear in log det C and C^-1, and the update is the ratio of their coefficients."""
    (parameter,) = setting.update.parameters
    chosen = setting.chosen
    inverse = MatrixFunction("inverse", parameter.axes, function="inverse", base=parameter)
    log_det = MatrixFunction(
        "log_determinant", parameter.axes[:-2], function="log_determinant", base=parameter
    )
    q, entries = setting.surrogate, setting.entries
    if any(q.has(entry) for entry in entries) or not setting.stays:
        return Proof()
    for place in chosen.values():
        *plates, i, j = place
        volume = _function(log_det, parameter, tuple(plates))
        precision = _function(inverse, parameter, place)
        count, scatter = -2 * q.diff(volume), -2 * q.diff(precision)
        expected = count * entries[symbol(parameter, place)] * (1 if i == j else 2)
        linear = not any(c.has(s) for c in (count, scatter) for s in (volume, precision))
        if not linear or not is_zero(expected - scatter):
            return Proof()
    return Proof(greatest_at_the_ratio(), greatest_at_the_ratio())


def _precision(setting: Setting) -> Proof:
    """Q is linear in log det P and P, and the update is the inverse of the ratio."""
    update, q = setting.update, setting.surrogate
    (parameter,) = update.parameters
    log_det = MatrixFunction(
        "log_determinant", parameter.axes[:-2], function="log_determinant", base=parameter
    )
    (value,) = update.values
    if not isinstance(value.base, Computed) or value.base.operation != "inverse":
        return Proof()
    (ratio,) = value.base.operands
    assert isinstance(ratio, Element)
    for entry, place in setting.chosen.items():
        volume = _function(log_det, parameter, place[:-2])
        count, scatter = 2 * q.diff(volume), -2 * q.diff(entry)
        times = 1 if place[-2] == place[-1] else 2
        expected = times * count * setting.solution.entry(ratio.base, place)
        linear = not any(c.has(s) for c in (count, scatter) for s in (volume, *setting.chosen))
        if not linear or not is_zero(expected - scatter):
            return Proof()
    return Proof(greatest_at_the_ratio(), greatest_at_the_ratio())


def _natural(setting: Setting) -> Proof:
    """Q is concave: -A is, in the natural parameters, to which the rule keeps."""
    return Proof(False, True)


PROOFS = {
    "concave": _natural,
    "counts": _simplex,
    "stationary": _scalar,
    "linear": _scalar,
    "covariance": _covariance,
    "precision": _precision,
}
"""Maximizer rule to its proof."""
