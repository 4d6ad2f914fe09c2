"""A left-to-right hidden Markov model: states are entered in order and never left backward.

Bakis (1976), as in Rabiner (1989), Proceedings of the IEEE 77, 257, section IV: what is zero in
the transition stays zero, and the last state absorbs.

    autoem derive left_to_right
"""

from math import nan

from autoem import Axis, Categorical, Latent, Markov, Model, Normal, Observed, Parameter
from autoem import Positive, Real, Simplex, previous


class LeftToRight(Model):
    """Words of three phones: in each step the phone stays or the next one begins."""

    s, t, k = Axis("words"), Axis("frames"), Axis("phones", size=3)
    initial = Parameter(Simplex(k), fixed=[1, 0, 0])
    transition = Parameter(Simplex(k), over=k, fixed=[[nan, nan, 0], [0, nan, nan], [0, 0, 1]])
    mean = Parameter(Real(), over=k)
    variance = Parameter(Positive(), over=k)
    z = Latent(
        Markov(first=Categorical(initial), then=Categorical(transition[previous])), over=(s, t)
    )
    x = Observed(Normal(mean[z], variance=variance[z]), over=(s, t))
