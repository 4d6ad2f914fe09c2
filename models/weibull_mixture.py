"""A mixture of Weibull lifetimes: early failures, chance failures and wear.

Mendenhall and Hader (1958), Estimation of parameters of mixed exponentially distributed failure
time distributions from censored life test data, Biometrika 45, with the shapes free as in Bucar,
Nagode and Fajdiga (2004), Reliability Engineering and System Safety 84.
"""

from autoem import Axis, Categorical, Latent, Model, Observed, Parameter, Positive, Simplex
from autoem import Weibull


class WeibullMixture(Model):
    """Lifetimes that end for several reasons."""

    n, k = Axis("items"), Axis("causes")
    weight = Parameter(Simplex(k))
    shape = Parameter(Positive(), over=k)
    scale = Parameter(Positive(), over=k)

    z = Latent(Categorical(weight), over=n)
    x = Observed(Weibull(shape[z], scale=scale[z]), over=n)
