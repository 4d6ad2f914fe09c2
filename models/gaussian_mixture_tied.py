"""A mixture of multivariate normal distributions that share one covariance.

The clusters have one shape and orientation (EEE in mclust): Celeux and Govaert (1995), Gaussian
parsimonious clustering models, Pattern Recognition 28.  That the covariance is tied is only that it
is declared without `over=k`.
"""

from autoem import Axis, Categorical, Latent, Model, MultivariateNormal, Observed, Parameter
from autoem import PositiveDefinite, Real, Simplex


class TiedGaussianMixture(Model):
    """Clusters of correlated measurements, all of one shape."""

    n, k, d = Axis("observations"), Axis("components"), Axis("features")
    weight = Parameter(Simplex(k))
    mean = Parameter(Real(d), over=k)
    cov = Parameter(PositiveDefinite(d))

    z = Latent(Categorical(weight), over=n)
    x = Observed(MultivariateNormal(mean[z], cov=cov), over=n)
