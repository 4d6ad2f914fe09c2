"""Clusters of sequences: each has a hidden Markov chain of its own.

Smyth (1997), Clustering sequences with hidden Markov models, NIPS 9.  The chain of a sequence is
eliminated given its cluster, and leaves its likelihood to it.
"""

from autoem import Axis, Categorical, Latent, Markov, Model, Observed, Parameter, Simplex, previous


class HiddenMarkovClusters(Model):
    """Sequences of symbols, of several kinds."""

    s, t = Axis("sequences"), Axis("steps")
    c, k, v = Axis("clusters"), Axis("states"), Axis("symbols")
    weight = Parameter(Simplex(c))
    initial = Parameter(Simplex(k), over=c)
    transition = Parameter(Simplex(k), over=(c, k))
    emission = Parameter(Simplex(v), over=(c, k))

    cluster = Latent(Categorical(weight), over=s)
    z = Latent(
        Markov(
            first=Categorical(initial[cluster]),
            then=Categorical(transition[cluster, previous]),
        ),
        over=(s, t),
    )
    x = Observed(Categorical(emission[cluster, z]), over=(s, t))
