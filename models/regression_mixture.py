"""A mixture of linear regressions: each row follows one of several lines.

Carbon dioxide on gross national product in 28 countries: Hurn, Justel and Robert (2003), Estimating
mixtures of regressions, Journal of Computational and Graphical Statistics 12.  The rows of `v` are
the covariates with a leading 1 for the intercept.
"""

from autoem import Axis, Categorical, Given, Latent, Model, Normal, Observed, Parameter, Positive
from autoem import Real, Simplex, dot


class RegressionMixture(Model):
    """Rows from several regression lines, each with its own noise."""

    n, k, p = Axis("rows"), Axis("regressions"), Axis("covariates")
    v = Given(Real(p), over=n)
    weight = Parameter(Simplex(k))
    beta = Parameter(Real(p), over=k)
    variance = Parameter(Positive(), over=k)

    z = Latent(Categorical(weight), over=n)
    y = Observed(Normal(dot(v, beta[z]), variance=variance[z]), over=n)
