"""laplace: a Gaussian about the mode of the log joint, by the exact rules for what is quadratic.

Let g(z) be the terms that mention the real latents z of a block, m their mode and V = (-g''(m))^-1.
Then log of the integral of exp g is about

    L = g(m) + log det(2 pi V) / 2 ,

which is the log-normalizer of the expansion of g about m to second order: the rules *gaussian*,
*smoother* and *joint_gaussian* eliminate it, whatever the shape of g'' is.  The point of expansion
is *held*; the mean of its Gaussian is where a step of Newton's method leads, and steps are taken
until they stay (`autoem/runtime/modes.py`).

As m moves with theta, dm = V d(g'), the slope of L by theta is that of

    Q(theta) = E[log p(x, z; theta)],      E f = f(m) + c' f'(m) + tr(V f''(m)) / 2,
    c = V w,    w_a = tr(V dg''/dz_a) / 2      at m ,

so that Fisher's identity holds for L, and where EM with this Q stays, L has no slope.  V w is found
by the same rule, as the mean of the Gaussian with w added to its shift.
Source: Tierney and Kadane (1986), JASA 81; Kristensen et al. (2016), Journal of Statistical
Software 70.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import sympy

from autoem.derive.calculus import depends, derivative, substituted
from autoem.derive.handed import Factor, Held, handed, placed
from autoem.derive.index import Index, fresh
from autoem.derive.log_joint import LogJoint
from autoem.derive.posterior import Posterior, Refusal
from autoem.derive.posteriors.gaussian import gaussian
from autoem.derive.posteriors.joint_gaussian import joint_gaussian
from autoem.derive.posteriors.smoother import smoother
from autoem.derive.posteriors.truncated import check_unconditioned
from autoem.derive.quantity import Declared, Element, Quantity, elements
from autoem.derive.scope import Scope
from autoem.derive.term import Term, Terms, settled

HALF = sympy.Rational(1, 2)


@dataclass(frozen=True)
class Mode:
    """Where the terms of a latent are expanded: what is held, and the same as an expectation."""

    latent: Declared
    held: Declared
    place: Quantity


@dataclass(frozen=True)
class LaplacePosterior(Posterior):
    """The Gaussian `own` about one of the `modes` of a block, whose Gaussian is `whole`; `moved` is
    the same with the mean m + c, and `pulls` have c of each latent."""

    mode: Mode
    modes: tuple[Mode, ...]
    pulls: tuple[Element, ...]
    own: Posterior
    whole: Posterior
    moved: Posterior

    @property
    def pull(self) -> Element:
        """c of the latent itself."""
        return self.pulls[self.modes.index(self.mode)]

    def expect(self, term: Term, scope: Scope) -> Terms:
        """f(m) + c' f'(m) + tr(V f''(m)) / 2."""
        result = list(_at_modes((term,), self.modes))
        for part in _first(term, self.modes):
            result += (self._pulled(each) for each in self.moved.expect(part, scope))
        for part in _second(term, self.modes):
            result += _spread(self.whole, part, scope)
        return tuple(part for part in result if part.value != 0)

    def _pulled(self, term: Term) -> Term:
        """The mean that was moved as m + c, of which m cancels."""
        moved: dict[sympy.Expr, sympy.Expr] = {}
        for element in elements(term.value):
            for mode, pull, q in zip(self.modes, self.pulls, self.moved.together, strict=True):
                mean = q.expectations["mean"]
                if element.base is mean.base and len(mean.indices) == len(pull.indices):
                    free = tuple(i for i in pull.indices if isinstance(i, Index))
                    order = [placed(mean, free).indices.index(i) for i in free]
                    reads = tuple(element.indices[place] for place in order)
                    moved[element] = Element(mode.place, reads) + Element(pull.base, reads)
        return replace(term, value=term.value.xreplace(moved))


@dataclass(frozen=True)
class Expansion:
    """The mode of one latent and the covariance about it, for who needs no more; `expectations`
    are what the mode is found by."""

    mode: Quantity
    covariance: Element
    held: Held
    expectations: dict[str, Element]


def expanded(joint: LogJoint, own: Terms, latent: Declared) -> Expansion:
    """The terms of one latent about their mode."""
    mode = _mode(joint.scope, latent)
    near = tuple(part for term in own for part in _near(term, (mode,)))
    (q,) = _gaussian(joint, near, (latent,))
    newton = _newton(joint.scope, mode, q)
    height = joint.scope.named(f"height_{latent.name}", _at_modes(own, (mode,)), ())
    found = {"newton": newton, "height": height}
    return Expansion(mode.place, q.expectations["covariance"], _held(mode, newton), found)


def laplace(
    joint: LogJoint, terms: Terms, block: Sequence[Declared]
) -> tuple[Terms, list[Posterior], Factor]:
    """What is left of the terms, a Gaussian for each latent of a block, and what they hold.

    Raises Refusal where a latent is no real number or vector.
    """
    for latent in block:
        if latent.support not in ("real", "vector"):
            raise Refusal(f"{latent.name} does not range over the reals")
        check_unconditioned(joint, terms, latent)
    scope = joint.scope
    own = tuple(t for t in terms if any(depends(t.value, q) for q in block))
    rest = tuple(t for t in terms if t not in own)
    modes = tuple(_mode(scope, latent) for latent in block)
    near = tuple(part for term in own for part in _near(term, modes))
    found = _gaussian(joint, near, block)
    modes = tuple(_in_order(modes, found))
    whole = found[0]
    pull = tuple(part for term in own for part in _pull(term, modes, whole, scope))
    moved = _gaussian(joint, (*near, *pull), block)[0]
    pulls = tuple(_difference(scope, *pair) for pair in zip(modes, moved.together, strict=True))
    height = scope.named(f"height_{block[0].name}", _at_modes(own, modes), ())
    posteriors = tuple(
        LaplacePosterior(
            q.local,
            rule="laplace",
            reason=f"by choice: Gaussian about the mode, to second order ({q.rule})",
            family=q.family,
            natural=q.natural,
            expectations={**q.expectations, "newton": _newton(scope, mode, q), "height": height},
            log_normalizer=(),
            mode=mode,
            modes=modes,
            pulls=pulls,
            own=q,
            whole=whole,
            moved=moved,
        )
        for mode, q in zip(modes, found, strict=True)
    )
    free = (t for t in near if not any(depends(t.value, q) for q in block))
    left = (*free, *(part for q in found for part in q.remainder()))
    held = tuple(_held(q.mode, q.expectations["newton"]) for q in posteriors)
    return (*rest, *_at_rest(left, modes, found)), list(posteriors), Factor(posteriors, held)


def _mode(scope: Scope, latent: Declared) -> Mode:
    held = handed(scope, f"held_mode_{latent.name}", latent.axes)
    free = tuple(fresh(axis) for axis in latent.axes)
    place = scope.computed(f"mode_{latent.name}", "map", (Element(held, free),), free)
    return Mode(latent, held, place.base)


def _gaussian(joint: LogJoint, terms: Terms, block: Sequence[Declared]) -> tuple[Posterior, ...]:
    """The posteriors of a block in which the terms are quadratic, those of one Gaussian."""
    reasons = []
    for rule in (gaussian, smoother, joint_gaussian):
        try:
            found = rule(joint, terms, block[0], tuple(block)).together
        except Refusal as refusal:
            reasons.append(f"{rule.__name__}: {refusal}")
            continue
        if len(found) == len(block):
            return found
    raise Refusal("; ".join(reasons) or "its latents are not one Gaussian")


def _at_rest(terms: Terms, modes: tuple[Mode, ...], found: tuple[Posterior, ...]) -> Terms:
    """The terms with the modes in the place of the means, which are the same where steps stay."""
    places: dict[Quantity, Quantity | sympy.Expr] = {}
    for mode, q in zip(modes, found, strict=True):
        mean = q.expectations["mean"]
        if mean.base.axes == mode.place.axes:
            places[mean.base] = mode.place
    return substituted(terms, places)


def _in_order(modes: tuple[Mode, ...], found: tuple[Posterior, ...]) -> list[Mode]:
    known = {mode.latent.name: mode for mode in modes}
    return [known[q.local.latent.name] for q in found]


def _at_modes(terms: Terms, modes: tuple[Mode, ...]) -> Terms:
    return substituted(terms, {mode.latent: mode.place for mode in modes})


def _near(term: Term, modes: tuple[Mode, ...]) -> Terms:
    """The term, expanded about the modes to second order where it is not quadratic."""
    second = _second(term, modes)
    if any(part.value.has(sympy.DiracDelta) for part in second):
        raise Refusal(f"the log joint has a kink in {modes[0].latent.name}")
    if not _higher(term, modes):
        return (term,)
    return (*_at_modes((term,), modes), *_first(term, modes), *second)


def _higher(term: Term, modes: tuple[Mode, ...]) -> bool:
    """Whether some second derivative still depends on the latents."""
    for a in modes:
        first = derivative((term,), a.latent, _places(a))
        for b in modes:
            for part in derivative(first, b.latent, _places(b)):
                if any(depends(part.value, mode.latent) for mode in modes):
                    return True
    return False


def _places(mode: Mode) -> tuple[Index, ...]:
    return tuple(fresh(axis) for axis in mode.latent.axes)


def _first(term: Term, modes: tuple[Mode, ...]) -> Terms:
    """f'(m) (z - m)."""
    result: list[Term] = []
    for mode in modes:
        free = _places(mode)
        slope = _at_modes(derivative((term,), mode.latent, free), modes)
        result += _times(slope, _from_mode(mode, free), free)
    return tuple(result)


