"""At most one site of a motif in every sequence.

Bailey and Elkan (1994), Fitting a mixture model by expectation maximization to discover motifs in
biopolymers, ISMB 2, 28: the model with zero or one occurrence per sequence.  `chance` says how
likely a site is to start at each position.
"""

from autoem import Axis, Bernoulli, Categorical, Given, Interval, Latent, Model, Observed, Ones
from autoem import Parameter, Simplex, dot, where


class MotifOrNone(Model):
    """Sequences of letters, some with one site."""

    s, t, p = Axis("sequences"), Axis("positions"), Axis("starts")
    w, v = Axis("width"), Axis("letters")
    width = dot(Ones(w), Ones(w))
    chance = Given(Simplex(p))
    share = Parameter(Interval(0, 1))
    motif = Parameter(Simplex(v), over=w)
    background = Parameter(Simplex(v))

    has = Latent(Bernoulli(share), over=s)
    start = Latent(Categorical(chance), over=s)
    site = where((start <= t) * (t < start + width), motif[t - start], background)
    x = Observed(Categorical(where(has, site, background)), over=(s, t))
