"""A hidden level whose motion switches between regimes.

Ghahramani and Hinton (2000), Variational learning for switching state-space models, Neural
Computation 12.  The exact posterior has a Gaussian for every path of regimes:
`derive(SwitchingStateSpace, posterior=mean_field())` gives level and regimes a factor each, found
by a smoother and by forward-backward.
"""

from autoem import Axis, Categorical, Latent, Markov, Model, Normal, Observed, Parameter, Positive
from autoem import Real, Simplex, previous


class SwitchingStateSpace(Model):
    """Sequences of noisy measurements of a level that decays and moves by its regime."""

    s, t, k = Axis("sequences"), Axis("steps"), Axis("regimes")
    initial, move = Parameter(Simplex(k)), Parameter(Simplex(k), over=k)
    decay, push = Parameter(Real(), over=k), Parameter(Positive(), over=k)
    noise = Parameter(Positive())

    z = Latent(Markov(first=Categorical(initial), then=Categorical(move[previous])), over=(s, t))
    h = Latent(Markov(first=Normal(0, variance=1),
                      then=Normal(decay[z] * previous, variance=push[z])), over=(s, t))  # fmt: skip
    x = Observed(Normal(h, variance=noise), over=(s, t))