def _second(term: Term, modes: tuple[Mode, ...]) -> Terms:
    """(z - m)' f''(m) (z - m) / 2."""
    result: list[Term] = []
    for number, a in enumerate(modes):
        for b in modes[number:]:
            row, column = _places(a), _places(b)
            curved = derivative(derivative((term,), a.latent, row), b.latent, column)
            weight = HALF if a is b else sympy.Integer(1)
            factor = weight * _from_mode(a, row) * _from_mode(b, column)
            result += _times(_at_modes(curved, modes), factor, (*row, *column))
    return tuple(result)


def _from_mode(mode: Mode, free: tuple[Index, ...]) -> sympy.Expr:
    return Element(mode.latent, free) - Element(mode.place, free)


def _times(terms: Terms, factor: sympy.Expr, free: tuple[Index, ...]) -> list[Term]:
    made = (replace(t, value=t.value * factor, bound=(*t.bound, *free)) for t in terms)
    return [term for each in made if (term := settled(each)) is not None]


def _spread(whole: Posterior, part: Term, scope: Scope) -> Terms:
    """The mean of a square about the mode, which is that of the Gaussian."""
    return whole.expect(part, scope)[1:]


def _pull(term: Term, modes: tuple[Mode, ...], whole: Posterior, scope: Scope) -> Terms:
    """w'z: how the curvature of a term that is not quadratic draws the mean from the mode."""
    if not _higher(term, modes):
        return ()
    spread = tuple(p for part in _second(term, modes) for p in _spread(whole, part, scope))
    result: list[Term] = []
    for mode in modes:
        free = _places(mode)
        slope = derivative(spread, mode.place, free)
        result += _times(slope, Element(mode.latent, free), free)
    return tuple(result)


def _newton(scope: Scope, mode: Mode, q: Posterior) -> Element:
    """Where a step of Newton's method leads: the mean, at all places of the latent."""
    free = _places(mode)
    mean = placed(q.expectations["mean"], free)
    return scope.computed(f"newton_{mode.latent.name}", "map", (mean,), free)


def _difference(scope: Scope, mode: Mode, q: Posterior) -> Element:
    """c: from the mode to the mean that was moved."""
    free = _places(mode)
    value = placed(q.expectations["mean"], free) - Element(mode.place, free)
    return scope.computed(f"pull_{mode.latent.name}", "map", (value,), free)


def _held(mode: Mode, newton: Element) -> Held:
    indices = tuple(i for i in newton.indices if isinstance(i, Index))
    return Held(mode.held, indices, newton, "zero")
