"""Incomes above a threshold that nobody told: a Pareto tail for each country.

Quandt (1966), Old and new methods of estimation and the Pareto distribution, Metrika 10: the best
threshold is the smallest income, whatever the shape of the tail.
"""

from autoem import Axis, Given, Index, Model, Observed, Parameter, Pareto, Positive


class ParetoGroups(Model):
    """Each country has a threshold and a tail of its own."""

    n, g = Axis("people"), Axis("countries")
    country = Given(Index(g), over=n)
    shape = Parameter(Positive(), over=g)
    minimum = Parameter(Positive(), over=g)

    x = Observed(Pareto(shape[country], minimum=minimum[country]), over=n)
