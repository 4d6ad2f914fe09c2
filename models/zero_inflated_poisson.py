"""Counts with more zeros than a Poisson: some rows could never have been anything but zero.

Lambert (1992), Technometrics 34.  Articles published by 915 biochemists in their doctoral years:
Long (1990), Social Forces 68; without covariates p is 0.206618 and the rate 2.133772.
"""

from autoem import Axis, Bernoulli, Interval, Latent, Model, Observed, Parameter, Poisson
from autoem import Positive, where


class ZeroInflatedPoisson(Model):
    """A Poisson count, or zero for certain."""

    n = Axis("rows")
    p = Parameter(Interval(0, 1))
    rate = Parameter(Positive())

    barren = Latent(Bernoulli(p), over=n)
    x = Observed(Poisson(where(barren, 0, rate)), over=n)
