"""A mixture of Poisson regressions with exposure: rates that depend on covariates, by class.

Wang, Puterman, Cockburn and Le (1996), Mixed Poisson regression models with covariate dependent
rates, Biometrics 52.  The rows of `v` are covariates with a leading 1; the exposure is the time, or
the number of people, over which a row was counted.
"""

from autoem import Axis, Categorical, Given, Latent, Model, Observed, Parameter, Poisson, Positive
from autoem import Real, Simplex, dot, exp


class PoissonRegressionMixture(Model):
    """Counts with log-linear rates of several kinds."""

    n, k, p = Axis("rows"), Axis("classes"), Axis("covariates")
    v = Given(Real(p), over=n)
    exposure = Given(Positive(), over=n)
    weight = Parameter(Simplex(k))
    beta = Parameter(Real(p), over=k)

    z = Latent(Categorical(weight), over=n)
    x = Observed(Poisson(exposure * exp(dot(v, beta[z]))), over=n)
