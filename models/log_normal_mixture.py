"""A mixture of log-normals: amounts that differ by factors.

Limpert, Stahel and Abbt (2001), Log-normal distributions across the sciences, BioScience 51.  It is
the normal mixture of the logarithms, in units of x.
"""

from autoem import Axis, Categorical, Latent, LogNormal, Model, Observed, Parameter, Positive
from autoem import Real, Simplex


class LogNormalMixture(Model):
    """Amounts of several orders of magnitude."""

    n, k = Axis("rows"), Axis("kinds")
    weight = Parameter(Simplex(k))
    mean = Parameter(Real(), over=k)
    variance = Parameter(Positive(), over=k)

    z = Latent(Categorical(weight), over=n)
    x = Observed(LogNormal(mean[z], variance=variance[z]), over=n)
