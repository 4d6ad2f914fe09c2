"""A hidden Markov tree: states are passed from parent to child, each node is measured.

Crouse, Nowak and Baraniuk (1998), IEEE Transactions on Signal Processing 46, 886: wavelet
coefficients, small or large, whose sizes persist across scales.

    autoem derive hidden_tree
"""

from autoem import Axis, Categorical, Given, Index, Latent, Model, Normal, Observed, Parameter
from autoem import Positive, Simplex, Tree, previous


class HiddenTree(Model):
    """Coefficients of mean zero whose variance is that of a hidden state."""

    v, k = Axis("nodes"), Axis("states")
    above = Given(Index(v), over=v)
    initial = Parameter(Simplex(k))
    transition = Parameter(Simplex(k), over=k)
    variance = Parameter(Positive(), over=k)
    z = Latent(
        Tree(root=Categorical(initial), then=Categorical(transition[previous]), parent=above),
        over=v,
    )
    x = Observed(Normal(0, variance=variance[z]), over=v)
