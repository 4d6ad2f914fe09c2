"""The factor graph: what is in it, how it reads, and that its checker sees what is wrong."""

from __future__ import annotations

from dataclasses import replace

import networkx
import pytest

from autoem.families import Categorical, Dirichlet, MultivariateNormal, Normal
from autoem.graph.blocks import latent_blocks
from autoem.graph.factor_graph import Factor, check_factor_graph, factor_graph
from autoem.language import (
    Axis,
    Given,
    Index,
    Latent,
    Markov,
    Model,
    Observed,
    Ones,
    Parameter,
    Positive,
    PositiveDefinite,
    Real,
    Simplex,
    dot,
    previous,
)


class Mixture(Model):
    n, k, d = Axis("observations"), Axis("components"), Axis("features")
    weight = Parameter(Simplex(k), prior=Dirichlet(2 * Ones(k)))
    mean = Parameter(Real(d), over=k)
    cov = Parameter(PositiveDefinite(d), over=k)
    z = Latent(Categorical(weight), over=n)
    x = Observed(MultivariateNormal(mean[z], cov=cov[z]), over=n)


class RandomIntercept(Model):
    i, g, p = Axis("rows"), Axis("groups"), Axis("covariates")
    v = Given(Real(p), over=i)
    group = Given(Index(g), over=i)
    beta = Parameter(Real(p))
    tau2, sigma2 = Parameter(Positive()), Parameter(Positive())
    b = Latent(Normal(0, variance=tau2), over=g)
    y = Observed(Normal(dot(v, beta) + b[group], variance=sigma2), over=i)


class Chain(Model):
    t, k = Axis("steps"), Axis("states")
    initial = Parameter(Simplex(k))
    transition = Parameter(Simplex(k), over=k)
    mean = Parameter(Real(), over=k)
    z = Latent(Markov(first=Categorical(initial), then=Categorical(transition[previous])), over=t)
    x = Observed(Normal(mean[z], variance=1), over=t)


def test_it_is_a_bipartite_graph_of_typed_nodes() -> None:
    graph = factor_graph(Mixture).graph
    assert isinstance(graph, networkx.Graph) and networkx.is_bipartite(graph)
    assert dict(graph.nodes(data="kind")) == {
        "weight": "parameter",
        "mean": "parameter",
        "cov": "parameter",
        "z": "latent",
        "x": "observed",
        "p(weight)": "factor",
        "p(z)": "factor",
        "p(x)": "factor",
    }
    assert graph.nodes["mean"]["plates"] == graph.nodes["cov"]["plates"] != ()
    with pytest.raises(networkx.NetworkXError):
        graph.add_node("w")


def test_a_factor_for_each_latent_observed_and_prior_in_order() -> None:
    factors = factor_graph(Mixture).factors
    assert [factor.name for factor in factors] == ["weight", "z", "x"]
    assert [[v.name for v in factor.scope] for factor in factors] == [
        ["weight"],
        ["z", "weight"],
        ["x", "z", "mean", "cov"],
    ]


def test_it_reads_as_a_product_of_densities() -> None:
    assert str(factor_graph(Mixture)).splitlines() == [
        "Mixture = p(weight) · ∏_n p(z_n | weight) p(x_n | z_n, mean, cov)",
        "latent z; observed x; parameter weight, mean, cov",
    ]
    assert str(factor_graph(RandomIntercept)).splitlines() == [
        "RandomIntercept = ∏_g p(b_g | tau2) · ∏_i p(y_i | v_i, b, group_i, beta, sigma2)",
        "given v, group; latent b; observed y; parameter beta, tau2, sigma2",
    ]


def test_a_chain_mentions_itself_and_stays_acyclic() -> None:
    graph = factor_graph(Chain)
    assert [factor.recursive for factor in graph.factors] == [True, False]
    assert [v.name for v in graph.factor("z").scope] == ["z", "initial", "transition"]


def test_blocks_are_the_latents_that_share_a_factor() -> None:
    class Scales(Model):
        n = Axis()
        u = Latent(Normal(0, variance=1), over=n)
        v = Latent(Normal(0, variance=1), over=n)
        w = Latent(Normal(0, variance=1), over=n)
        x = Observed(Normal(u + w, variance=1), over=n)
        y = Observed(Normal(v, variance=1), over=n)

    blocks = latent_blocks(factor_graph(Scales))
    assert [[latent.name for latent in block] for block in blocks] == [["u", "w"], ["v"]]


def test_the_checker_sees_a_cycle() -> None:
    graph = factor_graph(Mixture)
    cyclic = networkx.DiGraph(graph.graph)
    cyclic.add_edge("x", "p(z)")
    with pytest.raises(AssertionError, match="cyclic"):
        check_factor_graph(replace(graph, graph=cyclic))


def test_the_checker_sees_an_edge_between_variables() -> None:
    graph = factor_graph(Mixture)
    wrong = networkx.DiGraph(graph.graph)
    wrong.add_edge("z", "x")
    with pytest.raises(AssertionError, match="does not join"):
        check_factor_graph(replace(graph, graph=wrong))


def test_the_checker_sees_a_law_wider_than_its_variable() -> None:
    graph = factor_graph(Mixture)
    x, weight = graph.factor("x"), graph.factor("weight").variable
    narrow = Factor("weight", weight, x.law, (weight,))
    with pytest.raises(AssertionError, match=r"does not repeat over \['observations'\]"):
        check_factor_graph(replace(graph, factors=(narrow,)))
