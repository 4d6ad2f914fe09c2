"""Log-normal times of which only intervals are known: visits before and after the event.

Lindsey and Ryan (1998), Tutorial in biostatistics: methods for interval-censored data, Statistics
in Medicine 17.  An event after the last visit has an infinite upper bound, an exact time equal
bounds.  The times to a deterioration of the breast are those of Finkelstein and Wolfe (1985).
"""

from autoem import Axis, Given, Latent, LogNormal, Model, NonNegative, Observed, Parameter
from autoem import Positive, Real, Within


class IntervalLogNormal(Model):
    """The event lies between two visits."""

    n = Axis("patients")
    lower, upper = Given(NonNegative(), over=n), Given(NonNegative(), over=n)
    mean = Parameter(Real())
    variance = Parameter(Positive())

    t = Latent(LogNormal(mean, variance=variance), over=n)
    seen = Observed(Within(t, lower=lower, upper=upper), over=n)
