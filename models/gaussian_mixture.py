"""A mixture of multivariate normal distributions, each with its own covariance.

Bishop (2006), Pattern Recognition and Machine Learning, section 9.2.  Eruptions of Old Faithful in
two components: log-likelihood -1130.26396.

    autoem fit gaussian_mixture examples/data/faithful.csv --size k=2
"""

from autoem import Axis, Categorical, Latent, Model, MultivariateNormal, Observed, Parameter
from autoem import PositiveDefinite, Real, Simplex


class GaussianMixture(Model):
    """Clusters of correlated measurements."""

    n, k, d = Axis("observations"), Axis("components"), Axis("features")
    weight = Parameter(Simplex(k))
    mean = Parameter(Real(d), over=k)
    cov = Parameter(PositiveDefinite(d), over=k)

    z = Latent(Categorical(weight), over=n)
    x = Observed(MultivariateNormal(mean[z], cov=cov[z]), over=n)
