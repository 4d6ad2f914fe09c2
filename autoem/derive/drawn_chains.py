"""Draws along chains, forward from their smoothed laws: each step given the one before.

Of states, with the responsibilities r, the log weights W of steps and what follows a step,

    P(z_0 = k | x) = r[0, k],    P(z_t = k | z_(t-1) = j, x)  prop. to  exp(W[j, k]) after[t, k],

so that a matrix of zeros and ones leads from any state to the next.  Of Gaussians, with the means
m, covariances V and those with the step before C, the residual d_t = z_t - m_t is

    d_t = A_t d_(t-1) + L_t e_t,     A_t = C_t V_(t-1)^-1,     L_t L_t' = V_t - A_t C_t' .

Both are one linear recursion.  Source: Carter and Kohn (1994), Biometrika 81; Fruehwirth-Schnatter
(1994), Journal of Time Series Analysis 15.
"""

from __future__ import annotations

import sympy

from autoem.derive.best import Best
from autoem.derive.handed import placed
from autoem.derive.index import Index, Lookup, fresh, shifted
from autoem.derive.posterior import Refusal
from autoem.derive.posteriors.chain import ChainPosterior
from autoem.derive.posteriors.smoother import SmootherPosterior
from autoem.derive.quantity import Element
from autoem.derive.scope import Scope
from autoem.derive.smoothed import Recurred
from autoem.derive.term import Term, reindex
from autoem.families.quantiles import gumbel_quantile
from autoem.families.where import equal, where

LEAST = sympy.Float(1e-300)


def greatest(scope: Scope, name: str, perturbed: Element, state: Index) -> sympy.Expr:
    """1 where an entry is the greatest over the states, else 0."""
    left = tuple(i for i in perturbed.indices if i != state and isinstance(i, Index))
    axes = tuple(index.axis for index in left)
    best = Best(f"best_{name}", axes, operand=perturbed, over=state, part="best", indices=left)
    is_greatest = equal(perturbed, Element(best, left))
    return where(is_greatest, sympy.Integer(1), sympy.Integer(0))


def path(scope: Scope, name: str, noise: Element, q: ChainPosterior) -> Element:
    """The states of a chain as zeros and ones, free at plates, steps and states."""
    w, found = q.weights, q.expectations
    if isinstance(w.earlier, Lookup) or w.more:
        raise Refusal("nothing draws along a tree, or along several chains at once")
    here = (*w.plates, w.time, w.state)
    gumbel = Term(gumbel_quantile(Element(noise.base, here)))
    later = Element(scope.later(w.time.axis), (w.time,))
    first = Term(sympy.log(placed(found["responsibility"], here)))
    start = scope.named(f"perturbed_start_{name}", (first, gumbel), here)
    follows = (Term(w.step), Term(sympy.log(placed(found["after"], here))), gumbel)
    pair = (*w.plates, w.time, w.before, w.state)
    step = scope.named(f"perturbed_{name}", follows, pair)
    square = (*w.plates, w.time, w.state, w.before)
    gain = scope.computed(
        f"next_{name}", "map", (later * greatest(scope, name, step, w.state),), square
    )
    shift = scope.computed(
        f"start_{name}", "map",
        ((1 - later) * greatest(scope, f"start_{name}", start, w.state),), here,
    )  # fmt: skip
    return _recurred(f"path_{name}", gain, shift, (w.plates, w.time, (w.state,), (w.before,)))


def walk(scope: Scope, name: str, noise: Element, q: SmootherPosterior) -> Element:
    """The residuals of a Gaussian chain from their means, free at plates, steps and entries."""
    c = q.chain
    if c.row:
        gain, spread = _of_vectors(scope, name, q)
        at_column = Element(noise.base, (*c.plates, c.time, *c.column))
        shift = scope.named(
            f"push_{name}", (Term(spread * at_column, c.column),), (*c.plates, c.time, *c.row)
        )
    else:
        gain, spread = _of_numbers(scope, name, q)
        here = (*c.plates, c.time)
        value = spread * Element(noise.base, here)
        shift = scope.computed(f"push_{name}", "map", (value,), here)
    return _recurred(f"walk_{name}", gain, shift, (c.plates, c.time, c.row, c.column))


def _of_numbers(scope: Scope, name: str, q: SmootherPosterior) -> tuple[Element, sympy.Expr]:
    """A and L of a chain of numbers."""
    c, here = q.chain, (*q.chain.plates, q.chain.time)
    covariance, cross = (placed(q.expectations[key], here) for key in ("covariance", "cross"))
    before = reindex(covariance, {c.time: shifted(c.time, -1)})
    later = Element(scope.later(c.time.axis), (c.time,))
    gain = scope.computed(f"gain_{name}", "map", (later * cross / before,), here)
    rest = sympy.Max(covariance - gain * cross, LEAST)
    return gain, scope.computed(f"spread_{name}", "map", (sympy.sqrt(rest),), here, sign="positive")


def _of_vectors(scope: Scope, name: str, q: SmootherPosterior) -> tuple[Element, Element]:
    """A and L of a chain of vectors."""
    c, (row,), (column,) = q.chain, q.chain.row, q.chain.column
    square, other = (*c.plates, c.time, row, column), fresh(row.axis)
    covariance, cross = q.expectations["covariance"], q.expectations["cross"]
    inverse = scope.computed(
        f"precision_of_{name}", "inverse", (covariance,), square, (row, column)
    )
    before = {c.time: shifted(c.time, -1), row: other}
    later = Element(scope.later(c.time.axis), (c.time,))
    at_other = reindex(cross, {column: other})
    gain = scope.named(
        f"gain_{name}", (Term(later * at_other * reindex(inverse, before), (other,)),), square
    )
    known = reindex(gain, {column: other}) * reindex(cross, {row: column, column: other})
    rest = scope.named(f"rest_{name}", (Term(covariance), Term(-known, (other,))), square)
    root = scope.computed(f"spread_{name}", "cholesky", (rest,), square, (row, column))
    return gain, root


Places = tuple[tuple[Index, ...], Index, tuple[Index, ...], tuple[Index, ...]]


def _recurred(name: str, gain: Element, shift: Element, places: Places) -> Element:
    """x_t = gain_t x_(t-1) + shift_t."""
    plates, time, row, column = places
    free = (*plates, time, *row)
    axes = tuple(index.axis for index in free)
    base = Recurred(
        name, axes, gain=gain, shift=shift, plates=plates, time=time, row=row, column=column
    )
    return Element(base, free)
