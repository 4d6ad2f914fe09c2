"""A Gaussian latent whose precision and shift another latent scales: the scale of a t."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest
import sympy
from scipy import stats

from autoem import (
    Axis,
    Gamma,
    Given,
    Index,
    InverseGamma,
    Latent,
    Model,
    Normal,
    Observed,
    Parameter,
    Positive,
    Real,
    derive,
    fit,
    verify,
)
from autoem.errors import NoExactPosterior
from models.student_factor_analysis import StudentFactorAnalysis


class ConjugateGroups(Model):
    """Means and variances of groups: normal-inverse-gamma."""

    n, g = Axis(), Axis()
    group = Given(Index(g), over=n)
    shape, scale = Parameter(Positive()), Parameter(Positive())
    mean, share = Parameter(Real()), Parameter(Positive())
    v = Latent(InverseGamma(shape, scale=scale), over=g)
    m = Latent(Normal(mean, variance=v / share), over=g)
    y = Observed(Normal(m[group], variance=v[group]), over=n)


class ScaledPrior(Model):
    """Only the law of b is scaled, and not the noise."""

    n, g = Axis(), Axis()
    group = Given(Index(g), over=n)
    df, spread, noise = Parameter(Positive()), Parameter(Positive()), Parameter(Positive())
    w = Latent(Gamma(df / 2, rate=df / 2), over=g)
    b = Latent(Normal(0, variance=spread / w), over=g)
    y = Observed(Normal(b[group], variance=noise), over=n)


def test_scaled_factors_are_a_multivariate_t() -> None:
    generator = np.random.default_rng(0)
    w = generator.gamma(2.0, 0.5, 300)
    factors = generator.normal(size=(300, 1)) @ generator.normal(size=(1, 4))
    x = (factors + 0.5 * generator.normal(size=(300, 4))) / np.sqrt(w)[:, None] + 1
    found = fit(StudentFactorAnalysis, {"x": x}, sizes={"q": 1}, seed=0)
    p = found.parameters
    shape = p["loading"] @ p["loading"].T + np.diag(p["noise"])
    law = stats.multivariate_t(p["mean"], shape, df=float(p["df"]))
    assert found.log_likelihood == pytest.approx(law.logpdf(x).sum(), abs=1e-8)
    assert set(found.posterior()["z"]) == {"mean", "scaled_covariance"}


def test_a_scale_that_is_not_common_is_refused() -> None:
    with pytest.raises(NoExactPosterior, match="b, gaussian: the precision of b mentions w"):
        derive(ScaledPrior)


def test_groups_with_a_conjugate_prior_are_certified() -> None:
    certificate = verify(derive(ConjugateGroups))
    assert certificate, str(certificate)
    assert "posterior of m and v" in [each.name for each in certificate.obligations]


def test_a_scale_forgotten_in_the_normalizer_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    rule = import_module("autoem.derive.posteriors.gaussian")
    volume = rule._volume
    monkeypatch.setattr(rule, "_volume", lambda *a: volume(*a[:-1], sympy.Integer(1)))
    assert not verify(derive(ConjugateGroups))
