"""A mixture of directions: angles about several preferred headings.

Banerjee, Dhillon, Ghosh and Sra (2005), Clustering on the unit hypersphere using von Mises-Fisher
distributions, Journal of Machine Learning Research 6, on the circle.  Angles are in radians; the
mean is that of the directions, and the concentration solves I1(c) / I0(c) = mean resultant length.
"""

from autoem import Axis, Categorical, Latent, Model, Observed, Parameter, Positive, Real, Simplex
from autoem import VonMises


class VonMisesMixture(Model):
    """Headings of several kinds."""

    n, k = Axis("angles"), Axis("headings")
    weight = Parameter(Simplex(k))
    mean = Parameter(Real(), over=k)
    concentration = Parameter(Positive(), over=k)

    z = Latent(Categorical(weight), over=n)
    x = Observed(VonMises(mean[z], concentration=concentration[z]), over=n)
