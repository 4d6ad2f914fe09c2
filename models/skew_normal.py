"""Skew-normal data: a normal variable pushed to one side by another of which only the size counts.

Azzalini (1985), A class of distributions which includes the normal ones, Scandinavian Journal of
Statistics 12: with delta = skew / sqrt(skew^2 + variance), x is skew-normal of that delta.  Zero
skew is a stationary point of every likelihood here, an inflection that a fit reports and leaves.
"""

from autoem import Axis, Latent, Model, Normal, Observed, Parameter, Positive, Real, Truncated


class SkewNormal(Model):
    """A normal variable plus a multiple of a half-normal one."""

    n = Axis("rows")
    mean = Parameter(Real())
    skew = Parameter(Real())
    variance = Parameter(Positive())

    u = Latent(Truncated(Normal(0, variance=1), lower=0), over=n)
    x = Observed(Normal(mean + skew * u, variance=variance), over=n)
