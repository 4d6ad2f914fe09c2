"""`Fit.posterior`: every latent of every shipped model by its name, and some by brute force."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import multivariate_normal

from autoem import Fit, fit
from autoem.backends.load import load
from autoem.backends.numpy import emit
from autoem.errors.verification import NotSimulated
from autoem.program.lower import lower
from autoem.program.schema import schema_of
from autoem.runtime.latents import by_latent
from autoem.runtime.program import Program
from autoem.verify.instance import random_instance
from tests.test_models import FILES, ROOT, declared, derived


def fitted(name: str, *arguments: Any, **options: Any) -> Fit:
    return fit(declared(ROOT / "models" / f"{name}.py"), *arguments, **options)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_latent_is_told(path: Any) -> None:
    model = declared(path)
    derivation = derived(path)
    if derivation.e_step.factors:
        pytest.skip("its factors have parameters of their own")
    array_program = lower(derivation, "")
    plain = schema_of(derivation, array_program)
    program = Program.from_module(load(emit(array_program, plain), path.stem))
    schema, row = program.schema, array_program.row
    sizes = {a: 9 if a == row else 3 for a in schema.axes if a not in schema.sizes}
    try:
        instance = random_instance(model, sizes, np.random.default_rng(5))
    except NotSimulated as missing:
        pytest.skip(str(missing))
    sizes |= schema.sizes
    arrays = program.posterior(dict(instance.data), dict(instance.parameters))
    found = by_latent(schema, program.latents, arrays, sizes)
    assert set(found) == {latent.name for latent in schema.of_kind("latent")}
    for name, told in found.items():
        plates = tuple(sizes[axis] for axis in schema[name].plates)
        event = tuple(sizes[axis] for axis in schema[name].event)
        if not isinstance(told, dict):
            assert told.shape[:-1] == plates
            np.testing.assert_allclose(told.sum(axis=-1), 1, rtol=1e-9)
            continue
        # Of scalars that are Gaussian together it is between them.
        square = plates + (event + event if event else plates)
        shapes = {"covariance": square, "scaled_covariance": square}
        for word, value in told.items():
            assert value.shape == shapes.get(word, plates + event), word
        assert (told.get("variance", 1) >= 0).all() if "variance" in told else told


def test_the_rates_of_counts_are_gamma() -> None:
    counts = np.array([0.0, 1, 4, 0, 2, 9, 3, 1])
    found = fitted("negative_binomial", {"x": counts})
    shape, mean = found.parameters["shape"], found.parameters["mean"]
    rates = found.posterior()["rate"]
    np.testing.assert_allclose(rates["mean"], (shape + counts) / (shape / mean + 1))
    np.testing.assert_allclose(
        found.posterior({"x": [7.0]})["rate"]["mean"][0], (shape + 7) / (shape / mean + 1)
    )


def test_factors_of_a_mixture_are_not_conditional_on_the_cluster() -> None:
    x = pd.read_csv(ROOT / "examples/data/iris.csv").iloc[:, :4].to_numpy()
    found = fitted("mixture_of_factor_analyzers", {"x": x}, {"k": 2, "q": 1}, max_iterations=20)
    p, told = found.parameters, found.posterior()
    weight, moments = [], []
    for k in range(2):
        loading, noise = p["loading"][k], np.diag(np.broadcast_to(p["noise"], (2, 4))[k])
        total = loading @ loading.T + noise
        gain = loading.T @ np.linalg.inv(total)
        weight.append(p["weight"][k] * multivariate_normal(p["mean"][k], total).pdf(x))
        moments.append(((x - p["mean"][k]) @ gain.T, 1 - gain @ loading))
    share = np.array(weight) / np.sum(weight, axis=0)
    mean = sum(share[k][:, None] * moments[k][0] for k in range(2))
    square = sum(share[k][:, None] * (moments[k][1][0] + moments[k][0] ** 2) for k in range(2))
    np.testing.assert_allclose(told["z"], share.T, rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(told["f"]["mean"], mean, rtol=1e-8)
    np.testing.assert_allclose(told["f"]["covariance"][:, 0], square - mean**2, rtol=1e-7)


def test_cells_of_a_table_are_its_expected_counts() -> None:
    found = fitted("linkage", {"y": [125, 18, 20, 34], "animals": 197})
    cells = found.posterior()["x"]["mean"]
    assert cells.shape == (5,) and cells[:2].sum() == pytest.approx(125)
    theta = float(found.parameters["theta"])
    assert cells[1] == pytest.approx(125 * (theta / 4) / (1 / 2 + theta / 4))


def test_gaps_are_filled_with_their_means() -> None:
    x = pd.read_csv(ROOT / "examples/data/apple_crop.csv").to_numpy(dtype=float)
    found = fitted("incomplete_normal", {"x": x})
    mean, cov = found.parameters["mean"], found.parameters["cov"]
    told, seen = found.posterior()["x"], ~np.isnan(x)
    np.testing.assert_array_equal(told["mean"][seen], x[seen])
    for n in np.flatnonzero(~seen.all(axis=1)):
        (gap,) = np.flatnonzero(~seen[n])
        slope = cov[0, 1] / cov[1 - gap, 1 - gap]
        assert told["mean"][n, gap] == pytest.approx(mean[gap] + slope * (x[n] - mean)[1 - gap])
        rest = cov[gap, gap] - slope * cov[0, 1]
        assert told["covariance"][n, gap, gap] == pytest.approx(rest)
