"""Sums of latents: the certificate of both kinds, and that it refuses planted errors."""

from __future__ import annotations

from itertools import islice
from typing import Any

import numpy as np
import pytest
from scipy import stats

from autoem.derive.stages import derive
from autoem.families import Normal, Poisson
from autoem.language import Axis, Given, Latent, Model, Observed, Parameter, Positive, Real, Total
from autoem.verify.examine import verify
from autoem.verify.reference import log_likelihood
from autoem.verify.sites import Instance
from autoem.verify.totals import adding_up
from tests.verify.harmless import is_harmless
from tests.verify.test_planted import Kind, each_kind, refused


class Counts(Model):
    """Counts from several sources, of which only the sum is seen."""

    n, b = Axis("rows"), Axis("sources")
    rate = Parameter(Positive(), over=b)
    z = Latent(Poisson(rate), over=(n, b))
    y = Observed(Total(z, over=b), over=n)


class Lengths(Model):
    """Measurements of unequal precision, of which only the sum is seen."""

    n, b = Axis("rows"), Axis("parts")
    v = Given(Positive(), over=b)
    mean, s2 = Parameter(Real(), over=b), Parameter(Positive())
    z = Latent(Normal(mean, variance=s2 * v), over=(n, b))
    y = Observed(Total(z, over=b), over=n)


each_model = pytest.mark.parametrize("model", [Counts, Lengths], ids=lambda model: model.__name__)


@each_model
def test_a_sum_of_latents_is_certified(model: Any) -> None:
    certificate = verify(derive(model))
    assert certificate, str(certificate)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@each_kind
@each_model
def test_an_error_of_each_kind_is_refused(model: Any, kind: Kind) -> None:
    wrong = (planted for planted in kind(model) if not is_harmless(planted))
    planted = list(islice(wrong, 2))[-1]
    assert refused(planted), planted.name


def test_the_judge_knows_the_law_of_a_sum() -> None:
    """Sums of Poissons are Poisson, sums of normals normal."""
    y = np.array([3.0, 0.0, 7.0])
    counts = Instance(Counts, {Counts.n: 3, Counts.b: 3}, {"y": y}, {"rate": np.array([1, 2, 0.5])})
    expected = stats.poisson(3.5).logpmf(y).sum()
    assert log_likelihood(counts) == pytest.approx(expected, rel=1e-12)
    theta = {"mean": np.array([1.0, 2.0]), "s2": np.array(0.5)}
    data = {"v": np.array([1.0, 3.0]), "y": y}
    lengths = Instance(Lengths, {Lengths.n: 3, Lengths.b: 2}, data, theta)
    expected = stats.norm(3.0, np.sqrt(2.0)).logpdf(y).sum()
    assert log_likelihood(lengths) == pytest.approx(expected, rel=1e-11)


def test_the_last_summand_takes_what_the_others_leave() -> None:
    z = np.array([[1.0, 1.0, 9.0], [2.0, 0.0, 9.0]])
    data = {"y": np.array([4.0, 1.0])}
    instance = Instance(Counts, {Counts.n: 2, Counts.b: 3}, data, {"rate": np.ones(3)})
    assert adding_up(instance, {Counts.z: z})[Counts.z].tolist() == [[1, 1, 2], [2, 0, -1]]
    assert z[0, 2] == 9
