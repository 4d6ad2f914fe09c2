"""Layers of a synthetic pair of images, found by their motions."""

from __future__ import annotations

import numpy as np
from numpy.testing import assert_allclose

import autoem
from tests.test_models import ROOT, declared

SIZE = 48
FLOWS = np.array([[-0.3, 0, 0.05, 0.2, -0.05, 0], [0.3, 0.08, 0, -0.1, 0, 0.08]])
"""Pixels along x, then y, as coefficients of 1, x, y: one layer turns, the other grows."""


def pair() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradient times place of a textured image, its change in time, and the layer of each pixel."""
    rng = np.random.default_rng(4)
    waves, starts = rng.uniform(-0.5, 0.5, (12, 2)), rng.uniform(0, 2 * np.pi, 12)

    def image(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        phases = x[..., None] * waves[:, 0] + y[..., None] * waves[:, 1] + starts
        return np.asarray(np.sin(phases).sum(axis=-1))

    y, x = np.mgrid[:SIZE, :SIZE].astype(float)
    far = 2 * np.stack([x, y]) / (SIZE - 1) - 1
    places = np.stack([np.ones_like(x), *far], axis=-1)
    layer = (np.sum(far**2, axis=0) < 0.5).astype(int)
    flow = np.einsum("yxac,yxc->ayx", FLOWS.reshape(2, 2, 3)[layer], places)
    before, after = image(x, y), image(x - flow[0], y - flow[1])
    down, across = np.gradient((before + after) / 2)
    direction = np.concatenate([across[..., None] * places, down[..., None] * places], axis=-1)
    noise = rng.normal(0, 0.02, before.shape)
    return direction.reshape(-1, 6), (after - before + noise).ravel(), layer.ravel()


def test_layers_are_recovered_by_their_motions() -> None:
    direction, change, layer = pair()
    model = declared(ROOT / "models" / "layered_motion.py")
    found = autoem.fit(model, {"direction": direction, "change": change}, {"k": 2}, seed=1)
    flow = found.parameters["flow"]
    order = [0, 1] if flow[0, 0] < flow[1, 0] else [1, 0]
    assert_allclose(flow[order], FLOWS, atol=0.03)
    states = found.posterior()["layer"][:, order].argmax(axis=1)
    told = np.abs(direction @ (FLOWS[0] - FLOWS[1])) > 0.2
    assert np.mean(states[told] == layer[told]) > 0.95
