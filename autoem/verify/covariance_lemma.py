"""The covariance that maximizes  f(C) = -N log det C / 2 - tr(C^-1 S) / 2  is  C = S / N.

In the precision P = C^-1 that is  f = N log det P / 2 - tr(P S) / 2.  The gradient is zero at
P = N S^-1, by explicit differentiation of the determinant entry by entry.  And log det is concave:
at P = I its Hessian is negative definite, and P = L Q L' changes f by a constant and S to L' S L,
so that every P is such an I.  Proved at d = 1, 2, 3; sympy's matrix calculus is not used.
"""

from __future__ import annotations

from functools import cache

import sympy

DIMENSIONS = (1, 2, 3)


@cache
def greatest_at_the_ratio() -> bool:
    """Whether both orders hold at d = 1, 2 and 3.

    >>> greatest_at_the_ratio()
    True
    """
    return all(_is_stationary(size) and _is_concave(size) for size in DIMENSIONS)


def _is_stationary(size: int) -> bool:
    """d/dP of N log det P = tr(P S) at P = N S^-1, that is at P^-1 = S / N."""
    n, p, s = sympy.Symbol("N", positive=True), _symmetric("p", size), _symmetric("s", size)
    determinant, ratio = p.det(), n * s.inv()
    entries = dict(zip(p, ratio, strict=True))
    for i in range(size):
        for j in range(i + 1):
            scatter = sum(p[a, b] * s[a, b] for a in range(size) for b in range(size))
            slope = n * determinant.diff(p[i, j]) / determinant - sympy.diff(scatter, p[i, j])
            if sympy.cancel(slope.xreplace(entries)) != 0:
                return False
    return True


def _is_concave(size: int) -> bool:
    """The Hessian of log det P in the entries of P, at the identity, is negative definite."""
    p = _symmetric("p", size)
    unknowns = [p[i, j] for i in range(size) for j in range(i + 1)]
    identity = dict(zip(p, sympy.eye(size), strict=True))
    slopes = [p.det().diff(entry) / p.det() for entry in unknowns]
    rows = [[slope.diff(entry).xreplace(identity) for entry in unknowns] for slope in slopes]
    return bool(sympy.Matrix(rows).is_negative_definite)


def _symmetric(name: str, size: int) -> sympy.Matrix:
    return sympy.Matrix(
        size, size, lambda i, j: sympy.Symbol(f"{name}{max(i, j)}{min(i, j)}", real=True)
    )
