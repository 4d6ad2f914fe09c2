"""What an iteration ends with: a value with advice in it."""

from __future__ import annotations

from dataclasses import dataclass, field

from autoem.runtime.arrays import Arrays
from autoem.runtime.edges import Place


# --- standalone: begin
@dataclass(frozen=True)
class Outcome:
    """Where the iteration ended, and why.

    `result` is one of converged, max_iterations, degenerate, boundary, decreased, interrupted;
    `places` are the entries that it is about; `trace` has the objective at the start and after
    each of `iterations` maps; `reference` are parameters of ordinary size; `jumps` are those of
    an acceleration; of the entries `silent` no data speak; a `remark` says more than the result.
    """

    result: str
    places: tuple[Place, ...]
    parameters: Arrays
    objective: float
    trace: tuple[float, ...] = field(repr=False)
    iterations: int
    reference: Arrays = field(default_factory=dict, repr=False)
    jumps: int = 0
    silent: tuple[Place, ...] = ()
    remark: str = ""

    @property
    def advice(self) -> str:
        """What happened, where and when, and what to do about it."""
        return self.remark or advice(self.result, self.places, self.iterations, self.silent)


ADVICE = {
    "converged": "The objective has reached its limit.",
    "max_iterations": "Not converged: raise max_iterations, or start from these parameters.",
    "decreased": "The objective fell: the M-step or the E-step is wrong, or digits are lost.",
    "interrupted": "Stopped by hand: these are the best parameters so far.",
    "boundary": "The optimum lies on the edge of the domain, or at infinity: no standard error "
    "exists there.",
    "degenerate": "The objective has no maximum on this path: start elsewhere, use fewer "
    "components, or give the parameter a prior.",
}
"""What to do about each result."""

SEEN = {
    "degenerate": "Collapsed, or without data",
    "boundary": "At the edge",
    "max_iterations": "Creeping towards the edge",
}
"""What is said of the entries that a verdict names."""


def advice(
    result: str, places: tuple[Place, ...], iterations: int, silent: tuple[Place, ...] = ()
) -> str:
    """The sentence for a result, led by the entries that it is about.

    >>> advice("boundary", (("noise", (2,)),), 70)[:37]
    'At the edge: noise[2] (iteration 70).'
    """
    seen = f"{SEEN[result]}: {listed(places)} (iteration {iterations}). " if places else ""
    kept = f" Without data: {listed(silent)}, as at the start." if silent else ""
    return seen + ADVICE[result] + kept


def listed(places: tuple[Place, ...]) -> str:
    """The names of entries, of many the first."""
    names = [f"{name}{list(index) if index else ''}" for name, index in places]
    return ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")


# --- standalone: end
