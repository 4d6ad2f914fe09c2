"""Crossed effects: a row meets one element of each of two sets, subjects and items.

Baayen, Davidson and Bates (2008), Mixed-effects modeling with crossed random effects for subjects
and items, Journal of Memory and Language 59, 390. The set with more elements is declared first:
the other one is taken together, with one dense matrix.

    autoem derive crossed_effects
"""

from autoem import Axis, Given, Index, Latent, Model, Normal, Observed, Parameter, Positive, Real
from autoem import dot


class CrossedEffects(Model):
    """A regression with effects of the subject and of the item."""

    i, g, h, p = Axis("rows"), Axis("subjects"), Axis("items"), Axis("covariates")
    v = Given(Real(p), over=i)
    subject, item = Given(Index(g), over=i), Given(Index(h), over=i)
    beta = Parameter(Real(p))
    omega2, tau2, sigma2 = Parameter(Positive()), Parameter(Positive()), Parameter(Positive())
    a = Latent(Normal(0, variance=omega2), over=g)
    b = Latent(Normal(0, variance=tau2), over=h)
    y = Observed(Normal(dot(v, beta) + a[subject] + b[item], variance=sigma2), over=i)
