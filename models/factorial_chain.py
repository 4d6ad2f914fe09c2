"""Two hidden chains that meet in what is seen.

Ghahramani and Jordan (1997), Factorial hidden Markov models, Machine Learning 29, 245: exactly,
over their joint states.
"""

from autoem import Axis, Categorical, Latent, Markov, Model, Normal, Observed, Parameter, Positive
from autoem import Real, Simplex, previous


class FactorialChain(Model):
    """Sequences of numbers, each about a mean that two hidden states choose."""

    s, t, k, m = Axis("sequences"), Axis("steps"), Axis("states"), Axis("other states")
    first, start = Parameter(Simplex(k)), Parameter(Simplex(m))
    move, turn = Parameter(Simplex(k), over=k), Parameter(Simplex(m), over=m)
    mean = Parameter(Real(), over=(k, m))
    variance = Parameter(Positive())

    z = Latent(Markov(first=Categorical(first), then=Categorical(move[previous])), over=(s, t))
    w = Latent(Markov(first=Categorical(start), then=Categorical(turn[previous])), over=(s, t))
    x = Observed(Normal(mean[z, w], variance=variance), over=(s, t))
