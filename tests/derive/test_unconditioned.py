"""What holds of a latent beside its density, bounds and sums, is kept or refused and never lost."""

from typing import Any

import numpy as np
import pytest
from scipy import stats

from autoem import (
    Aggregate,
    Axis,
    Count,
    Gamma,
    Given,
    Identity,
    Latent,
    Model,
    Multinomial,
    MultivariateNormal,
    Normal,
    Observed,
    Ones,
    Parameter,
    Poisson,
    Positive,
    PositiveDefinite,
    Real,
    Simplex,
    Total,
    Within,
    Zeros,
    derive,
    dot,
    exp,
    fit,
    laplace,
    mean_field,
    monte_carlo,
    quadrature,
)
from autoem.errors import NoExactPosterior, UnusedParameter


class GammaTotal(Model):
    """Sums of numbers whose sum has no known law."""

    i, m = Axis("rows"), Axis("parts")
    rate = Parameter(Positive(), over=m)
    z = Latent(Gamma(2, rate=rate), over=(i, m))
    y = Observed(Total(z, over=m), over=i)


class VectorTotal(Model):
    """Sums of vectors."""

    i, m, d = Axis("rows"), Axis("parts"), Axis("features")
    mean = Parameter(Real(d), over=m)
    cov = Parameter(PositiveDefinite(d))
    z = Latent(MultivariateNormal(mean, cov=cov), over=(i, m))
    y = Observed(Total(z, over=m), over=i)


class CountedBetween(Model):
    """The log of a rate that is known to lie between bounds, and counts of that rate."""

    i = Axis("rows")
    low, high = Given(Real(), over=i), Given(Real(), over=i)
    mean, variance = Parameter(Real()), Parameter(Positive())
    z = Latent(Normal(mean, variance=variance), over=i)
    y = Observed(Poisson(exp(z)), over=i)
    seen = Observed(Within(z, lower=low, upper=high), over=i)


class CountedCells(Model):
    """Cells of which sums are seen, and counts whose rate is a sum of all of them."""

    i, c = Axis("rows"), Axis("cells", size=3)
    trials = Given(Count(), over=i)
    share, rate = Parameter(Simplex(c)), Parameter(Positive())
    x = Latent(Multinomial(trials, share), over=i)
    y = Observed(Aggregate(x, groups=[(0, 1), (2,)]), over=i)
    w = Observed(Poisson(rate + rate * dot(x, Ones(c))), over=i)


class Idle(Model):
    """A shift that nothing mentions."""

    n, k = Axis("rows"), Axis("parts")
    mean, shift = Parameter(Real()), Parameter(Simplex(k))
    x = Observed(Normal(mean, variance=1), over=n)


class Unseen(Model):
    """A hidden vector of which nothing is seen."""

    n, d = Axis("rows"), Axis("features", size=2)
    mean = Parameter(Real())
    z = Latent(MultivariateNormal(Zeros(d), cov=Identity(d)), over=n)
    x = Observed(Normal(mean, variance=1), over=n)


CHOICES = (None, quadrature(), monte_carlo(), laplace(), mean_field())


@pytest.mark.parametrize("choice", CHOICES, ids=lambda choice: type(choice).__name__)
@pytest.mark.parametrize("model", [GammaTotal, VectorTotal, CountedBetween, CountedCells])
def test_what_holds_beside_the_density_is_not_lost(model: Any, choice: Any) -> None:
    with pytest.raises(NoExactPosterior) as caught:
        derive(model, posterior=choice)
    assert "choose" not in str(caught.value)


def test_the_reason_says_what_would_be_lost() -> None:
    with pytest.raises(NoExactPosterior, match="z adds up to y, which an approximation"):
        derive(GammaTotal, posterior=quadrature())
    with pytest.raises(NoExactPosterior, match="z lies between bounds, which an approximation"):
        derive(CountedBetween, posterior=laplace())
    with pytest.raises(NoExactPosterior, match="w mentions cells of x together"):
        derive(CountedCells)


def test_a_parameter_that_nothing_mentions_is_named() -> None:
    with pytest.raises(UnusedParameter, match="does not depend on shift"):
        derive(Idle)


def test_a_vector_of_which_nothing_is_seen() -> None:
    x = np.array([1.0, 2.5, 4.0])
    found = fit(Unseen, {"x": x})
    assert found.log_likelihood == pytest.approx(stats.norm(2.5, 1).logpdf(x).sum())
    assert "h" in str(derive(Unseen))
    np.testing.assert_array_equal(found.posterior()["z"]["mean"], np.zeros((3, 2)))
