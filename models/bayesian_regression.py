"""Linear regression whose coefficients have a normal prior, of which the scale is learned.

MacKay (1992), Bayesian interpolation, Neural Computation 4: the log-likelihood here, with the
coefficients integrated out, is his log evidence.  The rows of `v` are covariates.
"""

from autoem import Axis, Given, Identity, Latent, Model, MultivariateNormal, Normal, Observed
from autoem import Parameter, Positive, Real, Zeros, dot


class BayesianRegression(Model):
    """One vector of coefficients, shared by all rows."""

    n, p = Axis("rows"), Axis("covariates")
    v = Given(Real(p), over=n)
    prior = Parameter(Positive())
    noise = Parameter(Positive())

    beta = Latent(MultivariateNormal(Zeros(p), cov=prior * Identity(p)))
    y = Observed(Normal(dot(v, beta), variance=noise), over=n)
