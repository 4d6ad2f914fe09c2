"""A hidden Markov chain of Poisson rates.

Zucchini, MacDonald and Langrock (2016), Hidden Markov Models for Time Series, chapter 4: the
annual numbers of major earthquakes.

    autoem fit poisson_hidden_markov examples/data/earthquakes.csv --size k=2 --column x=n
"""

from autoem import Axis, Categorical, Latent, Markov, Model, Observed, Parameter, Poisson, Positive
from autoem import Simplex, previous


class PoissonHiddenMarkov(Model):
    """Counts whose rate changes with a hidden state."""

    t, k = Axis("years"), Axis("states")
    initial = Parameter(Simplex(k))
    transition = Parameter(Simplex(k), over=k)
    rate = Parameter(Positive(), over=k)
    z = Latent(Markov(first=Categorical(initial), then=Categorical(transition[previous])), over=t)
    x = Observed(Poisson(rate[z]), over=t)
