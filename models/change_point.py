"""A rate of events that changes once, at an unknown time.

Carlin, Gelfand and Smith (1992), Hierarchical Bayesian analysis of changepoint problems, Applied
Statistics 41, 389: disasters in British coal mines.  Step t has the first rate before tau and the
second from tau on; `chance` says how likely each step is for the change.
"""

from autoem import Axis, Categorical, Given, Latent, Model, Observed, Parameter, Poisson, Positive
from autoem import Simplex, where


class ChangePoint(Model):
    """Counts by year, the rate of which changes once."""

    t = Axis("years")
    chance = Given(Simplex(t))
    early, late = Parameter(Positive()), Parameter(Positive())

    tau = Latent(Categorical(chance))
    y = Observed(Poisson(where(t < tau, early, late)), over=t)
