"""stationary: a scalar for which dQ = 0 has a closed solution.

The slope is a sum of functions of the unknown with coefficients free of it, sum_j f_j(t) C_j.
sympy solves it on one replicate; the root in the domain is taken, and it is a maximum where the
derivative of the slope is negative there.
"""

from __future__ import annotations

import sympy

from autoem.derive.maximizers.problem import (
    Problem,
    Refusal,
    Update,
    by_function,
    own_indices,
    reads,
)
from autoem.derive.quantity import Declared, Element, elements
from autoem.derive.term import Term, Terms

SCALAR = ("real", "positive", "nonnegative", "interval")


def stationary(problem: Problem, parameter: Declared) -> Update:
    """The update of a scalar parameter, entry by entry."""
    if parameter.domain.kind not in SCALAR:
        raise Refusal("no scalar domain")
    indices = own_indices(parameter)
    element = Element(parameter, indices)
    slope = equation(problem, parameter, indices)
    solution = inside(solve_scalar(slope, element, parameter), slope, element, parameter)
    sign = parameter.sign
    solution = problem.kept(parameter, solution, indices)
    value = problem.solved(parameter.name, "map", (solution,), indices, sign=sign)
    terms = (Term(solution),)
    return Update(
        (parameter,),
        rule="stationary",
        reason="dQ = 0 has one solution in the domain",
        values=(value,),
        pending=problem.unsolved(terms, (parameter,)),
        equation=slope,
        formula=(solution,),
    )


def equation(
    problem: Problem, parameter: Declared, indices: tuple[sympy.Basic, ...] | tuple
) -> sympy.Expr:
    """dQ/dt at one entry, as a sum of functions of t with named coefficients."""
    element = Element(parameter, indices)
    slope: Terms = problem.separate(problem.gradient(parameter, indices))
    total = sympy.Integer(0)
    for position, (function, terms) in enumerate(by_function(slope, element).items()):
        name = f"coefficient_{position + 1}_{parameter.name}"
        coefficient = problem.coefficient(name, tuple(terms))
        if _reads_unknown(coefficient, parameter, element):
            raise Refusal(f"entries of {parameter.name} are coupled")
        total += function * coefficient
    if total == 0:
        raise Refusal(f"Q does not mention {parameter.name}")
    return total


def _reads_unknown(expression: sympy.Expr, parameter: Declared, element: Element) -> bool:
    return reads(expression.xreplace({element: sympy.Integer(1)}), parameter)


TRANSCENDENTAL = (sympy.Function,)


def solve_scalar(slope: sympy.Expr, element: Element, parameter: Declared) -> sympy.Expr:
    """The one root of the slope in the domain."""
    if (angle := _angle(slope, element)) is not None:
        return angle
    if any(f.has(element) for f in slope.atoms(*TRANSCENDENTAL)):
        raise Refusal(f"no closed form: {culprits(slope, element)} of {parameter.name}")
    # With numbers for the statistics first: to expand a product of many sums takes minutes.
    rest = [e for e in elements(slope) if e != element]
    primes = dict(zip(rest, map(sympy.prime, range(4, 4 + len(rest))), strict=True))
    degree = len(_coefficients(slope.xreplace(primes), element, parameter)) - 1
    if degree > 2:
        raise Refusal(f"dQ = 0 has {degree} roots in {parameter.name}")
    coefficients = _coefficients(slope, element, parameter)
    degree = len(coefficients) - 1
    if degree == 1:
        return sympy.cancel(-coefficients[1] / coefficients[0])
    if degree == 2:
        return quadratic_root(coefficients, parameter)
    raise Refusal(f"dQ = 0 has {degree} roots in {parameter.name}")


def _coefficients(slope: sympy.Expr, element: Element, parameter: Declared) -> list[sympy.Expr]:
    """The polynomial that is zero where the slope is, from the highest power on."""
    numerator, _ = sympy.fraction(sympy.together(slope))
    if not numerator.is_polynomial(element):
        raise Refusal(f"dQ = 0 is no polynomial in {parameter.name}")
    try:
        polynomial = sympy.Poly(numerator, element)
    except sympy.PolynomialError:
        raise Refusal(f"dQ = 0 is no polynomial in {parameter.name}") from None
    # A root at zero is the edge of the domain, put there by the common denominator.
    coefficients: list[sympy.Expr] = polynomial.all_coeffs()
    while coefficients and coefficients[-1] == 0:
        coefficients.pop()
    return coefficients


def inside(
    solution: sympy.Expr, slope: sympy.Expr, element: Element, parameter: Declared
) -> sympy.Expr:
    """The solution moved to the domain: where the slope stays finite at an end of the domain, the
    maximum may lie there.  Where it is infinite, as that of a logarithm, no maximum is beyond."""
    lower, upper = ends(parameter)
    _, denominator = sympy.fraction(sympy.together(slope))
    if upper.is_finite and denominator.subs(element, upper) != 0:
        solution = sympy.Min(solution, upper)
    if lower.is_finite and denominator.subs(element, lower) != 0:
        solution = sympy.Max(solution, lower)
    return solution


def ends(parameter: Declared) -> tuple[sympy.Expr, sympy.Expr]:
    """The ends of a scalar domain."""
    domain = parameter.domain
    if domain.kind == "interval":
        return sympy.nsimplify(domain.lower), sympy.nsimplify(domain.upper)
    return sympy.Integer(0) if domain.kind != "real" else -sympy.oo, sympy.oo


def _angle(slope: sympy.Expr, element: Element) -> sympy.Expr | None:
    """Of a sine and a cosine b cos t + c sin t, the one zero on the circle where it falls."""
    cosine, sine = sympy.cos(element), sympy.sin(element)
    b, c = slope.coeff(cosine), slope.coeff(sine)
    if (slope - b * cosine - c * sine).expand() != 0 or b.has(element) or c.has(element):
        return None
    common = [f for f in sympy.Mul.make_args(b) if f.is_positive and f in sympy.Mul.make_args(-c)]
    scale = sympy.Mul(*common)
    return sympy.atan2(b / scale, -c / scale)


WORDS = {
    "polygamma": "digamma",
    "multi_polygamma": "multivariate digamma",
    "loggamma": "log gamma",
    "log_multigamma": "log multivariate gamma",
    "bessel_ratio": "a ratio of Bessel functions",
    "log_bessel_i0": "log Bessel",
    "bessel_k_ratio": "a ratio of Bessel functions",
    "log_bessel_k": "log Bessel",
    "bessel_k_slope": "the slope of a Bessel function in its order",
}
"""Functions by the words of a sentence, where these are not their names."""


def culprits(slope: sympy.Expr, element: Element) -> str:
    """The functions of an element that leave no closed form, in words."""
    found = [f for f in slope.atoms(*TRANSCENDENTAL) if f.has(element)]
    names = sorted({type(f).__name__ for f in found})
    return ", ".join(WORDS.get(name, name.replace("_", " ")) for name in names)


def quadratic_root(coefficients: list[sympy.Expr], parameter: Declared) -> sympy.Expr:
    """The positive root of a t^2 + b t + c where the signs leave only one."""
    a, b, c = coefficients
    if parameter.sign == "positive" and b == 0:
        return sympy.sqrt(sympy.cancel(-c / a))
    if parameter.sign == "positive" and (a * c).is_nonpositive:
        if a.is_nonpositive:
            a, b, c = -a, -b, -c
        return (sympy.sqrt(b**2 - 4 * a * c) - b) / (2 * a)
    raise Refusal(f"dQ = 0 has two roots in {parameter.name}")
