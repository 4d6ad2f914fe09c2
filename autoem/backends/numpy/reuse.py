"""Which arrays of a function need no name, and which may be overwritten."""

from __future__ import annotations

from collections import Counter

from autoem.program.ir import Call, Contract, Function, Let, LogSumExp, Map, Ref
from autoem.program.walk import references


def unnamed(function: Function) -> frozenset[str]:
    """Contractions that stand once, as a term of a sum over the same axes: they are written there.

    NumPy then adds in place, since it sees that nobody else holds the result of the contraction.
    """
    reads = _reads(function)
    made = {let.targets[0].name: let for let in function.body}
    found: list[str] = []
    for let in function.body:
        match let.operation:
            case Map(Call("add", terms)):
                for term in terms:
                    if isinstance(term, Ref) and reads[term.name] == 1 and term.name in made:
                        same = set(term.axes) == set(let.targets[0].axes)
                        found += [term.name] * (same and _is_product(made[term.name]))
    return frozenset(found)


def _is_product(let: Let) -> bool:
    operation = let.operation
    if not isinstance(operation, Contract) or let.comment:
        return False
    plain = bool(operation.over) and not operation.guards and operation.scale > 0
    return plain and len(operation.factors) == 2


def overwritten(function: Function) -> frozenset[str]:
    """Sums that only their own log sum exp and its shares read."""
    reads = _reads(function)
    fresh = {
        let.targets[0].name
        for let in function.body
        if isinstance(let.operation, Map)
        and isinstance(let.operation.expression, Call)
        and let.operation.expression.function == "add"
    }
    exponents = {
        let.operation.operand.name for let in function.body if isinstance(let.operation, LogSumExp)
    }
    return frozenset(name for name in fresh if name in exponents and reads[name] <= 2)


def _reads(function: Function) -> Counter[str]:
    """How often each array is read; an output counts many times."""
    reads = Counter(ref.name for let in function.body for ref in references(let.operation))
    for array in function.outputs:
        reads[array.name] += 100
    return reads
