"""An image behind blurred, shifted, decimated frames: sharper than bicubic interpolation."""

from __future__ import annotations

import numpy as np
from scipy import ndimage, stats

from autoem import fit
from tests.test_references import program

SIDE, STEP = 16, 2
SHIFTS = ((0, 0), (0, 1), (1, 0), (1, 1))
NOISE = 0.02


def scene() -> np.ndarray:
    """A disk, a bar and a slope, with values from 0 to 1."""
    i, j = np.mgrid[:SIDE, :SIDE] / SIDE
    disk = 1.0 * ((i - 0.35) ** 2 + (j - 0.4) ** 2 < 0.05)
    bar = 0.6 * ((i > 0.65) & (i < 0.8) & (j > 0.2) & (j < 0.9))
    return np.clip(disk + bar + 0.3 * j, 0, 1)


def operators() -> np.ndarray:
    """Shift, blur by a Gaussian, take every second pixel: one matrix a frame."""
    pixels = np.eye(SIDE**2).reshape(-1, SIDE, SIDE)
    blurred = np.array([ndimage.gaussian_filter(p, 0.8, mode="nearest") for p in pixels])
    frames = [np.roll(blurred, (-a, -b), (1, 2))[:, ::STEP, ::STEP] for a, b in SHIFTS]
    return np.array([frame.reshape(SIDE**2, -1).T for frame in frames])


def prior() -> np.ndarray:
    """Correlation that falls exponentially with distance, three pixels long."""
    place = np.stack(np.mgrid[:SIDE, :SIDE], axis=-1).reshape(-1, 2)
    distance = np.linalg.norm(place[:, None] - place[None], axis=-1)
    return np.asarray(np.exp(-distance / 3))


def psnr(image: np.ndarray, truth: np.ndarray) -> float:
    return float(-10 * np.log10(np.mean((image - truth) ** 2)))


def test_the_image_is_sharper_than_bicubic_and_the_likelihood_is_that_of_scipy() -> None:
    truth, operator, shape = scene(), operators(), prior()
    clean = operator @ truth.ravel()
    frames = clean + NOISE * np.random.default_rng(1).normal(size=clean.shape)
    data = {"operator": operator, "shape": shape, "x": frames}
    found = fit(program("super_resolution"), data, tol=1e-9, progress=False)
    image = found.posterior()["image"]["mean"].reshape(SIDE, SIDE)
    low = frames[0].reshape(SIDE // STEP, -1)
    bicubic = ndimage.zoom(low, STEP, order=3, mode="nearest", grid_mode=False)
    assert psnr(image, truth) > psnr(bicubic, truth) + 3
    assert 0.5 * NOISE < np.sqrt(found.parameters["noise"]) < 2 * NOISE
    p = found.parameters
    whole = operator.reshape(-1, SIDE**2)
    spread = p["contrast"] * whole @ shape @ whole.T + p["noise"] * np.eye(len(whole))
    level = p["level"] * whole.sum(axis=1)
    known = stats.multivariate_normal.logpdf(frames.ravel(), level, spread)
    np.testing.assert_allclose(found.log_likelihood, known, rtol=1e-9)
