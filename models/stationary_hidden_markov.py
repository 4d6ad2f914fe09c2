"""A Poisson hidden Markov model that is stationary from its first step.

Zucchini and MacDonald (2009), Hidden Markov Models for Time Series, chapters 2 to 4: major
earthquakes by year.

    autoem fit stationary_hidden_markov examples/data/earthquakes.csv --column x=n --size k=3
"""

from autoem import Axis, Categorical, Latent, Markov, Model, Observed, Parameter, Poisson
from autoem import Positive, Simplex, Stationary, previous


class StationaryHiddenMarkov(Model):
    """Counts whose state has been moving for long before the first."""

    t, k = Axis("years"), Axis("states")
    transition = Parameter(Simplex(k), over=k)
    rate = Parameter(Positive(), over=k)
    z = Latent(Markov(first=Stationary(), then=Categorical(transition[previous])), over=t)
    x = Observed(Poisson(rate[z]), over=t)
