"""A mixture of normal distributions on the line, each with its own variance.

Velocities of galaxies: Roeder (1990), Journal of the American Statistical Association 85.  Waiting
times of Old Faithful: Azzalini and Bowman (1990), Applied Statistics 39.
"""

from autoem import Axis, Categorical, Latent, Model, Normal, Observed, Parameter, Positive, Real
from autoem import Simplex


class NormalMixture(Model):
    """Clusters of numbers, of unequal spread."""

    n, k = Axis("observations"), Axis("components")
    weight = Parameter(Simplex(k))
    mean = Parameter(Real(), over=k)
    variance = Parameter(Positive(), over=k)

    z = Latent(Categorical(weight), over=n)
    x = Observed(Normal(mean[z], variance=variance[z]), over=n)
