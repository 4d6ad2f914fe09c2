"""A level that moves as a random walk, seen with noise.

Durbin and Koopman (2012), Time Series Analysis by State Space Methods, chapter 2: the annual flow
of the Nile.  The wide law of the first level stands for a diffuse one.

    autoem fit local_level examples/data/nile.csv --column x=flow
"""

from autoem import Axis, Latent, Markov, Model, Normal, Observed, Parameter, Positive, previous


class LocalLevel(Model):
    """A random walk plus noise."""

    t = Axis("years")
    level_variance = Parameter(Positive())
    observation_variance = Parameter(Positive())
    level = Latent(
        Markov(first=Normal(0, variance=10**9), then=Normal(previous, variance=level_variance)),
        over=t,
    )
    x = Observed(Normal(level, variance=observation_variance), over=t)
