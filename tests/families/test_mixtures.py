"""A family that is a mixture over a latent has the density of that mixture, by quadrature.

p(x) = int p(x | u) p(u) du,     u = exp t, by the trapezoidal rule in t
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sympy
from numpy.testing import assert_allclose
from sympy import Expr

from autoem.families import FAMILIES
from autoem.families.spelled import spelled

u = sympy.Symbol("u", positive=True)

MIXTURES: dict[str, tuple[Any, Any, Any, tuple[float, ...]]] = {
    "StudentT": (
        {"mean": 0.5, "scale": 1.5, "df": 3},
        ("Gamma", {"shape": 1.5, "rate": 1.5}),
        ("Normal", {"mean": 0.5, "variance": 1.5**2 / u}),
        (-4, 0.5, 2.25),
    ),
    "NegativeBinomial": (
        {"shape": 2.5, "mean": 4},
        ("Gamma", {"shape": 2.5, "rate": 2.5 / 4}),
        ("Poisson", {"rate": u}),
        (0, 1, 7),
    ),
    "Laplace": (
        {"mean": -1, "scale": 2},
        ("Exponential", {"rate": 1 / 8}),
        ("Normal", {"mean": -1, "variance": u}),
        (-3, 0.25, 5),
    ),
}


def log_density(name: str, x: Any, args: dict[str, Any]) -> Expr:
    """log p(x) of the family of that name."""
    return spelled(next(f for f in FAMILIES if f.name == name)).log_density(x, args)


@pytest.mark.parametrize("name", MIXTURES)
def test_the_latent_integrates_out(name: str) -> None:
    args, (mixing, fixed), (part, given), points = MIXTURES[name]
    t, step = np.linspace(-60, 12, 2001, retstep=True)
    for x in points:
        joint = log_density(mixing, u, fixed) + log_density(part, x, given)
        along = sympy.lambdify([u], joint, ["scipy", "numpy"])(np.exp(t))
        whole = float(sympy.N(log_density(name, x, args)))
        assert_allclose(np.exp(along + t).sum() * step, np.exp(whole), rtol=1e-10)
