"""Two coins of unknown bias; which one was tossed is not recorded, and both are equally likely.

Do and Batzoglou (2008), What is the expectation maximization algorithm?, Nature Biotechnology 26.
Heads 5, 9, 8, 4, 7 in 10 tosses each: from 0.6 and 0.5 the biases go to 0.796789 and 0.519583.
"""

from autoem import Axis, Binomial, Categorical, Count, Given, Interval, Latent, Model, Observed
from autoem import Ones, Parameter


class TwoCoins(Model):
    """Binomial counts from a mixture of two coins with known, equal weights."""

    n, k = Axis("experiments"), Axis("coins", size=2)
    tosses = Given(Count())
    bias = Parameter(Interval(0, 1), over=k)

    coin = Latent(Categorical(Ones(k) / 2), over=n)
    heads = Observed(Binomial(tosses, bias[coin]), over=n)
