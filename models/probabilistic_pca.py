"""Probabilistic principal components: a few directions explain the data, up to round noise.

Tipping and Bishop (1999), Journal of the Royal Statistical Society B 61.  The maximum is known in
closed form: the variance is the mean of the covariance's smallest eigenvalues.
"""

from autoem import Axis, Identity, Latent, Model, MultivariateNormal, Observed, Parameter, Positive
from autoem import Real, Zeros


class ProbabilisticPCA(Model):
    """Measurements near a plane, with the same noise in every direction."""

    n, d, q = Axis("observations"), Axis("features"), Axis("components")
    loading = Parameter(Real(d, q))
    mean = Parameter(Real(d))
    variance = Parameter(Positive())

    z = Latent(MultivariateNormal(Zeros(q), cov=Identity(q)), over=n)
    x = Observed(MultivariateNormal(loading @ z + mean, cov=variance * Identity(d)), over=n)
