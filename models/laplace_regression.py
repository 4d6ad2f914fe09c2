"""Regression with Laplace errors: least absolute deviations, by a variance for each row.

Phillips (2002), Least absolute deviations estimation via the EM algorithm, Statistics and Computing
12: a Laplace error is a normal one whose variance is exponential.  The weight of a row is one over
its residual, and grows without end where the best plane meets the row.
"""

from autoem import Axis, Exponential, Given, Latent, Model, Normal, Observed, Parameter, Positive
from autoem import Real, dot


class LaplaceRegression(Model):
    """A linear regression in which each row has its own variance."""

    n, p = Axis("rows"), Axis("covariates")
    v = Given(Real(p), over=n)
    beta = Parameter(Real(p))
    scale = Parameter(Positive())

    w = Latent(Exponential(rate=1 / (2 * scale**2)), over=n)
    y = Observed(Normal(dot(v, beta), variance=w), over=n)
