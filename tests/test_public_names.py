"""`import autoem` is light, and every public name is there when it is asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

import autoem


def run(program: str) -> str:
    """What a fresh interpreter prints."""
    command = [sys.executable, "-c", program]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


@pytest.mark.parametrize("name", dir(autoem))
def test_a_public_name_is_found(name: str) -> None:
    assert getattr(autoem, name) is not None


def test_importing_loads_no_numerical_library() -> None:
    program = "import autoem, sys; print([m for m in ('numpy', 'sympy') if m in sys.modules])"
    assert run(program) == "[]"


@pytest.mark.parametrize("verb", ["derive", "verify"])
def test_a_verb_is_not_hidden_by_the_package_of_its_name(verb: str) -> None:
    program = f"import autoem.{verb}; from autoem import {verb}; print(callable({verb}))"
    assert run(program) == "True"


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'GaussianMixtrue'"):
        autoem.GaussianMixtrue  # type: ignore[attr-defined]  # noqa: B018
