"""An autoregression whose regime follows a hidden Markov chain.

Hamilton (1989), Econometrica 57, 357: growth in expansions and recessions.

    autoem derive switching_autoregression
"""

from autoem import Axis, Categorical, Latent, Markov, Model, Normal, Observed, Parameter
from autoem import Positive, Real, Simplex, previous


class SwitchingAutoregression(Model):
    """Level, persistence and noise are those of the regime."""

    t, k = Axis("quarters"), Axis("regimes")
    initial = Parameter(Simplex(k))
    transition = Parameter(Simplex(k), over=k)
    level, persistence = Parameter(Real(), over=k), Parameter(Real(), over=k)
    variance = Parameter(Positive(), over=k)
    z = Latent(Markov(first=Categorical(initial), then=Categorical(transition[previous])), over=t)
    y = Observed(
        Markov(
            first=Normal(level[z], variance=variance[z]),
            then=Normal(level[z] + persistence[z] * previous, variance=variance[z]),
        ),
        over=t,
    )
