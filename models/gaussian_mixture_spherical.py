"""A mixture of multivariate normal distributions with spherical covariances.

One variance a cluster, in every direction (VII in mclust): Celeux and Govaert (1995), Gaussian
parsimonious clustering models, Pattern Recognition 28.
"""

from autoem import Axis, Categorical, Identity, Latent, Model, MultivariateNormal, Observed
from autoem import Parameter, Positive, Real, Simplex


class SphericalGaussianMixture(Model):
    """Round clusters of different sizes."""

    n, k, d = Axis("observations"), Axis("components"), Axis("features")
    weight = Parameter(Simplex(k))
    mean = Parameter(Real(d), over=k)
    variance = Parameter(Positive(), over=k)

    z = Latent(Categorical(weight), over=n)
    x = Observed(MultivariateNormal(mean[z], cov=variance[z] * Identity(d)), over=n)
