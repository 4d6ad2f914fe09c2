"""decode as a function of the program: the best of each elimination, and the states read off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from autoem.derive.best import Best, BestPath
from autoem.derive.decode import States
from autoem.derive.quantity import Quantity
from autoem.program import ir
from autoem.program.lower.chains import recursion
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
        _shared(body, key, (base.name.partition("_")[2],), (axes, axes), operation)
    return body.shared[(*key, base.part, 0)]


def best_path(body: Body, base: BestPath) -> ir.Array:
    """The weight of the best path of a chain, or its states."""
    chain = base.chain
    key = ("best", chain.weight.base, chain.state)
    if key not in body.shared:
        names = IndexNames(body.axes)
        names.all((*chain.plates, chain.time, *chain.states))
        operation = ir.BestPath(*recursion(body, chain, names))
        plates = names.all(chain.plates)
        _shared(body, key, base.latents, (plates, (*plates, operation.time)), operation)
    return body.shared[(*key, base.part, base.position)]


def _shared(
    body: Body,
    key: tuple[object, ...],
    latents: tuple[str, ...],
    axes: tuple[tuple[str, ...], tuple[str, ...]],
    operation: ir.Operation,
) -> None:
    """One statement for the value and the choice of each latent, made once."""
    value = body.target(f"best_{'_'.join(latents)}", axes[0])
    choices = [replace(body.target(f"choice_{name}", axes[1]), kind="int") for name in latents]
    body.lets.append(ir.Let((value, *choices), operation))
    for position, choice in enumerate(choices):
        body.shared[(*key, "choice", position)] = choice
    body.shared |= {key: value, (*key, "best", 0): value}


def states(body: Body, base: States) -> ir.Array:
    """The choice at the states that are known."""
    names = IndexNames(body.axes)
    axes = names.all(base.indices)
    read = body.ref(base.choice, names)
    target = replace(body.target(base.name, axes), kind="int")
    return body.let(target, ir.Map(read))
