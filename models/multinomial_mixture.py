"""A mixture of multinomials: documents of several topics by their counts of words.

Nigam, McCallum, Thrun and Mitchell (2000), Text classification from labeled and unlabeled documents
using EM, Machine Learning 39; one topic a document.
"""

from autoem import Axis, Categorical, Count, Given, Latent, Model, Multinomial, Observed, Parameter
from autoem import Simplex


class MultinomialMixture(Model):
    """Counts of words in documents of several topics."""

    n, k, w = Axis("documents"), Axis("topics"), Axis("words")
    length = Given(Count(), over=n)
    weight = Parameter(Simplex(k))
    share = Parameter(Simplex(w), over=k)

    z = Latent(Categorical(weight), over=n)
    x = Observed(Multinomial(length, share[z]), over=n)
