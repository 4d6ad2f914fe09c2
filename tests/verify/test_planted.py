"""The verifier refuses every planted error: in log joint, posterior, Q, updates and code."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice
from typing import Any

import numpy as np
import pytest

from autoem.derive.stages import derive
from autoem.verify.examine import examined
from tests.test_models import ROOT, declared
from tests.verify.harmless import is_harmless
from tests.verify.planting import Planted, in_log_joint, in_posterior, in_surrogate, in_updates
from tests.verify.planting_code import in_program, in_source

Kind = Callable[[Any], Iterator[Planted]]

KINDS: tuple[Kind, ...] = (
    in_log_joint,
    in_posterior,
    in_surrogate,
    in_updates,
    in_program,
    in_source,
)
QUICK = (
    "linkage",
    "two_coins",
    "normal_mixture",
    "zero_inflated_poisson",
    "negative_binomial",
    "death_notices",
    "abo",
    "laplace_mixture",
)
FULL = (*QUICK, "gaussian_mixture", "factor_analysis", "student_regression", "latent_classes")

each_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)


def refused(planted: Planted) -> bool:
    """Whether some obligation fails; nothing that is open counts."""
    found = examined(planted.derivation, planted.program, planted.source)
    with np.errstate(all="ignore"):
        return any(obligation.status == "failed" for obligation in found)


def model_named(name: str) -> Any:
    return declared(ROOT / "models" / f"{name}.py")


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@each_kind
@pytest.mark.parametrize("name", QUICK)
def test_one_error_of_each_kind_is_refused(name: str, kind: Kind) -> None:
    """The second variant of a kind that does harm: 48 in all, over eight models."""
    wrong = (planted for planted in kind(model_named(name)) if not is_harmless(planted))
    planted = list(islice(wrong, 2))[-1]
    assert refused(planted), planted.name


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@each_kind
@pytest.mark.parametrize("name", FULL)
def test_every_error_is_refused(name: str, kind: Kind) -> None:
    """Every variant that does harm, some hundred for a model."""
    survived = [
        planted.name
        for planted in kind(model_named(name))
        if not refused(planted) and not is_harmless(planted)
    ]
    assert not survived


def test_a_variant_that_changes_nothing_is_no_error() -> None:
    assert is_harmless(Planted("nothing", derive(model_named("two_coins"))))
