"""Overdispersed shares: multinomial counts whose probabilities differ from row to row.

Mosimann (1962), On the compound multinomial distribution, the multivariate beta-distribution, and
correlations among proportions, Biometrika 49; with its Dirichlet latent written out.
"""

from autoem import Axis, Count, Dirichlet, Given, Latent, Model, Multinomial, Observed, Parameter
from autoem import Positive


class DirichletMultinomial(Model):
    """Counts in categories, with probabilities for each row."""

    n, k = Axis("rows"), Axis("categories")
    total = Given(Count(), over=n)
    concentration = Parameter(Positive(k))

    p = Latent(Dirichlet(concentration), over=n)
    x = Observed(Multinomial(total, p), over=n)
