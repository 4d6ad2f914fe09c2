"""Overdispersed counts: a Poisson whose rate differs from row to row, as a Gamma.

The mixture of Greenwood and Yule (1920), Journal of the Royal Statistical Society 83; with its
Gamma latent written out, the shape is found by EM.  Articles of 915 biochemists (Long 1990): shape
1.706205, mean 1.692896.
"""

from autoem import Axis, Gamma, Latent, Model, Observed, Parameter, Poisson, Positive


class NegativeBinomialCounts(Model):
    """Poisson counts with Gamma rates of the given mean."""

    n = Axis("rows")
    shape = Parameter(Positive())
    mean = Parameter(Positive())

    rate = Latent(Gamma(shape, rate=shape / mean), over=n)
    x = Observed(Poisson(rate), over=n)
