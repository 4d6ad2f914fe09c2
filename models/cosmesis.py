"""Interval-censored times without a family: probability masses on the innermost intervals.

Turnbull (1976), The empirical distribution function with arbitrarily grouped, censored and
truncated data, Journal of the Royal Statistical Society B 38.  Row n of the table has a one for
each innermost interval that lies in (left, right].  The times to a deterioration of the breast
after radiotherapy are those of Finkelstein and Wolfe (1985).
"""

from autoem import Axis, Categorical, Evidence, Given, Latent, Model, NonNegative, Observed
from autoem import Parameter, Simplex


class Turnbull(Model):
    """A law on a few intervals, of which each row is compatible with some."""

    n, k = Axis("patients"), Axis("innermost intervals")
    compatible = Given(NonNegative(), over=(n, k))
    mass = Parameter(Simplex(k))

    z = Latent(Categorical(mass), over=n)
    seen = Observed(Evidence(compatible[z]), over=n)
