"""A regression whose coefficients switch along a hidden Markov chain.

Goldfeld and Quandt (1973), Journal of Econometrics 1, 3.

    autoem derive switching_regression
"""

from autoem import Axis, Categorical, Given, Latent, Markov, Model, Normal, Observed, Parameter
from autoem import Positive, Real, Simplex, dot, previous


class SwitchingRegression(Model):
    """One regression for each regime; the regimes follow one another."""

    t, k, p = Axis("years"), Axis("regimes"), Axis("covariates")
    v = Given(Real(p), over=t)
    initial = Parameter(Simplex(k))
    transition = Parameter(Simplex(k), over=k)
    beta = Parameter(Real(p), over=k)
    variance = Parameter(Positive(), over=k)
    z = Latent(Markov(first=Categorical(initial), then=Categorical(transition[previous])), over=t)
    y = Observed(Normal(dot(v, beta[z]), variance=variance[z]), over=t)
