"""Two-parameter item response: items differ in how easy they are and in how much they tell.

Birnbaum (1968), in Lord and Novick, Statistical Theories of Mental Test Scores; by marginal maximum
likelihood as in Bock and Aitkin (1981), Psychometrika 46.  The abilities have no posterior in
closed form: `fit(derive(ItemResponse, posterior=quadrature()), ...)`.  The law school admission
test of Bock and Lieberman (1970) has log-likelihood -2466.653.
"""

from autoem import Axis, Bernoulli, Latent, Model, Normal, Observed, Parameter, Positive, Real


class ItemResponse(Model):
    """Right and wrong answers, with a discrimination of each item."""

    n, j = Axis("persons"), Axis("items")
    slope = Parameter(Positive(), over=j)
    ease = Parameter(Real(), over=j)

    ability = Latent(Normal(0, variance=1), over=n)
    right = Observed(Bernoulli(logits=slope * ability + ease), over=(n, j))
