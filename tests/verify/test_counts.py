"""Counts without end are summed as far as they matter."""

from __future__ import annotations

from itertools import islice

import numpy as np
import pytest
from scipy import special, stats

from autoem.derive.stages import derive
from autoem.errors.verification import NotJudged
from autoem.families import Binomial, Geometric, Poisson
from autoem.language import Axis, Given, Interval, Latent, Model, Observed, Parameter, Positive
from autoem.verify.examine import verify
from autoem.verify.reference import clouds, log_likelihood
from autoem.verify.sites import Instance
from autoem.verify.summation import summed
from tests.derive.zoo.coarsened import PoissonWithin
from tests.verify.harmless import is_harmless
from tests.verify.test_planted import Kind, each_kind, refused


class Detected(Model):
    """Of an unknown number of animals each is seen with a known probability."""

    n = Axis("sites")
    p = Given(Interval(0, 1), over=n)
    rate = Parameter(Positive())
    z = Latent(Poisson(rate), over=n)
    y = Observed(Binomial(z, p), over=n)


def test_a_thinned_poisson_count_is_poisson() -> None:
    y, p, rate = np.array([0.0, 3.0, 11.0]), np.array([0.2, 0.5, 0.9]), 150.0
    instance = Instance(Detected, {Detected.n: 3}, {"y": y, "p": p}, {"rate": np.array(rate)})
    expected = stats.poisson(rate * p).logpmf(y).sum()
    assert log_likelihood(instance) == pytest.approx(expected, rel=1e-12)
    means = [float(c.expectation(lambda z: next(iter(z.values())))) for c in clouds(instance)[:3]]
    assert means == pytest.approx(y + rate * (1 - p), rel=1e-12)


class Misses(Model):
    """Failures before a success, seldom a success."""

    n = Axis("rows")
    p = Parameter(Interval(0, 1))
    z = Latent(Geometric(p), over=n)
    y = Observed(Poisson(2 + z), over=n)


def test_a_long_tail_is_summed_to_its_end() -> None:
    y, p = np.array([0.0, 900.0]), 0.003
    instance = Instance(Misses, {Misses.n: 2}, {"y": y}, {"p": np.array(p)})
    z = np.arange(40_000)
    terms = stats.geom(p, loc=-1).logpmf(z) + stats.poisson(2 + z).logpmf(y[:, None])
    expected = special.logsumexp(terms, axis=1).sum()
    assert log_likelihood(instance) == pytest.approx(expected, rel=1e-12)


def test_terms_that_hardly_fall_are_not_summed() -> None:
    with pytest.raises(NotJudged, match="hardly fall"):
        summed(lambda n: -2 * np.log(1 + n[:, 0]), np.zeros(1))


def test_a_count_between_bounds_is_certified() -> None:
    certificate = verify(derive(PoissonWithin))
    assert certificate, str(certificate)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@each_kind
def test_an_error_of_each_kind_is_refused(kind: Kind) -> None:
    wrong = (planted for planted in kind(PoissonWithin) if not is_harmless(planted))
    planted = list(islice(wrong, 2))[-1]
    assert refused(planted), planted.name
