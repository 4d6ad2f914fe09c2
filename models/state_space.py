"""A linear-Gaussian state space: a hidden vector that moves linearly, seen through a linear map.

Shumway and Stoffer (1982), Journal of Time Series Analysis 3, 253.

    autoem derive state_space
"""

from autoem import Axis, Latent, Markov, Model, MultivariateNormal, Observed, Parameter
from autoem import PositiveDefinite, Real, previous


class StateSpace(Model):
    """A vector autoregression that is seen with noise."""

    t, d, q = Axis("steps"), Axis("measurements"), Axis("coordinates")
    start, spread = Parameter(Real(q)), Parameter(PositiveDefinite(q))
    dynamics = Parameter(Real(q, q))
    drift = Parameter(PositiveDefinite(q))
    loading = Parameter(Real(d, q))
    noise = Parameter(PositiveDefinite(d))
    z = Latent(
        Markov(
            first=MultivariateNormal(start, cov=spread),
            then=MultivariateNormal(dynamics @ previous, cov=drift),
        ),
        over=t,
    )
    x = Observed(MultivariateNormal(loading @ z, cov=noise), over=t)
