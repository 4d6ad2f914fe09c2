"""Counts whose log rate wanders.

Durbin and Koopman (1997), Monte Carlo maximum likelihood estimation for non-Gaussian state space
models, Biometrika 84.  A Poisson law has no Gaussian posterior along the chain:
`derive(PoissonStateSpace, posterior=laplace())` expands it about its mode, which a smoother finds.
"""

from autoem import Axis, Latent, Markov, Model, Normal, Observed, Parameter, Poisson, Positive
from autoem import Real, exp, previous


class PoissonStateSpace(Model):
    """Series of counts with a rate that is a random walk on the scale of its logarithm."""

    s, t = Axis("series"), Axis("steps")
    level = Parameter(Real())
    push = Parameter(Positive())

    h = Latent(Markov(first=Normal(0, variance=push), then=Normal(previous, variance=push)),
               over=(s, t))  # fmt: skip
    y = Observed(Poisson(exp(level + h)), over=(s, t))
