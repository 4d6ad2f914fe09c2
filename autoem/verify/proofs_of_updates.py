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
from itertools import combinations, product

import sympy

from autoem.derive.maximizers.problem import Update
from autoem.derive.quantity import (
    Computed,
    Declared,
    Defined,
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
from autoem.verify.ground import Ground, ground_sizes, is_zero, symbol
from autoem.verify.proofs_of_matrices import covariance, precision
from autoem.verify.setting import OLD, Place, Proof, Setting, function_symbol
from autoem.verify.sign import is_nonpositive

ROWS, MOST_ENTRIES = 2, 8


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
        return function_symbol(base, base.base, at)
    return symbol(base, at) if _is_expectation(base) else None


def _is_expectation(base: Quantity) -> bool:
    if isinstance(base, Smoothed | SmoothedGaussian):
        return True
    return (
        isinstance(base, Defined | Computed)
        and base.phase == "posterior"
        and not isinstance(base, Statistic)
    )


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
            return function_symbol(base, new.get(of, of), at)
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
                own = function_symbol(function, function.base, (*a[len(a) - plates :], i, j))
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


def _natural(setting: Setting) -> Proof:
    """Q is concave: -A is, in the natural parameters, to which the rule keeps."""
    return Proof(False, True)


PROOFS = {
    "concave": _natural,
    "counts": _simplex,
    "stationary": _scalar,
    "linear": _scalar,
    "covariance": covariance,
    "precision": precision,
}
"""Maximizer rule to its proof."""
