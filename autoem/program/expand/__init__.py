"""Residuals x[n,d] - mean[k,d] multiplied out about a common center: one matrix product for all k.

With c the center, x - mean = (x - c) + (c - mean) =: centered + offset.  A contraction with two
residuals becomes

    P r r'  =  P centered centered'  +  (P offset' + P' offset) centered  +  P offset offset'

whose row-wise factors have no k: products of the data that all k share, times coefficients that
are computed once.  What cancels is bounded by the same contraction with |P| and the largest
residual, `bound`: times the machine epsilon it is the error.  Where that leaves nine digits, this
form may be used; else the factored one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from autoem.program.expand.bound import Bounds
from autoem.program.expand.multiply import Expanding
from autoem.program.expand.residual import residuals, squares
from autoem.program.ir import Array, Function
from autoem.program.simplify.context import Context, varying


@dataclass(frozen=True)
class Expansion:
    """The function multiplied out; it also gives the centered rows, and bounds of what cancels."""

    function: Function
    centered: tuple[Array, ...]
    bounds: tuple[Array, ...]


def expand(function: Function, context: Context) -> Expansion | None:
    """The function with its residuals multiplied out; None where it has none worth it."""
    if context.row is None:
        return None
    found = {residual.target.name: residual for residual in residuals(function, context)}
    dependent = varying(function, context.row)
    bounds = Bounds(context, found, dependent)
    work = Expanding(context, found, squares(function, found), dependent, bounds)
    body = [new for let in function.body for new in work.statements(let)]
    if not bounds.arrays:
        return None
    centered = tuple(residual.centered for residual in found.values())
    outputs = (*function.outputs, *centered, *bounds.arrays)
    whole = replace(function, body=(*body, *bounds.lets), outputs=outputs)
    return Expansion(whole, centered, tuple(bounds.arrays))
