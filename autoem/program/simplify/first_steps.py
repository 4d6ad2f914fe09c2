"""What weighs only on the first step of a chain stands by itself, and no zeros are added elsewhere.

U[t, k] = where(t = 0, log initial[k], 0) + V[t, k]   ->   first[k] = log initial[k],  U = V
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from autoem.program.ir import (
    Array,
    Call,
    ForwardBackward,
    Function,
    Let,
    Map,
    Position,
    Ref,
    Scalar,
)
from autoem.program.simplify.constants import ZERO, opened
from autoem.program.simplify.context import Context
from autoem.program.walk import distinct, references, scalar_axes


def split_first_steps(function: Function, context: Context) -> Function:
    """Log weights that only a chain reads, without those of its first step."""
    reads = Counter(ref.name for let in function.body for ref in references(let.operation))
    made = {let.targets[0].name: let for let in function.body}
    changed: dict[str, tuple[Let, ...]] = {}
    for let in function.body:
        match let.operation:
            case ForwardBackward(Ref(name), more=(), parent=None, first=None) as chain:
                parts = reads[name] == 1 and name in made and _parts(made[name], chain)
                if parts:
                    own, rest = parts
                    axes = distinct(scalar_axes(own))
                    array = Array(context.fresh(f"first_{name}"), axes)
                    changed[name] = (
                        Let((array,), Map(own)), replace(made[name], operation=Map(rest)),
                    )  # fmt: skip
                    chain = replace(chain, first=Ref(array.name, axes))
                    changed[let.targets[0].name] = (replace(let, operation=chain),)
    body = (new for let in function.body for new in changed.get(let.targets[0].name, (let,)))
    return replace(function, body=tuple(body))


def _parts(weight: Let, chain: ForwardBackward) -> tuple[Scalar, Scalar] | None:
    """The summands at the first step, and the others."""
    if weight.targets[0].axes != chain.weight.axes:
        return None
    match weight.operation:
        case Map(Call("add", terms)):
            split = [(_at_first(term, chain.time), term) for term in opened(terms)]
            own = tuple(first for first, _ in split if first is not None)
            rest = tuple(term for first, term in split if first is None)
            return (_sum(own), _sum(rest)) if own and rest else None
    return None


def _at_first(term: Scalar, time: str) -> Scalar | None:
    """x of where(t = 0, x, 0)."""
    match term:
        case Call("where", (Call("equal", sides), yes, no)):
            if no == ZERO and set(sides) == {ZERO, Position(time)} and time not in scalar_axes(yes):
                return yes
    return None


def _sum(terms: tuple[Scalar, ...]) -> Scalar:
    return terms[0] if len(terms) == 1 else Call("add", terms)
