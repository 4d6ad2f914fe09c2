"""Models in mathematical notation, one line a declaration."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from typing import Any

import pytest

MODELS = {
    "gaussian mixture": (
        """\
        n, k, d = Axis("observations"), Axis("components"), Axis("features")
        weight = Parameter(Simplex(k), prior=Dirichlet(2))
        mean = Parameter(Real(d), over=k)
        cov = Parameter(PositiveDefinite(d), over=k)
        z = Latent(Categorical(weight), over=n)
        x = Observed(MultivariateNormal(mean[z], cov=cov[z]), over=n)
        """,
        """\
        weight ∈ simplex(k)
        weight ~ Dirichlet(2)
        mean_k ∈ ℝ^d
        cov_k ∈ PD(d)
        z_n ~ Categorical(weight)
        x_n | z_n = k ~ N(mean_k, cov_k)
        """,
    ),
    "hidden Markov chain": (
        """\
        s, t, k, v = Axis(), Axis(), Axis(), Axis()
        initial = Parameter(Simplex(k))
        transition = Parameter(Simplex(k), over=k)
        emission = Parameter(Simplex(v), over=k)
        z = Latent(Markov(first=Categorical(initial), then=Categorical(transition[previous])),
                   over=(s, t))
        x = Observed(Categorical(emission[z]), over=(s, t))
        """,
        """\
        initial ∈ simplex(k)
        transition_k ∈ simplex(k)
        emission_k ∈ simplex(v)
        z_{s,0} ~ Categorical(initial)
        z_{s,t} | z_{s,t-1} = k ~ Categorical(transition_k)
        x_{s,t} | z_{s,t} = k ~ Categorical(emission_k)
        """,
    ),
    "raters": (
        """\
        item, rater, label, row = Axis(), Axis(), Axis(), Axis()
        of_item, by = Given(Index(item), over=row), Given(Index(rater), over=row)
        prevalence = Parameter(Simplex(label))
        confusion = Parameter(Simplex(label), over=(rater, label))
        truth = Latent(Categorical(prevalence), over=item)
        answer = Observed(Categorical(confusion[by, truth[of_item]]), over=row)
        """,
        """\
        of_item_row ∈ positions of item, given
        by_row ∈ positions of rater, given
        prevalence ∈ simplex(label)
        confusion_{rater,label} ∈ simplex(label)
        truth_item ~ Categorical(prevalence)
        answer_row | truth_{of_item_row} = label ~ Categorical(confusion_{by_row,label})
        """,
    ),
    "random intercept": (
        """\
        i, g, p = Axis(), Axis(), Axis()
        v = Given(Real(p), over=i)
        group = Given(Index(g), over=i)
        beta = Parameter(Real(p))
        tau2, sigma2 = Parameter(Positive()), Parameter(Positive())
        b = Latent(Normal(0, variance=tau2), over=g)
        y = Observed(Normal(dot(v, beta) + b[group], variance=sigma2), over=i)
        """,
        """\
        v_i ∈ ℝ^p, given
        group_i ∈ positions of g, given
        beta ∈ ℝ^p
        tau2 > 0
        sigma2 > 0
        b_g ~ N(0, tau2)
        y_i | b_{group_i} ~ N(v_i · beta + b_{group_i}, sigma2)
        """,
    ),
    "linkage": (
        """\
        animals = Given(Count())
        theta = Parameter(Interval(0, 1))
        x = Latent(Multinomial(animals, [1/2, theta/4, (1 - theta)/4, (1 - theta)/4, theta/4]))
        y = Observed(Aggregate(x, groups=[(0, 1), (2,), (3,), (4,)]))
        """,
        """\
        animals ∈ ℕ, given
        theta ∈ [0, 1]
        x ~ Multinomial(animals, [1/2, theta / 4, (1 - theta) / 4, (1 - theta) / 4, theta / 4])
        y = (x[0] + x[1], x[2], x[3], x[4])
        """,
    ),
    "two states of one axis": (
        """\
        n, k = Axis(), Axis()
        weight = Parameter(Simplex(k))
        rate = Parameter(Positive(), over=(k, k))
        a, b = Latent(Categorical(weight), over=n), Latent(Categorical(weight), over=n)
        x = Observed(Poisson(rate[a, b]), over=n)
        """,
        """\
        weight ∈ simplex(k)
        rate_{k,k} > 0
        a_n ~ Categorical(weight)
        b_n ~ Categorical(weight)
        x_n | a_n = k, b_n = k' ~ Poisson(rate_{k,k'})
        """,
    ),
    "constructs": (
        """\
        n, t, k, c = Axis(), Axis(), Axis(), Axis()
        low = Given(Real(), over=n)
        table = Given(NonNegative(), over=(n, k))
        z = Latent(Categorical(Ones(k) / 2), over=n)
        u = Latent(Normal(0, variance=2), over=(n, t))
        w = Latent(Truncated(Normal(0, variance=1), lower=low), over=n)
        part = Observed(Aggregate(z, groups=[(0, 2), (1,)]), over=n)
        whole = Observed(Total(u, over=t), over=n)
        seen = Observed(Within(w, lower=low, upper=2 * low), over=n)
        read = Observed(Evidence(table[z]), over=n)
        """,
        """\
        low_n ∈ ℝ, given
        table_{n,k} ≥ 0, given
        z_n ~ Categorical(1 / 2)
        u_{n,t} ~ N(0, 2)
        w_n ~ N(0, 1) on (low_n, ∞)
        part_n = the one of {0, 2}, {1} that has z_n
        whole_n = sum over t of u_{n,t}
        seen_n says that low_n ≤ w_n ≤ 2 low_n
        read_n | z_n = k has likelihood table_{n,k}
        """,
    ),
    "where and logits": (
        """\
        n, p = Axis(), Axis()
        v = Given(Real(p), over=n)
        beta = Parameter(Real(p))
        z = Latent(Bernoulli(logits=dot(v, beta)), over=n)
        x = Observed(where(z, Poisson(0), Poisson(exp(-(1 - beta[0])) ** 2)), over=n)
        """,
        """\
        v_n ∈ ℝ^p, given
        beta ∈ ℝ^p
        z_n ~ Bernoulli(logits = v_n · beta)
        x_n | z_n ~ Poisson(0) if z_n, else Poisson(exp(-(1 - beta[0]))^2)
        """,
    ),
    "a tree": (
        """\
        node, k = Axis(), Axis()
        parents = Given(Index(node), over=node)
        first, turn = Parameter(Simplex(k)), Parameter(Simplex(k), over=k)
        z = Latent(Tree(root=Categorical(first), then=Categorical(turn[parent]), parent=parents),
                   over=node)
        x = Observed(Categorical(turn[z]), over=node)
        """,
        """\
        parents_node ∈ positions of node, given
        first ∈ simplex(k)
        turn_k ∈ simplex(k)
        z_root ~ Categorical(first)
        z_node | z_parent = k ~ Categorical(turn_k)
        x_node | z_node = k ~ Categorical(turn_k)
        """,
    ),
}


@pytest.mark.parametrize("name", MODELS)
def test_a_model_prints_as_mathematics(name: str, declare: Callable[[str], Any]) -> None:
    body, text = map(textwrap.dedent, MODELS[name])
    assert str(declare(body)) + "\n" == text
