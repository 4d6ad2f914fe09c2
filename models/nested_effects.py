"""Nested effects: pupils of a class share an effect, and the classes of a school another.

Goldstein (1986), Multilevel mixed linear model analysis using iterative generalized least squares,
Biometrika 73, 43.

    autoem derive nested_effects
"""

from autoem import Axis, Given, Index, Latent, Model, Normal, Observed, Parameter, Positive, Real
from autoem import dot


class NestedEffects(Model):
    """A regression with effects of the class and of its school."""

    i, g, h, p = Axis("pupils"), Axis("classes"), Axis("schools"), Axis("covariates")
    v = Given(Real(p), over=i)
    group, school = Given(Index(g), over=i), Given(Index(h), over=g)
    beta = Parameter(Real(p))
    omega2, tau2, sigma2 = Parameter(Positive()), Parameter(Positive()), Parameter(Positive())
    a = Latent(Normal(0, variance=omega2), over=h)
    b = Latent(Normal(0, variance=tau2), over=g)
    y = Observed(Normal(dot(v, beta) + a[school[group]] + b[group], variance=sigma2), over=i)
