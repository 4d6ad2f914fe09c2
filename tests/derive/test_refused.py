"""The error of `derive` without an exact posterior: what blocks it, and what a user can write."""

from __future__ import annotations

import time

import pytest

from autoem import (
    Axis,
    Bernoulli,
    Given,
    Index,
    Laplace,
    Latent,
    Model,
    Normal,
    Observed,
    Parameter,
    Poisson,
    Positive,
    Real,
    StudentT,
    exp,
)
from autoem.derive.augmentations import augmentation
from autoem.derive.posteriors import RULES
from autoem.derive.quantity import Element, Quantity
from autoem.derive.stages import derive
from autoem.derive.term import Term
from autoem.errors import NoExactPosterior
from tests.test_models import ROOT, declared


class Heavy(Model):
    """A group effect seen through heavy tails."""

    g, i = Axis("groups"), Axis("rows")
    of = Given(Index(g), over=i)
    tau, s = Parameter(Positive()), Parameter(Positive())
    b = Latent(Normal(0, variance=tau), over=g)
    y = Observed(StudentT(b[of], scale=s, df=4), over=i)


class Kinked(Model):
    """A latent in an absolute value."""

    n = Axis("rows")
    s = Parameter(Positive())
    b = Latent(Normal(0, variance=1), over=n)
    y = Observed(Laplace(b, scale=s), over=n)


class Crossed(Model):
    """Two latents in one exponential."""

    n, m = Axis("rows"), Axis("columns")
    ease = Parameter(Real())
    a = Latent(Normal(0, variance=1), over=n)
    b = Latent(Normal(0, variance=1), over=m)
    y = Observed(Bernoulli(logits=a + b + ease), over=(n, m))


class Rates(Model):
    """Counts whose log rate is normal: no augmentation is known."""

    n = Axis("rows")
    s = Parameter(Positive())
    b = Latent(Normal(0, variance=s), over=n)
    y = Observed(Poisson(exp(b)), over=n)


def error_of(model: type[Model]) -> NoExactPosterior:
    began = time.process_time()
    with pytest.raises(NoExactPosterior) as found:
        derive(model)
    assert time.process_time() - began < 3
    return found.value


def test_it_names_the_factor_its_terms_and_every_rule() -> None:
    error = error_of(declared(ROOT / "models/rasch.py"))
    assert error.blocking == (
        (
            "ability",
            "right",
            ("right*(ability*slope + ease)", "-log(exp(ability*slope + ease) + 1)"),
        ),
    )
    assert [rule for _, rule, _ in error.refusals] == [rule.__name__ for rule in RULES]
    text = str(error)
    assert "ability is blocked by the factor of right" in text and "#" not in text
    assert "over the plates of right" in text and "posterior=quadrature()) for ability" in text


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (Heavy, ("Latent(Gamma(df / 2, rate=df / 2))", "quadrature()")),
        (Kinked, ("Latent(Exponential(rate=1 / (2 * scale**2)))", "mean_field()")),
        (Rates, ("b is blocked by the factor of y", "quadrature()")),
        (Crossed, ("a is blocked by the factor of y", "still mention b")),
    ],
)
def test_what_a_user_can_write(model: type[Model], words: tuple[str, ...]) -> None:
    text = str(error_of(model))
    assert all(word in text for word in words), text


def test_augmentations_are_found_by_shape() -> None:
    import sympy

    u = Quantity("u", ())
    e = Element(u, ())
    gauss = sympy.log((1 + sympy.erf(3 * e / sympy.sqrt(2))) / 2)
    assert "half-normal" in str(augmentation(Term(gauss), u))
    assert "PolyaGamma(count" in str(augmentation(Term(-sympy.log(1 + sympy.exp(2 * e))), u))
    assert augmentation(Term(-sympy.exp(e)), u) is None
    assert augmentation(Term(e**2), u) is None
    assert augmentation(Term(sympy.log(1 + sympy.exp(e**2))), u) is None
