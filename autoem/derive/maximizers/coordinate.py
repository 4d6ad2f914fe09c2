"""coordinate: what an approximation hands on, as the means that the factors of a mean field hold.

It is found in the E-step.  The M-step has nothing to maximize: it hands the value on to the next
E-step.
"""

from __future__ import annotations

from autoem.derive.handed import Held
from autoem.derive.maximizers.problem import Problem, Update
from autoem.derive.quantity import Element, Statistic
from autoem.derive.term import Term


def coordinate(problem: Problem, held: Held) -> Update:
    """The value as the E-step has found it."""
    mean = held.value.base
    free = tuple(i for i in held.indices if i in held.value.indices)
    axes, name = tuple(index.axis for index in free), f"found_{mean.name}"
    found = Element(Statistic(name, axes, indices=free, definition=(Term(held.value),)), free)
    return Update(
        (held.quantity,),
        rule="coordinate",
        reason=held.reason,
        values=(problem.solved(held.quantity.name, "map", (found,), held.indices),),
        formula=(held.value,),
    )
