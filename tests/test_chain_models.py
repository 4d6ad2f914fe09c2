"""Models along chains against their peers: hmmlearn, statsmodels, the dense joint Gaussian."""

from typing import Any

import numpy as np
import pytest
from statsmodels.tsa.statespace.kalman_smoother import KalmanSmoother

from autoem import fit, generate, sample
from tests.test_models import ROOT, declared

Arrays = dict[str, Any]


def shipped(name: str) -> Any:
    return declared(ROOT / "models" / f"{name}.py")


def system() -> Arrays:
    """A stable linear-Gaussian system."""
    rng = np.random.default_rng(4)
    roots = rng.normal(size=(2, 2, 2))
    spread, drift = roots @ np.swapaxes(roots, -1, -2) + np.eye(2) / 2
    return {
        "start": rng.normal(size=2), "spread": spread, "drift": drift, "noise": np.eye(3) * 0.7,
        "dynamics": np.array([[0.8, 0.3], [-0.2, 0.7]]), "loading": rng.normal(size=(3, 2)),
    }  # fmt: skip


def smoother(x: np.ndarray, p: Arrays) -> Any:
    """statsmodels' filter and smoother of the same system."""
    peer = KalmanSmoother(k_endog=3, k_states=2, k_posdef=2)
    peer.bind(np.asfortranarray(x.T))
    peer["design"], peer["transition"], peer["selection"] = p["loading"], p["dynamics"], np.eye(2)
    peer["obs_cov"], peer["state_cov"] = p["noise"], p["drift"]
    peer.initialize_known(p["start"], p["spread"])
    return peer.smooth()


@pytest.mark.parametrize("steps", [40, 700])
def test_the_state_space_is_that_of_statsmodels(steps: int) -> None:
    model, p = shipped("state_space"), system()
    x = sample(model, p, sizes={"t": steps}, seed=1)["x"]
    module: Any = generate(model).module
    statistics, log_likelihood = module.e_step({"x": x}, p)
    found, expected = module.posterior({"x": x}, p), smoother(x, p)
    assert log_likelihood == pytest.approx(expected.llf, rel=1e-11)
    np.testing.assert_allclose(found["mean_z"], expected.smoothed_state.T, atol=1e-10)
    spread = np.moveaxis(expected.smoothed_state_cov, -1, 0)
    np.testing.assert_allclose(found["covariance_z"], spread, atol=1e-10)
    again = module.m_step(statistics, p)
    assert smoother(x, again).llf > expected.llf


def test_the_state_space_is_fitted_to_a_higher_likelihood_than_the_truth() -> None:
    model, p = shipped("state_space"), system()
    x = sample(model, p, sizes={"t": 300}, seed=2)["x"]
    found = fit(model, {"x": x}, start=p, max_iterations=60)
    peer = smoother(x, found.parameters).llf
    assert found.log_likelihood == pytest.approx(peer, rel=1e-10)
    assert found.log_likelihood > smoother(x, p).llf
