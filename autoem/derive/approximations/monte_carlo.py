"""monte_carlo: latents are drawn, by importance sampling or by a Markov chain."""

from __future__ import annotations

from dataclasses import dataclass

from autoem.derive.approximations.approximation import Approximation
from autoem.derive.approximations.by_nodes import MOST, Nodes
from autoem.derive.log_joint import LogJoint
from autoem.derive.node import IntegrationRule
from autoem.derive.posterior import Posterior, Refusal
from autoem.derive.quantity import Declared
from autoem.derive.term import Terms
from autoem.errors import BadOption

MOST_SWEEPS = 100_000
DRAWN = "mean complete-data log-likelihood of the draws"


@dataclass(frozen=True)
class Gibbs(Approximation):
    """`draws` sweeps of an E-step to begin with, after `burn_in` of the first one; `tolerance` is
    the gain of log-likelihood below which a step of EM is none."""

    draws: int
    burn_in: int
    seed: int
    tolerance: float

    @property
    def name(self) -> str:
        return "gibbs"

    @property
    def objective(self) -> str:
        return DRAWN

    @property
    def likelihood(self) -> bool:
        return False

    @property
    def options(self) -> dict[str, float]:
        """What the runtime reads."""
        sweeps = {"draws": self.draws, "burn_in": self.burn_in, "seed": self.seed}
        return {**sweeps, "tolerance": self.tolerance}

    def eliminate(
        self, joint: LogJoint, terms: Terms, latent: Declared, remaining: tuple[Declared, ...]
    ) -> Posterior:
        """No latent by itself: a block is drawn in turn (`autoem/derive/gibbs.py`)."""
        raise Refusal("the latents of a block are drawn in turn")


KERNELS = ("importance", "gibbs")
TOLERANCES = {"importance": 1e-5, "gibbs": 0.05}


def monte_carlo(
    draws: int = 64,
    seed: int = 0,
    tolerance: float | None = None,
    kernel: str = "importance",
    burn_in: int = 100,
) -> Approximation:
    """Q as the complete-data log-likelihood of a hypothetical data set, in which latents are drawn.

    kernel="importance": each scalar latent from a heavy-tailed law about its mode, weighted.  The
    objective is an estimate of the log-likelihood.  A fit doubles the draws where it falls, or
    changes by more than `tolerance * (1 + |it|)` (1e-5) with twice as many.

    kernel="gibbs": each latent in turn from its law given all others, which the exact rules derive.
    The chain goes on from one iteration to the next, after `burn_in` sweeps of the first.  An
    iteration begins with `draws` sweeps, and goes on until the gain of Q is surely above zero: as
    draws of a chain depend on each other, its standard error is by batch means.  Where the gain is
    surely below `tolerance` (0.01: a tenth of a standard error of the parameters), the fit ends
    with the mean of some more iterations.  The log-likelihood is not estimated.

    Errors: `BadOption`.  Source: Wei and Tanner (1990), JASA 85; Levine and Casella (2001), JCGS
    10; Caffo, Jank and Jones (2005), JRSS B 67.

    >>> monte_carlo(draws=128).name, monte_carlo(kernel="gibbs").name
    ('monte_carlo', 'gibbs')
    """
    if kernel not in KERNELS:
        raise BadOption(option="kernel", value=kernel, expected=" or ".join(KERNELS))
    most = MOST if kernel == "importance" else MOST_SWEEPS
    if not 1 <= draws <= most:
        raise BadOption(option="draws", value=draws, expected=f"a whole number from 1 to {most}")
    if seed < 0:
        raise BadOption(option="seed", value=seed, expected="a whole number from 0")
    if burn_in < 0:
        raise BadOption(option="burn_in", value=burn_in, expected="a whole number from 0")
    tolerance = TOLERANCES[kernel] if tolerance is None else float(tolerance)
    if not tolerance > 0:
        raise BadOption(option="tolerance", value=tolerance, expected="a number above 0")
    if kernel == "gibbs":
        return Gibbs(int(draws), int(burn_in), int(seed), tolerance)
    rule = IntegrationRule("draws", int(draws), int(seed))
    name = "Monte Carlo estimate of the log-likelihood"
    return Nodes("monte_carlo", rule, tolerance, name)
