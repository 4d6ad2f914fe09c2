"""0 log 0 = 0: a probability or a rate of exactly zero is a point mass, never nan or zoo."""

from __future__ import annotations

from typing import Any

import pytest
import sympy
from sympy import S, Symbol, nan, oo, zoo

from autoem.families import FAMILIES
from autoem.families.family import log_zero, times_log
from autoem.families.spelled import spelled

x = Symbol("x", nonnegative=True)

POINT_MASSES: list[tuple[str, dict[str, Any], Any, Any]] = [
    ("Poisson", {"rate": 0}, 0, 3),
    ("NegativeBinomial", {"shape": 2, "mean": 0}, 0, 3),
    ("Geometric", {"p": 1}, 0, 2),
    ("DiscreteUniform", {"lower": 3, "upper": 3}, 3, 4),
    ("Bernoulli", {"p": 0}, 0, 1),
    ("Bernoulli", {"p": 1}, 1, 0),
    ("Binomial", {"trials": 4, "p": 0}, 0, 2),
    ("Binomial", {"trials": 4, "p": 1}, 4, 2),
    ("Categorical", {"p": (0, 1, 0)}, 1, 2),
    ("Multinomial", {"trials": 3, "p": (0, 1, 0)}, (0, 3, 0), (1, 2, 0)),
]


@pytest.mark.parametrize(("name", "args", "possible", "impossible"), POINT_MASSES)
def test_point_masses(name: str, args: dict[str, Any], possible: Any, impossible: Any) -> None:
    size = 3 if isinstance(args.get("p"), tuple) else 1
    facts = spelled(next(family for family in FAMILIES if family.name == name), size)
    certain, never = facts.log_density(possible, args), facts.log_density(impossible, args)
    assert sympy.simplify(sympy.expand_func(certain)) == 0
    assert sympy.N(never) == -oo
    assert not (certain.has(nan, zoo) or never.has(nan, zoo))


def test_log_zero_is_a_function_of_its_own() -> None:
    assert times_log(x, S.Zero) == log_zero(x)
    assert log_zero(S.Zero) == 0
    assert log_zero(x).diff(x) == 0
    assert log_zero(x).subs(x, 0) == 0
    assert S.Zero * log_zero(S.One) == 0  # and not 0 * -oo, which is nan


def test_times_log_is_the_plain_product_elsewhere() -> None:
    rate = Symbol("rate", positive=True)
    assert times_log(x, rate) == x * sympy.log(rate)
    assert times_log(x, S.One) == 0


def test_log_of_a_quotient_splits_where_the_base_symbols_are_positive() -> None:
    s2, u = sympy.symbols("s2 u", positive=True)
    normal = next(family for family in FAMILIES if family.name == "Normal")
    parts = normal.log_density(lambda: x, {"mean": lambda: S.Zero, "variance": lambda: s2 / u}, int)
    assert sympy.expand_log(parts[1].value) == (sympy.log(u) - sympy.log(s2)) / 2
