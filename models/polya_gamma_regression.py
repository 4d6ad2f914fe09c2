"""Logistic regression by a latent that makes it a weighted least squares.

Polson, Scott and Windle (2013), Bayesian inference for logistic models using Polya-Gamma latent
variables, JASA 108: given w the log joint is quadratic in the logits, and E[w] is the weight of a
row.  The same iteration as Jaakkola and Jordan (2000), Statistics and Computing 10.
"""

from autoem import Axis, Bernoulli, Given, Latent, Model, Observed, Parameter, PolyaGamma, Real, dot


class PolyaGammaRegression(Model):
    """A binary outcome whose log odds are linear in the covariates, with a closed M-step."""

    n, p = Axis("rows"), Axis("covariates")
    v = Given(Real(p), over=n)
    beta = Parameter(Real(p))

    w = Latent(PolyaGamma(1, tilt=dot(v, beta)), over=n)
    y = Observed(Bernoulli(logits=dot(v, beta)), over=n)
