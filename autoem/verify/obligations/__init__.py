"""The obligations: what has to be shown of a derivation, one idea a file."""

from collections.abc import Callable, Iterator

from autoem.verify.case import Case
from autoem.verify.certificate import Obligation
from autoem.verify.obligations.agreement import agreement
from autoem.verify.obligations.ascent import ascent
from autoem.verify.obligations.bound import bound
from autoem.verify.obligations.decode import decode
from autoem.verify.obligations.expansion import expansion
from autoem.verify.obligations.gibbs import gibbs
from autoem.verify.obligations.grids import grids
from autoem.verify.obligations.laplace import laplace
from autoem.verify.obligations.maximizer import maximizer
from autoem.verify.obligations.mean_field import mean_field
from autoem.verify.obligations.posterior import posterior
from autoem.verify.obligations.surrogate import surrogate

Examination = Callable[[Case], Iterator[Obligation]]

EXAMINATIONS: tuple[Examination, ...] = (
    expansion,
    posterior,
    bound,
    surrogate,
    maximizer,
    agreement,
    decode,
    ascent,
)

OF_MODES: tuple[Examination, ...] = (expansion, laplace)
"""For an approximation at the mode, of which brute force is another one."""

OF_BOUNDS: tuple[Examination, ...] = (expansion, mean_field)
"""For a mean field, whose objective is a bound and has parameters that the model has not."""

OF_DRAWS: tuple[Examination, ...] = (expansion, gibbs)
"""For Gibbs sampling, whose E-step is exact in the mean."""

OF_GRIDS: tuple[Examination, ...] = (expansion, grids)
"""For vectors that are replaced by nodes about a mode."""
