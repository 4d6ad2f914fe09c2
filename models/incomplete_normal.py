"""A normal vector of which some cells are missing.

Little and Rubin (2002), Statistical Analysis with Missing Data, chapter 11: the regression of
the missing cells on those that are seen, and its residual covariance, are the whole E-step.
Murray's twelve rows have a saddle at correlation 0 and two maxima at -1/2 and 1/2.

    autoem fit incomplete_normal examples/data/apple_crop.csv
"""

from autoem import Axis, Model, MultivariateNormal, Observed, Parameter, PositiveDefinite, Real


class IncompleteNormal(Model):
    """A Gaussian vector with missing cells."""

    n, d = Axis("rows"), Axis("variables")
    mean = Parameter(Real(d))
    cov = Parameter(PositiveDefinite(d))
    x = Observed(MultivariateNormal(mean, cov=cov), over=n)
