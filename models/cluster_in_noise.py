"""A normal cluster in uniform noise: a mixture whose components are different families.

Banfield and Raftery (1993), Model-based Gaussian and non-Gaussian clustering, Biometrics 49.  The
window in which the noise lies is known.
"""

from autoem import Axis, Bernoulli, Given, Interval, Latent, Model, Normal, Observed, Parameter
from autoem import Positive, Real, Uniform, where


class ClusterInNoise(Model):
    """Each point belongs to the cluster or to the noise."""

    n = Axis("points")
    start, width = Given(Real()), Given(Positive())
    share = Parameter(Interval(0, 1))
    mean = Parameter(Real())
    variance = Parameter(Positive())

    z = Latent(Bernoulli(share), over=n)
    noise = Uniform(start, start + width)
    x = Observed(where(z, Normal(mean, variance=variance), noise), over=n)
