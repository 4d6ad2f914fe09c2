"""Entries that are read by number: of a parameter that is long enough; of a list, by the data; and
arrays in which an axis stands twice."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.testing import assert_allclose

from autoem import (
    Axis,
    Bernoulli,
    Categorical,
    Diagonal,
    Given,
    Latent,
    Markov,
    Model,
    MultivariateNormal,
    Normal,
    Observed,
    Parameter,
    Positive,
    Real,
    Simplex,
    Zeros,
    dot,
    fit,
    previous,
    verify,
)
from autoem.errors.axis import TooFewEntries
from tests.test_models import ROOT, declared


class Phenotypes(Model):
    """Blood groups person by person, the genotypes summed by hand."""

    n, allele = Axis("persons"), Axis("alleles A, B, O", size=3)
    freq = Parameter(Simplex(allele))
    a, b, o = freq[0], freq[1], freq[2]
    seen = Observed(Categorical([a**2 + 2 * a * o, b**2 + 2 * b * o, 2 * a * b, o**2]), over=n)


class Fourth(Model):
    """One entry of a vector whose length only sizes tell."""

    n, k = Axis("rows"), Axis("kinds")
    share = Parameter(Simplex(k))
    y = Observed(Bernoulli(share[3]), over=n)


def test_an_entry_beyond_the_size_is_named() -> None:
    data = {"y": np.array([0, 1, 1])}
    with pytest.raises(TooFewEntries, match=r"share\[3\] is read, and share has 2 entries along k"):
        fit(Fourth, data, sizes={"k": 2})
    assert_allclose(fit(Fourth, data, sizes={"k": 4}).parameters["share"][3], 2 / 3, rtol=1e-5)


def test_data_tell_which_entry_of_a_list_is_read() -> None:
    seen = np.repeat(np.arange(4), [186, 38, 13, 284])
    found = fit(Phenotypes, {"seen": seen})
    known = fit(
        declared(ROOT / "models/abo.py"), {"phenotype": np.bincount(seen), "people": len(seen)}
    )
    assert_allclose(found.parameters["freq"], known.parameters["freq"], rtol=1e-5)
    published = [0.2135909391, 0.0501453289, 0.7362637320]  # tests/references/references.json
    assert_allclose(found.parameters["freq"], published, atol=1e-5)


def test_its_certificate() -> None:
    certificate = verify(Phenotypes)
    assert certificate, str(certificate)


class Steered(Model):
    """A chain of vectors whose matrix of steps is given: its two axes are one."""

    t, q = Axis("steps"), Axis("coordinates", size=2)
    step, seen = Given(Real(q, q)), Given(Real(q))
    spread, drift = Parameter(Positive(q)), Parameter(Positive(q))
    z = Latent(
        Markov(
            first=MultivariateNormal(Zeros(q), cov=Diagonal(spread)),
            then=MultivariateNormal(step @ previous, cov=Diagonal(drift)),
        ),
        over=t,
    )
    y = Observed(Normal(dot(seen, z), variance=1), over=t)


def test_a_given_matrix_has_no_size_along_one_axis() -> None:
    y = np.cumsum(np.cumsum(np.random.default_rng(0).normal(size=30)))
    data = {"y": y, "step": np.array([[1.0, 1.0], [0.0, 1.0]]), "seen": np.array([1.0, 0.0])}
    found = fit(Steered, data, max_iterations=5)
    assert np.isfinite(found.log_likelihood)
