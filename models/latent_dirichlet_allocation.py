"""Latent Dirichlet allocation: every document has its own shares of topics, every word its topic.

Blei, Ng and Jordan (2003), Journal of Machine Learning Research 3.  Shares and topics of one
document depend on each other: `derive(LatentDirichletAllocation, posterior=mean_field())` gives
each a factor of its own, and raises the bound of their section 5.2.
"""

from autoem import Axis, Categorical, Dirichlet, Given, Index, Latent, Model, Observed, Ones
from autoem import Parameter, Simplex


class LatentDirichletAllocation(Model):
    """Documents as a list of words, with the document of each."""

    d, t = Axis("documents"), Axis("tokens")
    k, w = Axis("topics"), Axis("words")
    of = Given(Index(d), over=t)
    topics = Parameter(Simplex(w), over=k)

    share = Latent(Dirichlet(Ones(k) / 2), over=d)
    z = Latent(Categorical(share[of]), over=t)
    word = Observed(Categorical(topics[z]), over=t)
