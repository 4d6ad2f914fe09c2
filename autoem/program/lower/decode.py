"""decode as a function of the program: the best of each elimination, and the states read off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from autoem.derive.decode import Best, BestPath, States
from autoem.derive.quantity import Quantity
from autoem.program import ir
from autoem.program.lower.chains import parent
from autoem.program.lower.names import IndexNames

if TYPE_CHECKING:
    from autoem.program.lower.body import Body


def function(
    found: tuple[States, ...], body: Body, data: Mapping[Quantity, ir.Array]
) -> ir.Function | None:
    """Data and parameters to the states of each discrete latent; None without any."""
    if not found:
        return None
    outputs = tuple(body.array(each) for each in found)
    return ir.Function(
        "decode", tuple(data.values()), tuple(body.lets), outputs,
        "decode: the most probable states of the latents, together",
    )  # fmt: skip


def best(body: Body, base: Best) -> ir.Array:
    """The best value over the states of a latent, or its place."""
    key = ("best", base.operand.base, base.over)
    if key not in body.shared:
        names = IndexNames(body.axes)
        axes, over = names.all(base.indices), names.of(base.over)
        operation = ir.Best(body.ref(base.operand, names), over)
        _pair(body, key, base, (axes, axes), operation)
    return body.shared[(*key, base.part)]


def best_path(body: Body, base: BestPath) -> ir.Array:
    """The weight of the best path of a chain, or its states."""
    chain = base.chain
    key = ("best", chain.weight.base, chain.state)
    if key not in body.shared:
        names = IndexNames(body.axes)
        *plates, time, state = names.all((*chain.plates, chain.time, chain.state))
        weight, step = body.ref(chain.weight, names), body.ref(chain.step, names)
        up = parent(body, chain, names)
        operation = ir.BestPath(weight, step, time, state, names.of(chain.before), up)
        _pair(body, key, base, (tuple(plates), (*plates, time)), operation)
    return body.shared[(*key, base.part)]


def _pair(
    body: Body,
    key: tuple[object, ...],
    base: Quantity,
    axes: tuple[tuple[str, ...], tuple[str, ...]],
    operation: ir.Operation,
) -> None:
    """One statement for the value and the choice, made once."""
    stem = base.name.partition("_")[2]
    value, choice = (body.target(f"{part}_{stem}", a) for part, a in zip(PARTS, axes, strict=True))
    targets = value, replace(choice, kind="int")
    body.lets.append(ir.Let(targets, operation))
    body.shared[key] = value
    body.shared |= {(*key, part): target for part, target in zip(PARTS, targets, strict=True)}


PARTS = ("best", "choice")
"""The parts of `Best` and `BestPath`, in the order of the targets."""


def states(body: Body, base: States) -> ir.Array:
    """The choice at the states that are known."""
    names = IndexNames(body.axes)
    axes = names.all(base.indices)
    read = body.ref(base.choice, names)
    target = replace(body.target(base.name, axes), kind="int")
    return body.let(target, ir.Map(read))
