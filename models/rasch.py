"""Rasch's model of tests: the odds of a right answer depend on a person's ability and an item.

Rasch (1960), Probabilistic Models for Some Intelligence and Attainment Tests; by marginal maximum
likelihood as in Bock and Aitkin (1981), Psychometrika 46.  The abilities have no posterior in
closed form: `fit(derive(Rasch, posterior=quadrature()), ...)`.  The law school admission test of
Bock and Lieberman (1970) has log-likelihood -2466.938, discrimination 0.755135.
"""

from autoem import Axis, Bernoulli, Latent, Model, Normal, Observed, Parameter, Positive, Real


class Rasch(Model):
    """Right and wrong answers: items differ in how easy they are, and only in that."""

    n, j = Axis("persons"), Axis("items")
    slope = Parameter(Positive())
    ease = Parameter(Real(), over=j)

    ability = Latent(Normal(0, variance=1), over=n)
    right = Observed(Bernoulli(logits=slope * ability + ease), over=(n, j))
