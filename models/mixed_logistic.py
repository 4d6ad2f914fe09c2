"""Logistic regression with a random intercept, by a mean field in which every update is closed.

Given Polya-Gamma latents w the log joint is quadratic in the intercepts b: so that
`derive(MixedLogistic, posterior=mean_field())` has a normal factor for b and a Polya-Gamma one for
w.  Its bound is that of Jaakkola and Jordan (2000), Bayesian parameter estimation via variational
methods, Statistics and Computing 10, loose where groups are small: without w, `quadrature()` gives
the log-likelihood itself.
"""

from autoem import Axis, Bernoulli, Given, Index, Latent, Model, Normal, Observed, Parameter
from autoem import PolyaGamma, Positive, Real, dot


class MixedLogistic(Model):
    """Binary outcomes in groups, each with log odds of its own."""

    i, g, p = Axis("rows"), Axis("groups"), Axis("covariates")
    v = Given(Real(p), over=i)
    group = Given(Index(g), over=i)
    beta = Parameter(Real(p))
    tau2 = Parameter(Positive())

    b = Latent(Normal(0, variance=tau2), over=g)
    u = dot(v, beta) + b[group]
    w = Latent(PolyaGamma(1, tilt=u), over=i)
    y = Observed(Bernoulli(logits=u), over=i)
