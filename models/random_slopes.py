"""Random slopes: every group has coefficients of its own, about common ones.

Laird and Ware (1982), Random-effects models for longitudinal data, Biometrics 38, 963.

    autoem derive random_slopes
"""

from autoem import Axis, Given, Index, Latent, Model, MultivariateNormal, Normal, Observed
from autoem import Parameter, Positive, PositiveDefinite, Real, Zeros, dot


class RandomSlopes(Model):
    """A regression whose coefficients vary over groups, with full covariance."""

    i, g, p = Axis("rows"), Axis("groups"), Axis("covariates")
    v = Given(Real(p), over=i)
    group = Given(Index(g), over=i)
    beta = Parameter(Real(p))
    cov = Parameter(PositiveDefinite(p))
    sigma2 = Parameter(Positive())
    b = Latent(MultivariateNormal(Zeros(p), cov=cov), over=g)
    y = Observed(Normal(dot(v, beta) + dot(v, b[group]), variance=sigma2), over=i)
