"""A hidden Markov model with categorical emissions.

Rabiner (1989), A tutorial on hidden Markov models, Proceedings of the IEEE 77, 257.

    autoem derive hidden_markov
"""

from autoem import Axis, Categorical, Latent, Markov, Model, Observed, Parameter, Simplex, previous


class HiddenMarkov(Model):
    """Sequences of symbols emitted by hidden states."""

    s, t, k, v = Axis("sequences"), Axis("steps"), Axis("states"), Axis("symbols")
    initial = Parameter(Simplex(k))
    transition = Parameter(Simplex(k), over=k)
    emission = Parameter(Simplex(v), over=k)
    z = Latent(
        Markov(first=Categorical(initial), then=Categorical(transition[previous])), over=(s, t)
    )
    x = Observed(Categorical(emission[z]), over=(s, t))
