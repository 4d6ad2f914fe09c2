"""Genetic linkage: 197 animals in four classes, of which the first is two classes seen as one.

Rao (1973), Linear Statistical Inference, section 5g; the opening example of Dempster, Laird and
Rubin (1977), Journal of the Royal Statistical Society B 39.  From the counts 125, 18, 20 and 34
theta is (15 + sqrt(53809)) / 394 = 0.626821.
"""

from autoem import (
    Aggregate,
    Count,
    Given,
    Interval,
    Latent,
    Model,
    Multinomial,
    Observed,
    Parameter,
)


class GeneticLinkage(Model):
    """A multinomial whose first two cells are only counted together."""

    animals = Given(Count())
    theta = Parameter(Interval(0, 1))

    x = Latent(
        Multinomial(animals, [1 / 2, theta / 4, (1 - theta) / 4, (1 - theta) / 4, theta / 4])
    )
    y = Observed(Aggregate(x, groups=[(0, 1), (2,), (3,), (4,)]))
