"""One site of a motif in every sequence, at an unknown place.

Lawrence and Reilly (1990), An expectation maximization algorithm for the identification and
characterization of common sites in unaligned biopolymer sequences, Proteins 7, 41.  `chance` says
how likely a site is to start at each position.
"""

from autoem import Axis, Categorical, Given, Latent, Model, Observed, Ones, Parameter
from autoem import Simplex, dot, where


class Motif(Model):
    """Sequences of letters, each with one site."""

    s, t, p = Axis("sequences"), Axis("positions"), Axis("starts")
    w, v = Axis("width"), Axis("letters")
    width = dot(Ones(w), Ones(w))
    chance = Given(Simplex(p))
    motif = Parameter(Simplex(v), over=w)
    background = Parameter(Simplex(v))

    start = Latent(Categorical(chance), over=s)
    inside = (start <= t) * (t < start + width)
    x = Observed(Categorical(where(inside, motif[t - start], background)), over=(s, t))
