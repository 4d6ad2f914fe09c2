"""A hidden Markov model whose states emit correlated measurements.

Rabiner (1989), A tutorial on hidden Markov models, Proceedings of the IEEE 77, 257, section IV.

    autoem derive gaussian_hidden_markov
"""

from autoem import Axis, Categorical, Latent, Markov, Model, MultivariateNormal, Observed
from autoem import Parameter, PositiveDefinite, Real, Simplex, previous


class GaussianHiddenMarkov(Model):
    """Sequences of vectors, each from the law of a hidden state."""

    s, t, k, d = Axis("sequences"), Axis("steps"), Axis("states"), Axis("features")
    initial = Parameter(Simplex(k))
    transition = Parameter(Simplex(k), over=k)
    mean = Parameter(Real(d), over=k)
    cov = Parameter(PositiveDefinite(d), over=k)
    z = Latent(
        Markov(first=Categorical(initial), then=Categorical(transition[previous])), over=(s, t)
    )
    x = Observed(MultivariateNormal(mean[z], cov=cov[z]), over=(s, t))
