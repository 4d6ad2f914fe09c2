"""tree: a discrete latent whose terms couple each node of a tree with its parent.

    log joint = sum_v  U[v, k] [z_v = k]  +  sum_(v below u)  W[j, k] [z_u = j] [z_v = k]

Upward from the leaves and downward from the roots, the recursion gives the normalizer and the
responsibilities of states, and of a node and its parent u as a product, as along a chain:

    P(z_u = j, z_v = k | x)  =  before[v, j] exp(W[j, k]) after[v, k] .

Source: Felsenstein (1981), Journal of Molecular Evolution 17, 368; Crouse, Nowak and Baraniuk
(1998), IEEE Transactions on Signal Processing 46, 886.
"""

from __future__ import annotations

from autoem.derive.log_joint import LogJoint
from autoem.derive.posterior import Posterior, Refusal
from autoem.derive.posteriors.chain import eliminated, law_of
from autoem.derive.quantity import Declared
from autoem.derive.term import Terms
from autoem.language.chain import Tree


def tree(
    joint: LogJoint, terms: Terms, latent: Declared, remaining: tuple[Declared, ...]
) -> Posterior:
    """Eliminate a discrete latent along the branches of its tree."""
    if not isinstance(law_of(latent), Tree):
        raise Refusal(f"{latent.name} follows no tree")
    reason = f"each node of {latent.name} is coupled with its parent: upward-downward"
    return eliminated(joint, terms, latent, remaining, ("tree", reason))
