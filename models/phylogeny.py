"""Characters on a phylogeny: they change along the branches and are seen at the tips.

Felsenstein (1981), Journal of Molecular Evolution 17, 368: his pruning is the upward recursion. A
character that is not seen at a tip is summed over; a change has one probability on all branches.

    autoem derive phylogeny
"""

from autoem import Axis, Categorical, Given, Index, Latent, Model, Observed, Parameter, Simplex
from autoem import Tree, previous


class Phylogeny(Model):
    """Sites of an alignment evolve along one known tree; tips are read with known errors."""

    s, v, a = Axis("sites"), Axis("nodes"), Axis("characters")
    tips = Axis("tips")
    ancestor, tip = Given(Index(v), over=v), Given(Index(v), over=tips)
    root = Parameter(Simplex(a))
    change = Parameter(Simplex(a), over=a)
    reading = Given(Simplex(a), over=a)
    z = Latent(
        Tree(root=Categorical(root), then=Categorical(change[previous]), parent=ancestor),
        over=(s, v),
    )
    x = Observed(Categorical(reading[z[tip]]), over=(s, tips))
