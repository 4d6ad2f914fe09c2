"""A random intercept: rows of a group share an effect that nobody sees.

Laird and Ware (1982), Random-effects models for longitudinal data, Biometrics 38, 963.

    autoem derive random_intercept
"""

from autoem import Axis, Given, Index, Latent, Model, Normal, Observed, Parameter, Positive, Real
from autoem import dot


class RandomIntercept(Model):
    """A regression with an effect of the group."""

    i, g, p = Axis("rows"), Axis("groups"), Axis("covariates")
    v = Given(Real(p), over=i)
    group = Given(Index(g), over=i)
    beta = Parameter(Real(p))
    tau2, sigma2 = Parameter(Positive()), Parameter(Positive())
    b = Latent(Normal(0, variance=tau2), over=g)
    y = Observed(Normal(dot(v, beta) + b[group], variance=sigma2), over=i)
