"""Paired comparisons, as races: who has the shorter exponential time wins.

Bradley and Terry (1952), Rank analysis of incomplete block designs, Biometrika 39, 324; the latent
time of Caron and Doucet (2012), Efficient Bayesian inference for generalized Bradley-Terry models,
Journal of Computational and Graphical Statistics 21, 174.

    autoem derive bradley_terry
"""

from autoem import Axis, Bernoulli, Exponential, Given, Index, Latent, Model, Observed, Parameter
from autoem import Positive


class BradleyTerry(Model):
    """Whether the first of a pair beats the second."""

    n, g = Axis("games"), Axis("players")
    first, second = Given(Index(g), over=n), Given(Index(g), over=n)
    skill = Parameter(Positive(), over=g)
    time = Latent(Exponential(rate=skill[first] + skill[second]), over=n)
    won = Observed(Bernoulli(skill[first] / (skill[first] + skill[second])), over=n)
