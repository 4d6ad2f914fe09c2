"""Zero-inflated Poisson regression: both the excess of zeros and the rate depend on covariates.

Lambert (1992), Zero-inflated Poisson regression, with an application to defects in manufacturing,
Technometrics 34.  The rows of `v` are covariates with a leading 1.
"""

from autoem import Axis, Bernoulli, Given, Latent, Model, Observed, Parameter, Poisson, Real
from autoem import dot, exp, where


class ZeroInflatedPoissonRegression(Model):
    """Counts with a log-linear rate, or zero for certain."""

    n, p = Axis("rows"), Axis("covariates")
    v = Given(Real(p), over=n)
    gamma = Parameter(Real(p))
    beta = Parameter(Real(p))

    barren = Latent(Bernoulli(logits=dot(v, gamma)), over=n)
    x = Observed(Poisson(where(barren, 0, exp(dot(v, beta)))), over=n)
