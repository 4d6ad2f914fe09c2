"""The score as functions of the program: sums over weighted rows, and what priors add once."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from autoem.derive.quantity import Quantity
from autoem.derive.rows import is_prior
from autoem.derive.score import Slope, score
from autoem.derive.stages import Derivation
from autoem.derive.term import Terms
from autoem.language.expression import Axis
from autoem.program import ir
from autoem.program.lower.body import Body
from autoem.program.lower.names import AxisNames, IndexNames
from autoem.program.lower.rows import weighted
from autoem.program.lower.sums import total

Arrays = Mapping[Quantity, ir.Array]


def score_functions(
    derivation: Derivation, axes: AxisNames, declared: Arrays, given: Arrays, row: Axis | None
) -> tuple[ir.Function, ir.Function | None]:
    """The score of the rows, from what statistics read too; that of the priors, if there are."""
    slopes = score(derivation.surrogate)
    priors = [tuple(t for t in s.terms if is_prior(derivation, t)) for s in slopes]
    rows = [
        weighted(tuple(t for t in s.terms if t not in prior), row)
        for s, prior in zip(slopes, priors, strict=True)
    ]
    of_rows = _function(
        "score", dict(zip(slopes, rows, strict=True)), Body(axes, given),
        "score: the gradient of Q, which at the old parameters is that of the log-likelihood",
    )  # fmt: skip
    if not any(priors):
        return of_rows, None
    parameters: Arrays = {s.parameter: declared[s.parameter] for s in slopes}
    of_priors = _function(
        "prior_score", dict(zip(slopes, priors, strict=True)), Body(axes, parameters),
        "the gradient of the log density of the parameters",
    )  # fmt: skip
    return of_rows, of_priors


def _function(name: str, slopes: dict[Slope, Terms], body: Body, comment: str) -> ir.Function:
    outputs = tuple(_output(body, slope, terms) for slope, terms in slopes.items())
    inputs = tuple(dict.fromkeys(body.given.values()))
    return ir.Function(name, inputs, tuple(body.lets), outputs, comment)


def _output(body: Body, slope: Slope, terms: Terms) -> ir.Array:
    """The gradient by one parameter, an array like it; zero where no term mentions it."""
    name = ir.SCORE + slope.parameter.name
    axes = IndexNames(body.axes).all(slope.indices)
    if not terms:
        return body.let(body.target(name, axes), ir.Map(ir.Number(Fraction(0))))
    if not slope.logarithmic:
        return total(body, name, terms, slope.indices)
    relative = total(body, f"log_{name}", terms, slope.indices)
    parameter = ir.Ref(body.array(slope.parameter).name, axes)
    inverse = ir.Call("power", (parameter, ir.Number(Fraction(-1))))
    quotient = ir.Call("multiply", (ir.Ref(relative.name, axes), inverse))
    return body.let(body.target(name, axes), ir.Map(quotient))
