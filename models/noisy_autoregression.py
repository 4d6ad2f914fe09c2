"""A stationary autoregression that is seen with noise.

Shumway and Stoffer (2017), Time Series Analysis and Its Applications, example 6.6.

    autoem derive noisy_autoregression
"""

from autoem import Axis, Interval, Latent, Markov, Model, Normal, Observed, Parameter, Positive
from autoem import Real, Stationary, previous


class NoisyAutoregression(Model):
    """Each series goes back to the level, and is seen with errors of measurement."""

    s, t = Axis("series"), Axis("steps")
    level = Parameter(Real())
    persistence = Parameter(Interval(-1, 1))
    drift, noise = Parameter(Positive()), Parameter(Positive())
    z = Latent(
        Markov(first=Stationary(), then=Normal(persistence * previous, variance=drift)),
        over=(s, t),
    )
    x = Observed(Normal(level + z, variance=noise), over=(s, t))
