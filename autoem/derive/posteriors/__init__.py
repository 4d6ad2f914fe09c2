"""The posterior rules, in the order in which they are tried; the first that matches gives its
reason."""

from autoem.derive.posteriors.aggregate import aggregate
from autoem.derive.posteriors.chain import chain
from autoem.derive.posteriors.conjugate import conjugate
from autoem.derive.posteriors.enumerate import enumerate_states
from autoem.derive.posteriors.gaussian import gaussian
from autoem.derive.posteriors.smoother import smoother
from autoem.derive.posteriors.truncated import truncated

RULES = (enumerate_states, chain, aggregate, conjugate, gaussian, smoother)

BOUNDED = (truncated,)
"""The rules for a latent that is known to lie between bounds; no other reads them."""
