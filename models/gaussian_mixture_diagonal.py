"""A mixture of multivariate normal distributions with diagonal covariances.

Within a cluster the features are uncorrelated (VVI in mclust): Celeux and Govaert (1995), Gaussian
parsimonious clustering models, Pattern Recognition 28.
"""

from autoem import Axis, Categorical, Diagonal, Latent, Model, MultivariateNormal, Observed
from autoem import Parameter, Positive, Real, Simplex


class DiagonalGaussianMixture(Model):
    """Clusters of measurements that are uncorrelated within a cluster."""

    n, k, d = Axis("observations"), Axis("components"), Axis("features")
    weight = Parameter(Simplex(k))
    mean = Parameter(Real(d), over=k)
    variance = Parameter(Positive(d), over=k)

    z = Latent(Categorical(weight), over=n)
    x = Observed(MultivariateNormal(mean[z], cov=Diagonal(variance[z])), over=n)
