"""Regression with Student's t errors: outliers lose weight.

Lange, Little and Taylor (1989), Robust statistical modeling using the t distribution, Journal of
the American Statistical Association 84.  A t error is a normal one whose precision is a Gamma.  The
stack loss data are in Brownlee (1965); the rows of `v` are covariates with a leading 1.
"""

from autoem import Axis, Gamma, Given, Latent, Model, Normal, Observed, Parameter, Positive, Real
from autoem import dot


class StudentRegression(Model):
    """A linear regression in which each row has its own precision."""

    n, p = Axis("rows"), Axis("covariates")
    v = Given(Real(p), over=n)
    beta = Parameter(Real(p))
    scale2 = Parameter(Positive())
    nu = Parameter(Positive())

    u = Latent(Gamma(nu / 2, rate=nu / 2), over=n)
    y = Observed(Normal(dot(v, beta), variance=scale2 / u), over=n)
