"""Accelerated life tests: hours to failure of motor insulation, censored when a test is stopped.

Schmee and Hahn (1979), A simple method for regression analysis with censored data, Technometrics
21.  The log10 of the hours is normal about a line in 1000 / (temperature + 273.2), the rows of `v`
with a leading 1.  A failure has equal bounds, a motorette that still runs an infinite upper one.
"""

from autoem import Axis, Given, Latent, Model, Normal, Observed, Parameter, Positive, Real, Within
from autoem import dot


class Motorettes(Model):
    """A linear regression of values that are known to lie between two bounds."""

    n, p = Axis("motorettes"), Axis("covariates")
    v = Given(Real(p), over=n)
    lower, upper = Given(Real(), over=n), Given(Real(), over=n)
    beta = Parameter(Real(p))
    sigma2 = Parameter(Positive())

    t = Latent(Normal(dot(v, beta), variance=sigma2), over=n)
    seen = Observed(Within(t, lower=lower, upper=upper), over=n)
