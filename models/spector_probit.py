"""Probit regression: a binary outcome as the sign of a normal variable that nobody sees.

Albert and Chib (1993), Bayesian analysis of binary and polychotomous response data, Journal of the
American Statistical Association 88.  The data, an improved grade after a new way of teaching, are
those of Spector and Mazzeo (1980); the rows of `v` are gpa, tuce and psi with a leading 1.
"""

from math import inf

from autoem import Axis, Binary, Given, Latent, Model, Normal, Observed, Parameter, Real, Within
from autoem import dot, where


class Probit(Model):
    """The grade is improved where the latent is above zero."""

    n, p = Axis("students"), Axis("covariates")
    v = Given(Real(p), over=n)
    grade = Given(Binary(), over=n)
    beta = Parameter(Real(p))

    w = Latent(Normal(dot(v, beta), variance=1), over=n)
    seen = Observed(Within(w, lower=where(grade, 0, -inf), upper=where(grade, inf, 0)), over=n)
