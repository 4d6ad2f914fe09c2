"""A program without arrays over both axes of a table means what it meant before."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose

from autoem.derive.stages import derive
from autoem.errors import NotSparse
from autoem.families import Categorical, Normal, Poisson
from autoem.language import (
    Axis,
    Evidence,
    Given,
    Latent,
    Model,
    NonNegative,
    Observed,
    Parameter,
    Positive,
    Real,
    Simplex,
    Total,
)  # fmt: skip
from autoem.program.check import check
from autoem.program.factored import factored
from autoem.program.factored.algebra import Logarithm
from autoem.program.interpret import interpret
from autoem.program.lower import lower
from tests.test_models import ROOT, declared

RNG = np.random.default_rng(7)
ROWS, COLUMNS = 9, 4
TABLE = RNG.uniform(0.2, 2, (ROWS, COLUMNS)) * (RNG.random((ROWS, COLUMNS)) < 0.5)
TABLE[np.arange(ROWS), np.arange(ROWS) % COLUMNS] = 1.5
SHARE = RNG.dirichlet(np.ones(COLUMNS))


class Beside(Model):
    """Evidence beside numbers of the same rows, and a scale by row in the table."""

    n, k = Axis(), Axis()
    table = Given(NonNegative(), over=(n, k))
    scale = Given(Positive(), over=n)
    share = Parameter(Simplex(k))
    mean = Parameter(Real())
    z = Latent(Categorical(share), over=n)
    seen = Observed(Evidence(scale * table[z]), over=n)
    x = Observed(Normal(mean, variance=1), over=n)


class Turned(Model):
    """A table whose rows are the second axis."""

    n, b = Axis(), Axis()
    reach = Given(NonNegative(), over=(b, n))
    intensity = Parameter(Positive(), over=b)
    emitted = Latent(Poisson(reach * intensity), over=(n, b))
    y = Observed(Total(emitted, over=b), over=n)


def shipped(name: str) -> Any:
    return declared(ROOT / "models" / f"{name}.py")


Y = RNG.poisson(4, ROWS).astype(float)
LENGTH = RNG.uniform(1, 2, COLUMNS)
CASES: dict[str, tuple[Any, str, dict[str, Any], dict[str, Any]]] = {
    "rna": (
        shipped("rna_quantification"), "compatible",
        {"compatible": TABLE, "length": LENGTH}, {"share": SHARE},
    ),
    "turnbull": (shipped("cosmesis"), "compatible", {"compatible": TABLE}, {"mass": SHARE}),
    "tomography": (
        shipped("tomography"), "reach", {"reach": TABLE, "y": Y}, {"intensity": 9 * SHARE},
    ),
    "turned": (Turned, "reach", {"reach": TABLE.T, "y": Y}, {"intensity": 9 * SHARE}),
    "beside": (
        Beside, "table",
        {"table": TABLE, "scale": Y + 1, "x": Y}, {"share": SHARE, "mean": np.array(1.0)},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_value_is_kept(name: str) -> None:
    model, table, data, theta = CASES[name]
    before = lower(derive(model))
    after = factored(before, (table,))
    check(after)
    weights = RNG.uniform(1, 3, ROWS)
    whole, parts = interpret(before), interpret(after)
    sums, objective = whole.e_step(data, theta, weights)
    found, value = parts.e_step(data, theta, weights)
    assert_allclose(value, objective, rtol=1e-13)
    for key, expected in sums.items():
        assert_allclose(found[key], expected, rtol=1e-12)
    for key, slope in whole.score(data, theta, weights).items():
        assert_allclose(parts.score(data, theta, weights)[key], slope, rtol=1e-10, atol=1e-10)
    (words,) = after.latents.values()
    told, found = whole.posterior(data, theta), parts.posterior(data, theta)
    for array in (name for word in words.values() for name in word.arrays):
        assert_allclose(found[array], told[array], rtol=1e-12)
    if before.decode is not None:
        for key, states in whole.decode(data, theta).items():
            assert (parts.decode(data, theta)[key] == states).all()


@pytest.mark.parametrize("name", CASES)
def test_nothing_is_over_both_axes(name: str) -> None:
    model, table, _, _ = CASES[name]
    program = factored(lower(derive(model)), (table,))
    both = set(next(a for a in program.data if a.name == table).axes)
    functions = (program.posterior, program.statistics, program.score)
    made = [t for f in functions if f is not None for let in f.body for t in let.targets]
    assert made and not [t.name for t in made if both <= set(t.axes)]


def test_small_shares_do_not_underflow() -> None:
    """The largest of the parts by columns is taken out before exponentials."""
    model, table, data, theta = CASES["rna"]
    tiny = data | {"length": 1e200 * data["length"]}
    before = lower(derive(model))
    expected = interpret(before).log_likelihood(tiny, theta)
    assert_allclose(interpret(factored(before, (table,))).log_likelihood(tiny, theta), expected)


class Coupled(Model):
    """A table as a mean of each component: no product."""

    n, k = Axis(), Axis()
    offset = Given(Real(), over=(n, k))
    share = Parameter(Simplex(k))
    mean = Parameter(Real(), over=k)
    z = Latent(Categorical(share), over=n)
    x = Observed(Normal(mean[z] + offset[z], variance=1), over=n)


def test_what_is_no_product_is_refused_by_name() -> None:
    with pytest.raises(NotSparse, match=r"offset is sparse, and \w+, over n and k, is no product"):
        factored(lower(derive(Coupled)), ("offset",))


def test_a_lost_part_is_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison notices a logarithm that forgets its part by rows."""
    right = Logarithm.plus
    monkeypatch.setattr(
        Logarithm, "plus",
        lambda self, other: Logarithm(self.tables + other.tables, right(self, other).columns, ()),
    )  # fmt: skip
    with pytest.raises(AssertionError):
        test_the_value_is_kept("beside")
