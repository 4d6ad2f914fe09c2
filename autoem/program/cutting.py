"""Cut the E-step into functions that run one after another, for every block of rows.

A *side* is what a group of outputs needs.  Each side reads what the sides before it have computed;
what is the same for all rows goes to a function of its own, `fixed`, that is run once.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from autoem.program.ir import ROW_WEIGHT, Array, Contract, Function, Let
from autoem.program.simplify.context import depends
from autoem.program.walk import names_used


@dataclass(frozen=True)
class Side:
    """The outputs of one function; `replaceable` are those that a caller may change afterwards."""

    name: str
    outputs: tuple[Array, ...]
    comment: str = ""
    replaceable: tuple[str, ...] = ()


@dataclass
class Cutting:
    """One function being cut; `known` are the arrays that the sides so far have made."""

    whole: Function
    row: str | None
    fixed: tuple[Let, ...] = ()
    known: dict[str, Array] = field(default_factory=dict)
    functions: list[Function] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.varying = {a.name for a in self.whole.inputs if self.row is None or self.row in a.axes}
        for let in self.whole.body:
            if self.row is None or depends(let, self.row, self.varying):
                self.varying |= {target.name for target in let.targets}
        self.fixed = tuple(
            let for let in self.whole.body if let.targets[0].name not in self.varying
        )

    def cut(self, sides: Iterable[Side]) -> tuple[Function, tuple[Function, ...]]:
        """What is fixed, and the function of every side."""
        for side in sides:
            self._add(side)
        functions = tuple(self._with_shared(place) for place in range(len(self.functions)))
        given = tuple(array for array in self.whole.inputs if array.name != ROW_WEIGHT)
        read = {a.name: a for f in functions for a in f.inputs}
        wanted = {a.name: a for side in self.functions for a in side.outputs} | read
        made = {target.name: target for let in self.fixed for target in let.targets}
        free = {a.name: a for a in given if a.name not in self.varying}
        outputs = tuple(a for a in wanted.values() if a.name in made or a.name in free)
        fixed = Function("fixed", given, self.fixed, outputs)
        return fixed, functions

    def _add(self, side: Side) -> None:
        """The statements that the outputs need, but for what is known and fixed."""
        wanted = {a.name for a in side.outputs if a.name not in self.known}
        body: list[Let] = []
        for let in reversed(self.whole.body):
            names = {target.name for target in let.targets}
            if names & wanted and names <= self.varying:
                body.insert(0, let)
                wanted |= {name for name in names_used(let.operation) if name not in self.known}
        outputs = tuple(side.outputs)
        self.functions.append(Function(side.name, (), tuple(body), outputs, side.comment))
        stale = set(side.replaceable)
        for let in body:
            names = {target.name for target in let.targets}
            if set(names_used(let.operation)) & stale and not names & set(side.replaceable):
                stale |= names
        made = {target.name: target for let in body for target in let.targets}
        stale -= set(side.replaceable)
        self.known |= {name: array for name, array in made.items() if name not in stale}

    def _with_shared(self, place: int) -> Function:
        """The function with its inputs, and the outputs that later functions read besides."""
        function = self.functions[place]
        later = self.functions[place + 1 :]
        used = {name for f in later for let in f.body for name in names_used(let.operation)}
        used |= {a.name for f in later for a in f.outputs}
        made = {target.name for f in later for let in f.body for target in let.targets}
        own = [target for let in function.body for target in let.targets]
        listed = {array.name for array in function.outputs}
        shared = tuple(a for a in own if a.name in used - made and a.name not in listed)
        outputs = tuple(a for a in function.outputs if a.name in self.varying)
        return replace(function, inputs=self._inputs(function), outputs=(*outputs, *shared))

    def _inputs(self, function: Function) -> tuple[Array, ...]:
        """What a function reads, or measures its axes by."""
        own = {target.name for let in function.body for target in let.targets}
        used = {name for let in function.body for name in names_used(let.operation)}
        used |= {array.name for array in function.outputs}
        axes = {axis for let in function.body for target in let.targets for axis in target.axes}
        axes |= {axis for let in function.body for axis in _summed(let)}
        everything = {a.name: a for a in self.whole.inputs}
        everything |= {target.name: target for let in self.fixed for target in let.targets}
        measured = set(everything) - self.varying | {a.name for a in self.whole.inputs}
        everything |= self.known
        return tuple(
            array
            for name, array in everything.items()
            if name not in own and (name in used or (name in measured and axes & set(array.axes)))
        )


def _summed(let: Let) -> tuple[str, ...]:
    """The axes that a contraction sums over: it may count them alone."""
    return let.operation.over if isinstance(let.operation, Contract) else ()
