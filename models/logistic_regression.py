"""Logistic regression: no latent variable, so that EM is a numeric maximization.

Spector and Mazzeo (1980), Journal of Economic Education 11: whether a new way of teaching economics
(`psi`) improved the grades of 32 students.  The rows of `v` are covariates with a leading 1.
"""

from autoem import Axis, Bernoulli, Given, Model, Observed, Parameter, Real, dot


class LogisticRegression(Model):
    """A binary outcome whose log odds are linear in the covariates."""

    n, p = Axis("rows"), Axis("covariates")
    v = Given(Real(p), over=n)
    beta = Parameter(Real(p))

    y = Observed(Bernoulli(logits=dot(v, beta)), over=n)
