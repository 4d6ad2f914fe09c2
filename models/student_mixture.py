"""A mixture of t distributions: clusters that outliers do not pull apart.

Peel and McLachlan (2000), Robust mixture modelling using the t distribution, Statistics and
Computing 10.  A t is a normal whose precision is a Gamma, given the cluster.
"""

from autoem import Axis, Categorical, Gamma, Latent, Model, Normal, Observed, Parameter, Positive
from autoem import Real, Simplex


class StudentMixture(Model):
    """Clusters with heavy tails."""

    n, k = Axis("rows"), Axis("clusters")
    weight = Parameter(Simplex(k))
    mean = Parameter(Real(), over=k)
    scale2 = Parameter(Positive(), over=k)
    nu = Parameter(Positive(), over=k)

    z = Latent(Categorical(weight), over=n)
    u = Latent(Gamma(nu[z] / 2, rate=nu[z] / 2), over=n)
    x = Observed(Normal(mean[z], variance=scale2[z] / u), over=n)
