"""Robust factor analysis: one precision scales the factors and the noise of a row.

The measurements are then multivariate t, and a row that lies far out counts for less.  McLachlan,
Bean and Ben-Tovim Jones (2007), Computational Statistics and Data Analysis 51, mix several.
"""

from autoem import Axis, Diagonal, Gamma, Identity, Latent, Model, MultivariateNormal, Observed
from autoem import Parameter, Positive, Real, Zeros


class StudentFactorAnalysis(Model):
    """Correlated measurements with heavy tails."""

    n, d, q = Axis("observations"), Axis("features"), Axis("factors")
    loading = Parameter(Real(d, q))
    mean = Parameter(Real(d))
    noise = Parameter(Positive(d))
    df = Parameter(Positive())

    w = Latent(Gamma(df / 2, rate=df / 2), over=n)
    z = Latent(MultivariateNormal(Zeros(q), cov=Identity(q) / w), over=n)
    x = Observed(MultivariateNormal(loading @ z + mean, cov=Diagonal(noise) / w), over=n)
