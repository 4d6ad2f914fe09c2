"""The judge of several Gaussian latents: exact where it should be, and errors are seen."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import special

from autoem.derive.posteriors import elimination
from autoem.derive.posteriors.elimination import Link
from autoem.derive.stages import derive
from autoem.program.lower import lower
from autoem.verify.case import Case
from autoem.verify.obligations.posterior import posterior
from autoem.verify.obligations.surrogate import surrogate
from autoem.verify.quadrature import integrate
from tests.derive.zoo.shared import CrossedEffects, NestedEffects


def test_a_gaussian_of_many_dimensions_has_its_integral_and_its_moments() -> None:
    generator = np.random.default_rng(2)
    root, mean = generator.normal(size=(7, 7)), generator.normal(size=7)
    precision = root @ root.T + np.eye(7)

    def log_f(points: np.ndarray) -> np.ndarray:
        off = points - mean
        return np.asarray(3 - np.einsum("ga,ab,gb->g", off, precision, off) / 2)

    points, logs = integrate(log_f, 7)
    known = 3 + 7 * np.log(2 * np.pi) / 2 - np.linalg.slogdet(precision)[1] / 2
    assert abs(special.logsumexp(logs) - known) < 1e-10
    weight = np.exp(logs - special.logsumexp(logs))
    np.testing.assert_allclose(weight @ points, mean, atol=1e-10)
    off = points - weight @ points
    spread = np.einsum("g,ga,gb->ab", weight, off, off)
    np.testing.assert_allclose(spread, np.linalg.inv(precision), atol=1e-10)


def failed(model: type) -> list[str]:
    """The obligations on posterior and Q that do not hold."""
    derivation = derive(model)
    case = Case(derivation, lower(derivation, ""))
    return [o.name for o in (*posterior(case), *surrogate(case)) if o.status == "failed"]


@pytest.mark.parametrize("model", [NestedEffects, CrossedEffects])
def test_nothing_fails_where_nothing_is_planted(model: type) -> None:
    assert failed(model) == []


@pytest.mark.parametrize("model", [NestedEffects, CrossedEffects])
def test_a_wrong_gain_is_seen(model: type, monkeypatch: pytest.MonkeyPatch) -> None:
    """Planted: the coupling stands where the gain should be, as if V were minus one."""
    whole: Callable[..., Link] = elimination._link

    def wrong(*arguments: object) -> Link:
        link = whole(*arguments)
        return Link(link.member, link.reads, link.coupling, link.coupling)

    monkeypatch.setattr(elimination, "_link", wrong)
    assert any(name.startswith("posterior of") for name in failed(model))


@pytest.mark.parametrize("model", [NestedEffects, CrossedEffects])
def test_a_covariance_without_what_the_others_add_is_seen(
    model: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Planted: Var[x] is V, as if the others were known."""
    monkeypatch.setattr(elimination, "_own", lambda scope, found, step: step.spread)
    assert "Q" in failed(model)
