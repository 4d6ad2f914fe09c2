"""A mixture of Gammas: waiting times or sizes of several kinds.

Wiper, Rios Insua and Ruggeri (2001), Mixtures of gamma distributions with applications, Journal of
Computational and Graphical Statistics 10.  The rate has a closed form given the shape, and the
shape is a root of log a - digamma(a).
"""

from autoem import Axis, Categorical, Gamma, Latent, Model, Observed, Parameter, Positive, Simplex


class GammaMixture(Model):
    """Positive amounts of several kinds."""

    n, k = Axis("rows"), Axis("kinds")
    weight = Parameter(Simplex(k))
    shape = Parameter(Positive(), over=k)
    rate = Parameter(Positive(), over=k)

    z = Latent(Categorical(weight), over=n)
    x = Observed(Gamma(shape[z], rate=rate[z]), over=n)
