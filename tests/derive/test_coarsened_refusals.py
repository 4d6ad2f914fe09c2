"""What the rules for coarsened latents refuse, and what the user reads."""

from __future__ import annotations

import numpy as np
import pytest

from autoem import (
    Axis,
    Categorical,
    Gamma,
    Geometric,
    Latent,
    Model,
    MultivariateNormal,
    Normal,
    Observed,
    Parameter,
    Poisson,
    Positive,
    PositiveDefinite,
    Real,
    Simplex,
    StudentT,
    Total,
    Truncated,
    Weibull,
    Within,
    Zeros,
    derive,
    fit,
)
from autoem.errors import NoExactPosterior, NotDerivable
from autoem.language.model import ModelType


class FreeBound(Model):
    n = Axis()
    m, end = Parameter(Real()), Parameter(Real())
    t = Latent(Normal(m, variance=1), over=n)
    seen = Observed(Within(t, upper=end), over=n)


class FreeTruncation(Model):
    n = Axis()
    m, end = Parameter(Real()), Parameter(Real())
    x = Observed(Truncated(Normal(m, variance=1), upper=end), over=n)


class TruncatedStudent(Model):
    n = Axis()
    m = Parameter(Real())
    x = Observed(Truncated(StudentT(m, scale=1, df=3), lower=0), over=n)


class VectorWithin(Model):
    n, d = Axis(), Axis()
    cov = Parameter(PositiveDefinite(d))
    t = Latent(MultivariateNormal(Zeros(d), cov=cov), over=n)
    seen = Observed(Within(t, lower=0), over=n)


class StudentWithin(Model):
    n = Axis()
    m = Parameter(Real())
    t = Latent(StudentT(m, scale=1, df=3), over=n)
    seen = Observed(Within(t, lower=0), over=n)


class OddMeasurement(Model):
    """A Gamma latent measured with normal noise matches no family, bounded or not."""

    n = Axis()
    rate = Parameter(Positive())
    t = Latent(Gamma(2, rate=rate), over=n)
    x = Observed(Normal(t, variance=1), over=n)
    seen = Observed(Within(t, upper=3), over=n)


class GeometricWithin(Model):
    n = Axis()
    weight = Parameter(Positive())
    t = Latent(Geometric(weight / (1 + weight)), over=n)
    seen = Observed(Within(t, upper=3), over=n)


class FreeShape(Model):
    """The statistic t^shape moves with the shape."""

    n = Axis()
    shape, scale = Parameter(Positive()), Parameter(Positive())
    t = Latent(Weibull(shape, scale=scale), over=n)
    seen = Observed(Within(t, lower=1), over=n)


class SeveralBounds(Model):
    n, j = Axis(), Axis()
    m = Parameter(Real())
    t = Latent(Normal(m, variance=1), over=n)
    seen = Observed(Within(t, lower=0), over=(n, j))


class SharedEffect(Model):
    """The effect of a group couples the bounded values of its rows."""

    g, n = Axis(), Axis()
    tau2 = Parameter(Positive())
    b = Latent(Normal(0, variance=tau2), over=g)
    t = Latent(Normal(b, variance=1), over=(g, n))
    seen = Observed(Within(t, lower=0), over=(g, n))


class LabelledSummands(Model):
    n, b, k = Axis(), Axis(), Axis()
    weight, rate = Parameter(Simplex(k)), Parameter(Positive(), over=k)
    c = Latent(Categorical(weight), over=(n, b))
    z = Latent(Poisson(rate[c]), over=(n, b))
    y = Observed(Total(z, over=b), over=n)


class TotalOfGammas(Model):
    n, b = Axis(), Axis()
    rate = Parameter(Positive(), over=b)
    z = Latent(Gamma(2, rate=rate), over=(n, b))
    y = Observed(Total(z, over=b), over=n)


class TwoTotals(Model):
    n, b = Axis(), Axis()
    rate = Parameter(Positive(), over=b)
    z = Latent(Poisson(rate), over=(n, b))
    rows = Observed(Total(z, over=b), over=n)
    columns = Observed(Total(z, over=n), over=b)


REFUSED: list[tuple[ModelType, type[Exception], tuple[str, ...]]] = [
    (FreeBound, NotDerivable, ("mentions end", "EM would never move it", "marginal law")),
    (FreeTruncation, NotDerivable, ("mentions end", "EM would never move it")),
    (TruncatedStudent, NotDerivable, ("truncation of StudentT", "distribution function")),
    (VectorWithin, NotDerivable, ("bounds of t, which is no number",)),
    (StudentWithin, NoExactPosterior, ("t, truncated", "own_law: the distribution function of a")),
    (
        OddMeasurement,
        NoExactPosterior,
        ("t, truncated", "own_law: x mentions t too", "gaussian: ", "conjugate: "),
    ),
    (GeometricWithin, NoExactPosterior, ("moments of a Geometric between bounds",)),
    (FreeShape, NoExactPosterior, ("the statistic of a Weibull mentions shape",)),
    (SeveralBounds, NoExactPosterior, ("not one pair for each of its elements",)),
    (SharedEffect, NoExactPosterior, ("t, truncated", "the law of t mentions b", "b, ")),
    (LabelledSummands, NoExactPosterior, ("depend on c each for itself", "their states couple")),
    (TotalOfGammas, NoExactPosterior, ("a sum of variables of Gamma has no known law",)),
    (TwoTotals, NoExactPosterior, ("2 observed variables are sums of z",)),
]


@pytest.mark.parametrize(("model", "error", "said"), REFUSED)
def test_refusals_say_why(model: ModelType, error: type[Exception], said: tuple[str, ...]) -> None:
    with pytest.raises(error) as raised:
        derive(model)
    for words in said:
        assert words in str(raised.value)


def test_a_missing_sum_is_refused() -> None:
    class Sums(Model):
        n, b = Axis(), Axis()
        rate = Parameter(Positive(), over=b)
        z = Latent(Poisson(rate), over=(n, b))
        y = Observed(Total(z, over=b), over=n)

    with pytest.raises(NotDerivable, match="missing entries of y, a sum"):
        fit(Sums, {"y": np.array([1.0, np.nan, 3.0])}, {"b": 2})
