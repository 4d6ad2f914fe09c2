"""A chain given a state that holds for the whole of it, against hmmlearn for each cluster."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import numpy as np
import pytest
from hmmlearn.hmm import CategoricalHMM
from scipy import special

from autoem import derive, fit, sample, verify
from tests.test_chain_models import shipped

Arrays = dict[str, Any]
TRUTH: Arrays = {
    "weight": np.array([0.4, 0.6]),
    "initial": np.array([[0.7, 0.3], [0.2, 0.8]]),
    "transition": np.array([[[0.9, 0.1], [0.2, 0.8]], [[0.3, 0.7], [0.6, 0.4]]]),
    "emission": np.array([[[0.8, 0.1, 0.1], [0.1, 0.8, 0.1]], [[0.1, 0.1, 0.8], [0.5, 0.4, 0.1]]]),
}
SIZES = {"c": 2, "k": 2, "v": 3}


def scores(x: np.ndarray, p: Arrays) -> np.ndarray:
    """log weight_c + log p(x_s | cluster c) by hmmlearn, over (s, c)."""
    found = np.empty((len(x), 2))
    for c in range(2):
        peer: Any = CategoricalHMM(2)
        peer.n_features = 3
        peer.startprob_, peer.transmat_ = p["initial"][c], p["transition"][c]
        peer.emissionprob_ = p["emission"][c]
        found[:, c] = [np.log(p["weight"][c]) + peer.score(row[:, None]) for row in x]
    return found


def test_the_likelihood_is_that_of_hmmlearn_over_the_clusters() -> None:
    drawn = sample(shipped("hidden_markov_clusters"), TRUTH, sizes={"s": 60, "t": 40}, seed=0)
    x = drawn["x"].astype(int)
    found = fit(shipped("hidden_markov_clusters"), {"x": x}, sizes=SIZES, start=TRUTH)
    assert found.result in ("converged", "boundary") and np.diff(found.trace).min() > -1e-8
    whole = scores(x, found.parameters)
    assert found.log_likelihood == pytest.approx(special.logsumexp(whole, axis=1).sum(), rel=1e-12)
    posterior = found.posterior()
    np.testing.assert_allclose(posterior["cluster"], special.softmax(whole, axis=1), atol=1e-10)
    assert np.mean(posterior["cluster"].argmax(axis=1) == drawn["cluster"]) > 0.95
    assert posterior["z"].shape == (60, 40, 2)


@pytest.mark.slow
def test_it_is_certified() -> None:
    certificate = verify(derive(shipped("hidden_markov_clusters")))
    assert certificate, str(certificate)


@pytest.mark.slow
def test_a_cluster_that_is_forgotten_in_the_responsibilities_is_seen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rule = import_module("autoem.derive.posteriors.chain")
    monkeypatch.setattr(rule, "with_context", lambda term, local, reads: (term, (0,)))
    assert not verify(derive(shipped("hidden_markov_clusters")))
