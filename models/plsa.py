"""Topics of documents: probabilistic latent semantic analysis.

Hofmann (1999), Probabilistic latent semantic indexing, SIGIR, 50. A row is a word of a document;
its count there is the row's weight, so that a fit is that of a factorization V = W H with the
Kullback-Leibler loss.

    autoem derive plsa
"""

from autoem import Axis, Categorical, Given, Index, Latent, Model, Observed, Parameter, Simplex


class PLSA(Model):
    """Words drawn from topics, in the proportions of their document."""

    n, d, k, w = Axis("tokens"), Axis("documents"), Axis("topics"), Axis("words")
    doc = Given(Index(d), over=n)
    share = Parameter(Simplex(k), over=d)
    topic = Parameter(Simplex(w), over=k)
    z = Latent(Categorical(share[doc]), over=n)
    word = Observed(Categorical(topic[z]), over=n)
