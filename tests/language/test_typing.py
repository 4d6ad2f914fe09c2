"""A type checker accepts every model and refuses a misspelt keyword."""

from __future__ import annotations

from pathlib import Path

import pytest

RIGHT = """\
class Right(Model):
    n, t, k, d, q = Axis(), Axis("steps"), Axis("states", size=2), Axis(), Axis()
    weight, mean = Parameter(Simplex(k), prior=Dirichlet(2)), Parameter(Real(d), over=k)
    loading, noise = Parameter(Real(d, q)), Parameter(Positive(d), fixed=1.0)
    theta = Parameter(Interval(0, 1))
    group = Given(Index(n), over=t)
    b = Latent(Bernoulli(logits=2 * theta - 1), over=n)
    z = Latent(Markov(first=Categorical(weight), then=Categorical(weight)), over=(n, t))
    u = Latent(Markov(first=Stationary(), then=Normal(0.5 * previous, variance=1)), over=t)
    f = Latent(MultivariateNormal(Zeros(q), cov=Identity(q)), over=n)
    x = Observed(MultivariateNormal(loading @ f + mean[z], cov=Diagonal(noise)), over=(n, t))
    y = Observed(where(b, Normal(0, variance=1), Normal(exp(theta), variance=2)), over=n)
    c = Latent(Multinomial(10, [1 / 2, theta / 2, (1 - theta) / 2]))
    e = Observed(Aggregate(c, groups=[(0, 1), (2,)]))
    r = Observed(Poisson(where(t < 3, 1, theta) + where(t == 0, theta**2, 2)), over=t)
    w = Observed(Within(u, lower=0), over=t)
    h = Observed(Truncated(Normal(dot(f, f), variance=1), lower=-1.0), over=n)
    half: Expression = -theta / 2
"""
WRONG = {
    "Parameter(Real(), ovr=n)": "ovr",
    "Parameter(Real(), prior=Normal(0, 1))": "Too many positional",
    "Latent(Normal(0, variance=1), ovre=n)": "ovre",
    "Latent(Markov(fist=Normal(0, variance=1), then=Normal(0, variance=1)))": "fist",
    "Observed(Truncated(Normal(0, variance=1), low=0))": "low",
    "Observed(Parameter(Real()))": "expected",
    "Parameter(Real)": "expected",
    "Parameter(Real(3))": "expected",
}


@pytest.mark.slow
def test_mypy_accepts_models_and_refuses_misspelt_keywords(tmp_path: Path) -> None:
    api = pytest.importorskip("mypy.api")
    lines = ["from autoem.families import *", "from autoem.language import *", "n = Axis()", RIGHT]
    lines += [f"a{place} = {text}" for place, text in enumerate(WRONG)]
    path = tmp_path / "model.py"
    path.write_text("\n".join(lines))
    output, _, _ = api.run([str(path), "--strict", "--cache-dir", str(tmp_path / "cache")])
    errors = [line for line in output.splitlines() if f"{path.name}:" in line and "error:" in line]
    assert len(errors) == len(WRONG), output
    for error, words in zip(errors, WRONG.values(), strict=True):
        assert words in error
