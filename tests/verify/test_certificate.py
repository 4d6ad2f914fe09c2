"""The shipped models are certified: quickly where brute force is cheap, all of them if asked."""

from __future__ import annotations

import pytest

from autoem.derive.stages import derive
from autoem.verify.certificate import Certificate, Obligation
from autoem.verify.examine import verify
from tests.test_models import FILES, declared, derived

QUICK = (
    "linkage",
    "abo",
    "two_coins",
    "zero_inflated_poisson",
    "negative_binomial",
    "normal_mixture",
    "logistic_regression",
    "factor_analysis",
    "local_level",
)
"""One of each posterior rule and of nearly each maximizer rule."""

SLOW = [path for path in FILES if path.stem not in QUICK]


@pytest.mark.parametrize(
    "path", [path for path in FILES if path.stem in QUICK], ids=lambda path: path.stem
)
def test_a_model_is_certified(path) -> None:
    certificate = verify(derive(declared(path)))
    assert certificate, str(certificate)


@pytest.mark.slow
@pytest.mark.parametrize("path", SLOW, ids=lambda path: path.stem)
def test_every_model_is_certified(path) -> None:
    certificate = verify(derived(path))
    assert certificate, str(certificate)


@pytest.mark.parametrize("name", ["normal_mixture", "incomplete_normal"])
def test_a_model_of_data_with_gaps_is_certified(name: str) -> None:
    """Gaps are masked where entries are independent, latent cells where they are coupled."""
    (path,) = (path for path in FILES if path.stem == name)
    derivation = derive(declared(path), missing=("x",))
    assert bool(derivation.log_joint.incomplete) == (name == "incomplete_normal")
    certificate = verify(derivation)
    assert certificate, str(certificate)


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["gaussian_mixture", "factor_analysis", "latent_classes", "zero_inflated_poisson"]
)
def test_every_model_of_data_with_gaps_is_certified(name: str) -> None:
    (path,) = (path for path in FILES if path.stem == name)
    certificate = verify(derive(declared(path), missing=("x",)))
    assert certificate, str(certificate)


def test_the_certificate_of_the_linkage_model() -> None:
    (path,) = (path for path in FILES if path.stem == "linkage")
    certificate = verify(derive(declared(path)))
    proved = [obligation.name for obligation in certificate.of("proved")]
    assert proved == ["posterior of x", "M-step of theta", "M-step of theta: second order"]
    checked = {obligation.name: obligation.digits for obligation in certificate.of("checked")}
    for name in ("log joint", "bound touches", "Q", "Fisher identity", "EM map: generated"):
        assert (checked[name] or 0) >= 9, name


def test_an_empty_certificate_shows_nothing() -> None:
    assert not Certificate("nothing", ())


@pytest.mark.parametrize("status", ["open", "failed"])
def test_one_open_or_failed_obligation_is_enough(status: str) -> None:
    good, bad = Obligation("bound", "checked", 12), Obligation("Q", status, None, "a < b")
    certificate = Certificate("model", (good, bad))
    assert not certificate
    assert f"1 {status}" in str(certificate) and "not certified" in str(certificate)
    assert "a &lt; b" in certificate._repr_html_()


def test_a_proof_does_not_save_what_numbers_refuse() -> None:
    assert Obligation("Q", "failed", 2).proved_if(True).status == "failed"
    assert Obligation("Q", "checked", 12).proved_if(True).verdict == "proved (12 digits)"
