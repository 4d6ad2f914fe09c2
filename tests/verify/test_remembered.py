"""Densities that are remembered are those of the instance, each asked for once."""

from dataclasses import replace

import numpy as np
import pytest

from autoem import Axis, Categorical, Latent, Model, Normal, Observed, Parameter, Real, Simplex
from autoem.verify.components import components
from autoem.verify.remembered import Remembered
from autoem.verify.sites import Instance, Site


class Pointed(Model):
    """Which of the groups' states is read depends on the group of the row."""

    n, g, k = Axis(size=2), Axis(size=3), Axis(size=2)
    share, weight = Parameter(Simplex(g)), Parameter(Simplex(k))
    mean = Parameter(Real(), over=k)
    state = Latent(Categorical(weight), over=g)
    group = Latent(Categorical(share), over=n)
    x = Observed(Normal(mean[state[group]], variance=1), over=n)


THETA = {"share": [0.2, 0.3, 0.5], "weight": [0.4, 0.6], "mean": [-1.0, 2.0]}


def test_every_density_is_that_of_the_instance_and_is_computed_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    theta = {name: np.array(value) for name, value in THETA.items()}
    instance = Instance(Pointed, {}, {"x": np.array([0.5, -0.3])}, theta)
    asked, direct = [], Instance.log_density
    monkeypatch.setattr(
        Instance, "log_density", lambda *args: asked.append(args[1]) or direct(*args)
    )
    remembered, (component, _) = Remembered(instance), components(instance)
    states = {s: range(3 if s.variable is Pointed.group else 2) for s in component.hidden}
    table = remembered.table(component, states)
    for place in np.ndindex(table.shape):
        latents = dict(zip(states, place, strict=True))
        expected = sum(direct(instance, site, latents) for site in component.factors)
        assert table[place] == pytest.approx(expected, rel=1e-14)
        assert remembered.log_p(component, latents) == pytest.approx(expected, rel=1e-14)
    # A row may read its group, and the state of any group.
    assert asked.count(Site(Pointed.x, (0,))) == 3 * 2**3
    assert asked.count(Site(Pointed.state, (2,))) == 2


def test_a_density_under_the_states_of_another_is_seen() -> None:
    """Planted: one factor is said not to read what it reads."""
    theta = {name: np.array(value) for name, value in THETA.items()}
    instance = Instance(Pointed, {}, {"x": np.array([0.5, -0.3])}, theta)
    (component, _), site = components(instance), Site(Pointed.x, (0,))
    blind = {**component.factors, site: component.factors[site][:1]}
    states = {s: range(3 if s.variable is Pointed.group else 2) for s in component.hidden}
    with pytest.raises(KeyError):
        Remembered(instance).table(replace(component, factors=blind), states)
