"""Two discrete causes of one vector: the states of both are hidden, their effects add.

Ghahramani (1995), Factorial learning and the EM algorithm, Advances in Neural Information
Processing Systems 7.
"""

from autoem import Axis, Categorical, Latent, Model, Normal, Observed, Parameter, Positive, Real
from autoem import Simplex


class FactorialMixture(Model):
    """Each row has a state of the one cause and a state of the other."""

    n, k, j, d = Axis("rows"), Axis("causes"), Axis("other causes"), Axis("features")
    weight, other = Parameter(Simplex(k)), Parameter(Simplex(j))
    mean = Parameter(Real(), over=(k, d))
    effect = Parameter(Real(), over=(j, d))
    variance = Parameter(Positive())

    a = Latent(Categorical(weight), over=n)
    b = Latent(Categorical(other), over=n)
    x = Observed(Normal(mean[a] + effect[b], variance=variance), over=(n, d))
