"""The posterior rules, in the order in which they are tried; the first that matches gives its
reason."""

from collections.abc import Callable

from autoem.derive.log_joint import LogJoint
from autoem.derive.posterior import Posterior
from autoem.derive.posteriors.aggregate import aggregate
from autoem.derive.posteriors.chain import chain
from autoem.derive.posteriors.conjugate import conjugate
from autoem.derive.posteriors.conjugate_array import conjugate_array
from autoem.derive.posteriors.enumerate import enumerate_states
from autoem.derive.posteriors.gaussian import gaussian
from autoem.derive.posteriors.joint_gaussian import joint_gaussian
from autoem.derive.posteriors.product_chain import product_chain
from autoem.derive.posteriors.smoother import smoother
from autoem.derive.posteriors.split import split
from autoem.derive.posteriors.total import total
from autoem.derive.posteriors.tree import tree
from autoem.derive.posteriors.truncated import truncated
from autoem.derive.quantity import Declared
from autoem.derive.term import Terms

Rule = Callable[[LogJoint, Terms, Declared, tuple[Declared, ...]], Posterior]

RULES: tuple[Rule, ...] = (
    *(enumerate_states, chain, tree, product_chain, conjugate),
    *(gaussian, smoother, joint_gaussian, conjugate_array),
)
"""For a latent that only the log joint speaks of."""

CONDITIONED: tuple[Rule, ...] = (truncated, total, aggregate, split)
"""For a latent between bounds, for one with an observed total, for cells with sums, and for cells
beside others that are seen."""
