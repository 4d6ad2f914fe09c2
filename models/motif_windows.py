"""Windows of sequences as a mixture of a motif and its background.

Bailey and Elkan (1994), Fitting a mixture model by expectation maximization to discover motifs in
biopolymers, ISMB 2, 28: the two-component mixture of overlapping windows, each taken for a sample
of its own.
"""

from autoem import Axis, Bernoulli, Categorical, Interval, Latent, Model, Observed, Parameter
from autoem import Simplex, where


class MotifWindows(Model):
    """Windows of letters, of which a share are sites."""

    n, w, v = Axis("windows"), Axis("width"), Axis("letters")
    share = Parameter(Interval(0, 1))
    motif = Parameter(Simplex(v), over=w)
    background = Parameter(Simplex(v))

    site = Latent(Bernoulli(share), over=n)
    x = Observed(Categorical(where(site, motif, background)), over=(n, w))
