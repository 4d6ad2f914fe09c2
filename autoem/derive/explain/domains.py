"""Where parameters lie, as formulas: mean_k ∈ ℝ^D, noise_d > 0, 0 ≤ θ ≤ 1."""

from __future__ import annotations

from fractions import Fraction

from autoem.derive.explain.layout import ZERO, Call, Math, Number, Power, Product, Relation, Symbol
from autoem.derive.explain.names import Indexing
from autoem.derive.explain.notation import Notation, subscripted
from autoem.derive.index import fresh
from autoem.language.declaration import Parameter, Variable

REALS = Symbol("ℝ")


def domain(parameter: Parameter, notation: Notation) -> Relation:
    """Where a parameter lies."""
    names, plates = _plates(parameter, notation)
    symbol = subscripted(notation.symbol(parameter), plates)
    kind, event = parameter.domain.kind, parameter.domain.event
    sizes = tuple(notation.size(axis) for axis in event)
    entries = names.bind([fresh(axis) for axis in event])
    letters = tuple(entries.known.values())
    entry = subscripted(symbol, letters[len(plates) :])
    match kind:
        case "real" if event:
            return Relation((symbol, Power(REALS, _times(sizes))), ("∈",))
        case "positive":
            return Relation((entry, ZERO), (">",))
        case "nonnegative":
            return Relation((entry, ZERO), ("≥",))
        case "interval":
            lower, upper = (_bound(b) for b in (parameter.domain.lower, parameter.domain.upper))
            return Relation((lower, entry, upper), ("≤", "≤"))
        case "simplex":
            return Relation((symbol, Call("simplex", sizes[0])), ("∈",))
        case "positive_definite":
            return Relation((symbol, ZERO), ("≻",))
    return Relation((symbol, REALS), ("∈",))


def _times(sizes: tuple[Math, ...]) -> Math:
    """D × Q"""
    first, *others = sizes
    crossed = [part for size in others for part in (Symbol("×"), size)]
    return Product((first, *crossed)) if others else first


def _bound(value: Fraction | float | None) -> Math:
    if isinstance(value, Fraction | int):
        return Number(Fraction(value))
    return Symbol("∞") if value is not None and value > 0 else Symbol("−∞")


def _plates(variable: Variable, notation: Notation) -> tuple[Indexing, tuple[Math, ...]]:
    indices = [fresh(axis) for axis in variable.plates]
    names = notation.indexing(*indices)
    return names, tuple(names.known[index] for index in indices)
