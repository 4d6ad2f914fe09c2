"""A mixture of normal distributions on the line that share one variance.

With one variance the likelihood is bounded and no component can collapse onto a point: Day (1969),
Estimating the components of a mixture of normal distributions, Biometrika 56.  Waiting times of Old
Faithful: means 54.61 and 80.09, standard deviation 5.869, log-likelihood -1034.00176.
"""

from autoem import Axis, Categorical, Latent, Model, Normal, Observed, Parameter, Positive, Real
from autoem import Simplex


class EqualNormalMixture(Model):
    """Clusters of numbers, of equal spread."""

    n, k = Axis("observations"), Axis("components")
    weight = Parameter(Simplex(k))
    mean = Parameter(Real(), over=k)
    variance = Parameter(Positive())

    z = Latent(Categorical(weight), over=n)
    x = Observed(Normal(mean[z], variance=variance), over=n)
