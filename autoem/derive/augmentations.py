"""Known augmentations: a term that no rule reads, as an integral over one more latent.

    e^(a u) / (1 + e^u)^b  =  2^-b e^((a - b/2) u)  int e^(-w u^2 / 2) PG(w; b, 0) dw
    (1 + u^2 / n)^(-(n+1)/2)      a normal whose precision is Gamma(n/2, rate n/2)
    Phi(u)                        a half-normal latent
    e^-|u|                        a normal whose variance is exponential

Each is found from the shape of the term in the latent, by whatever family it came.
Source: Polson, Scott and Windle (2013), JASA 108; Andrews and Mallows (1974), JRSS B 36.
"""

from __future__ import annotations

from collections.abc import Callable

import sympy

from autoem.derive.calculus import mentions, plain
from autoem.derive.quantity import Defined, Element, Quantity, elements
from autoem.derive.term import Term, instantiate


def opened(value: sympy.Expr, latent: Quantity) -> sympy.Expr:
    """The expression with the sums that mention the latent written out, each bound index once."""
    moved = {
        e: sympy.Add(*(opened(t.value, latent) for t in instantiate(e)))
        for e in elements(value)
        if isinstance(e.base, Defined) and mentions(e.base.definition, latent)
    }
    return value.xreplace(moved) if moved else value


def shown(term: Term, latent: Quantity) -> str:
    """A term as a person reads it."""
    return plain(opened(term.value, latent))


def augmentation(term: Term, latent: Quantity) -> str | None:
    """What is known to make the term one that a rule reads."""
    value = opened(term.value, latent)
    own = [e for e in elements(value) if e.base is latent]
    for is_like, sentence in KNOWN:
        if own and is_like(value, own):
            return sentence.format(latent=latent.name, factor=term.factor)
    return None


def _is_logistic(value: sympy.Expr, own: list[Element]) -> bool:
    """log(1 + e^u) with u linear."""
    for found in value.atoms(sympy.log):
        rest = found.args[0] - 1
        if isinstance(rest, sympy.exp) and _degree(rest.args[0], own) == 1:
            return True
    return False


def _is_student(value: sympy.Expr, own: list[Element]) -> bool:
    """log of a square plus what is free of the latent."""
    return any(_degree(found.args[0], own) == 2 for found in value.atoms(sympy.log))


def _is_skew(value: sympy.Expr, own: list[Element]) -> bool:
    """log of a normal distribution function."""
    return any(found.args[0].has(sympy.erf) for found in value.atoms(sympy.log))


def _is_laplace(value: sympy.Expr, own: list[Element]) -> bool:
    return any(_degree(found.args[0], own) == 1 for found in value.atoms(sympy.Abs))


def _degree(value: sympy.Expr, own: list[Element]) -> int:
    """The degree of a polynomial in the latent; none is -1."""
    if not value.is_polynomial(*own) or not value.has(*own):
        return -1
    return int(sympy.Poly(value, *own).total_degree())


KNOWN: tuple[tuple[Callable[[sympy.Expr, list[Element]], bool], str], ...] = (
    (
        _is_logistic,
        "log(1 + exp(.)) of a linear form in {latent}: with w = Latent(PolyaGamma(count, "
        "tilt=logits)) over the plates of {factor}, its logits and its trials (1 of a Bernoulli), "
        "it is quadratic, for derive(Model, posterior=mean_field()), a bound",
    ),
    (
        _is_student,
        "the log of a quadratic in {latent}: write the t as a Normal whose variance is scale2 / w, "
        "with w = Latent(Gamma(df / 2, rate=df / 2)), and choose posterior=mean_field()",
    ),
    (
        _is_skew,
        "a normal distribution function of {latent}: a half-normal latent, "
        "Latent(Truncated(Normal(0, variance=1), lower=0)), gives that skewness",
    ),
    (
        _is_laplace,
        "an absolute value of {latent}: a Normal whose variance is w, with "
        "w = Latent(Exponential(rate=1 / (2 * scale**2))), is a Laplace; choose "
        "posterior=mean_field()",
    ),
)
"""The shape of a term, and what is said of it."""
