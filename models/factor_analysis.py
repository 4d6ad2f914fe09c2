"""Factor analysis: a few common factors explain the correlations, each feature has its own noise.

Rubin and Thayer (1982), EM algorithms for ML factor analysis, Psychometrika 47.  A noise variance
that goes to zero (a Heywood case) ends with a warning.
"""

from autoem import Axis, Diagonal, Identity, Latent, Model, MultivariateNormal, Observed, Parameter
from autoem import Positive, Real, Zeros


class FactorAnalysis(Model):
    """Measurements that are correlated only through common factors."""

    n, d, q = Axis("observations"), Axis("features"), Axis("factors")
    loading = Parameter(Real(d, q))
    mean = Parameter(Real(d))
    noise = Parameter(Positive(d))

    z = Latent(MultivariateNormal(Zeros(q), cov=Identity(q)), over=n)
    x = Observed(MultivariateNormal(loading @ z + mean, cov=Diagonal(noise)), over=n)
