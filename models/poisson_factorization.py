"""Poisson factorization: counts of users and items as sums over factors that both have.

Gopalan, Hofman and Blei (2015), Uncertainty in Artificial Intelligence 31; Cemgil (2009),
Computational Intelligence and Neuroscience.  Tastes and traits multiply, and depend on each other:
`derive(PoissonFactorization, posterior=mean_field())` gives each a factor of its own.
"""

from autoem import Axis, Gamma, Latent, Model, Observed, Parameter, Poisson, Positive, Total


class PoissonFactorization(Model):
    """A non-negative factorization of a table of counts, with Gamma laws of its factors."""

    u, i, k = Axis("users"), Axis("items"), Axis("factors")
    a, b = Parameter(Positive()), Parameter(Positive())

    taste = Latent(Gamma(a, rate=1), over=(u, k))
    trait = Latent(Gamma(b, rate=1), over=(i, k))
    z = Latent(Poisson(taste * trait), over=(u, i, k))
    y = Observed(Total(z, over=k), over=(u, i))
