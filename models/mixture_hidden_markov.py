"""A hidden Markov model whose states emit mixtures of normals.

Rabiner (1989), A tutorial on hidden Markov models, Proceedings of the IEEE 77, 257, section IV:
the spectra of a spoken word.

    autoem derive mixture_hidden_markov
"""

from autoem import Axis, Categorical, Latent, Markov, Model, Normal, Observed, Parameter
from autoem import Positive, Real, Simplex, previous


class MixtureHiddenMarkov(Model):
    """Each state chooses one of its own components at every step."""

    s, t, d = Axis("sequences"), Axis("steps"), Axis("features")
    k, c = Axis("states"), Axis("components")
    initial = Parameter(Simplex(k))
    transition = Parameter(Simplex(k), over=k)
    weight = Parameter(Simplex(c), over=k)
    mean, variance = Parameter(Real(), over=(k, c, d)), Parameter(Positive(), over=(k, c, d))
    z = Latent(
        Markov(first=Categorical(initial), then=Categorical(transition[previous])), over=(s, t)
    )
    part = Latent(Categorical(weight[z]), over=(s, t))
    x = Observed(Normal(mean[z, part], variance=variance[z, part]), over=(s, t, d))
