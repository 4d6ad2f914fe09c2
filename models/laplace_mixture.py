"""A mixture of Laplace distributions: clusters with sharp peaks and heavy tails.

Franczak, Browne and McNicholas (2014), Mixtures of shifted asymmetric Laplace distributions, IEEE
Transactions on Pattern Analysis and Machine Intelligence 36; here symmetric, and of one dimension.
The best location of a cluster is a weighted median of the rows.
"""

from autoem import Axis, Categorical, Laplace, Latent, Model, Observed, Parameter, Positive, Real
from autoem import Simplex


class LaplaceMixture(Model):
    """Components with locations and scales of their own."""

    n, k = Axis("rows"), Axis("components")
    weight = Parameter(Simplex(k))
    mean = Parameter(Real(), over=k)
    scale = Parameter(Positive(), over=k)

    z = Latent(Categorical(weight), over=n)
    x = Observed(Laplace(mean[z], scale=scale[z]), over=n)
