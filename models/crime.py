"""A two-way table of which some people are classified by row only, by column only, or not at all.

Kadane (1985), Is victimization chronic? Journal of Econometrics 29; chapter 13 of Little and
Rubin, Statistical Analysis with Missing Data (2002).  Cells 0 to 3 are the table row by row.
"""

from autoem import Aggregate, Axis, Count, Given, Latent, Model, Multinomial, Observed, Parameter
from autoem import Simplex


class PartialMargins(Model):
    """One law of the cells, of which several coarsenings are counted."""

    cell = Axis("cells", size=4)
    people, unknown = Given(Count()), Given(Count())
    by_row, by_column = Given(Count()), Given(Count())
    p = Parameter(Simplex(cell))

    both = Observed(Multinomial(people, p))
    in_rows = Latent(Multinomial(by_row, p))
    in_columns = Latent(Multinomial(by_column, p))
    anywhere = Latent(Multinomial(unknown, p))
    row = Observed(Aggregate(in_rows, groups=[(0, 1), (2, 3)]))
    column = Observed(Aggregate(in_columns, groups=[(0, 2), (1, 3)]))
    neither = Observed(Aggregate(anywhere, groups=[(0, 1, 2, 3)]))
