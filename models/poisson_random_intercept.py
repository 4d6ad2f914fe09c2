"""Counts in groups: a Poisson regression whose intercept differs from group to group.

Breslow and Clayton (1993), Journal of the American Statistical Association 88.  The intercepts have
no posterior in closed form: `fit(derive(PoissonRandomIntercept, posterior=quadrature()), ...)`.
"""

from autoem import Axis, Given, Index, Latent, Model, Normal, Observed, Parameter, Poisson
from autoem import Positive, Real, dot, exp


class PoissonRandomIntercept(Model):
    """A generalized linear mixed model."""

    i, g, p = Axis("rows"), Axis("groups"), Axis("covariates")
    v = Given(Real(p), over=i)
    group = Given(Index(g), over=i)
    beta = Parameter(Real(p))
    tau2 = Parameter(Positive())

    b = Latent(Normal(0, variance=tau2), over=g)
    y = Observed(Poisson(exp(dot(v, beta) + b[group])), over=i)
