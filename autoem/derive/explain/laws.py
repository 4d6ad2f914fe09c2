"""The declarations of a model as formulas: domains of parameters, laws of variables.

mean_k ∈ ℝ^D,      x_n | z_n = k ~ N(mean_k, cov_k)
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product

import sympy

from autoem.derive.elaborate import Reader as ExpressionReader
from autoem.derive.explain.conditions import IDENTITY
from autoem.derive.explain.layout import (
    Add,
    Call,
    Conditioned,
    Density,
    Listing,
    Math,
    Number,
    Power,
    Product,
    Relation,
    Symbol,
    Words,
    equation,
)
from autoem.derive.explain.names import Indexing
from autoem.derive.explain.notation import Notation, subscripted
from autoem.derive.explain.page import inside
from autoem.derive.explain.read import Reader
from autoem.derive.index import Index, Read, fresh
from autoem.derive.quantity import Declared
from autoem.derive.scope import Scope
from autoem.derive.term import Term
from autoem.language import expression
from autoem.language.construct import Aggregate
from autoem.language.declaration import Latent, Parameter, Random, Variable
from autoem.language.distribution import Distribution, Law
from autoem.language.expression import Axis, Expression
from autoem.language.notation import sentence

SHORT = {"Normal": "N", "MultivariateNormal": "N"}
LABELED = ("rate", "scale", "logits")
"""Arguments that are named in the law of a variable; a first one only where it is logits."""
ZERO, ONE = Number(Fraction(0)), Number(Fraction(1))
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


def declarations(names: Notation) -> tuple[Relation, ...]:
    """The domains of the parameters and the laws of all variables, a line each."""
    declaration, laws = names.declaration, LawReader(names)
    lines = [domain(parameter, names) for parameter in declaration.parameters]
    for variable in declaration.variables:
        if isinstance(variable, Parameter) and variable.prior is not None:
            lines += list(laws.lines(variable, variable.prior))
        if isinstance(variable, Random):
            lines += list(laws.lines(variable, variable.distribution))
    return tuple(lines)


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


@dataclass(frozen=True)
class LawReader:
    """Reads laws; in a law every event may be hidden, a probability vector too."""

    notation: Notation

    def lines(self, variable: Variable, law: Law) -> Iterator[Relation]:
        """The law of a variable, one line for each combination of its binary latents."""
        if isinstance(law, Aggregate):
            yield from self._sums(variable, law)
        elif isinstance(law, Distribution):
            binary = [v for v in _mentioned(law) if _is_binary(v)]
            for states in product((1, 0), repeat=len(binary)):
                yield self._line(variable, law, dict(zip(binary, states, strict=True)))
        else:
            name, _, words = sentence(variable.name, law).partition("~")
            yield Relation((Words(name.strip()), Words(words.strip())), ("~",))

    def _line(self, variable: Variable, law: Distribution, binary: dict[Variable, int]) -> Relation:
        plates = {axis: fresh(axis) for axis in variable.plates}
        reader = ExpressionReader(Scope(), binary)
        values = self._values(law, reader, plates)
        names = self.notation.indexing(*plates.values()).bind(reader.states.values())
        given: list[Math] = [
            equation(self._at(latent, names, indices), names.named(state))
            for (latent, indices), state in reader.states.items()
        ]
        given += [
            equation(self._at(v, names, [plates[a] for a in v.plates]), Number(Fraction(state)))
            for v, state in binary.items()
        ]
        given += [latent for latent in self._numbers(values, names) if latent not in given]
        own = self._at(variable, names, list(plates.values()))
        left = Conditioned(own, tuple(given)) if given else own
        return Relation((left, self._density(law, reader, plates, names)), ("~",))

    def _values(
        self, law: Distribution, reader: ExpressionReader, plates: dict[Axis, Index]
    ) -> list[sympy.Expr]:
        """All arguments read once, so that the reader meets the states in them."""
        return [
            reader.read(node, _environment(node, plates), tuple(fresh(a) for a in node.event))
            for _, node in law.arguments
        ]

    def _numbers(self, values: list[sympy.Expr], names: Indexing) -> list[Math]:
        """The latents that stand in the arguments as numbers, where they are looked up."""
        found: dict[Math, None] = {}
        for element in (e for value in values for e in inside(value)):
            base = element.base
            if isinstance(base, Declared) and isinstance(base.variable, Latent):
                found[self._at(base.variable, names, element.indices)] = None
        return list(found)

    def _at(self, variable: Variable, names: Indexing, indices: Sequence[Read]) -> Symbol:
        shown = tuple(self.notation.read(i, names) for i in indices[: len(variable.plates)])
        return subscripted(self.notation.symbol(variable), shown)

    def _density(
        self,
        law: Distribution,
        reader: ExpressionReader,
        plates: dict[Axis, Index],
        names: Indexing,
    ) -> Density:
        name = law.family.name.removesuffix("Logit")
        arguments = [self._argument(node, reader, plates, names) for _, node in law.arguments]
        labels = [label if label in LABELED else "" for label, _ in law.arguments]
        labels[0] = labels[0] if labels[0] == "logits" else ""
        return Density(SHORT.get(name, name), tuple(arguments), tuple(labels))

    def _argument(
        self,
        node: Expression,
        reader: ExpressionReader,
        plates: dict[Axis, Index],
        names: Indexing,
    ) -> Math:
        """An argument: a scalar, a vector, or a matrix by its structure."""
        match node:
            case expression.Listing():
                entries = (self._argument(e, reader, plates, names) for e in node.entries)
                return Listing(tuple(entries))
            case expression.DiagonalMatrix():
                return Call("diag", self._argument(node.vector, reader, plates, names))
            case expression.Constant(kind="identity"):
                return IDENTITY
            case expression.Apply(operator="multiply") if len(node.event) == 2:
                both = [self._argument(a, reader, plates, names) for a in node.arguments]
                return Product(tuple(both))
        return self._entry(node, reader, plates, names)

    def _entry(
        self,
        node: Expression,
        reader: ExpressionReader,
        plates: dict[Axis, Index],
        names: Indexing,
    ) -> Math:
        event = tuple(fresh(axis) for axis in node.event)
        value = reader.read(node, _environment(node, plates), event)
        axes = (*self.notation.vector_axes, *node.event)
        layout = Reader(replace(self.notation, vector_axes=axes))
        term = Term(value)
        missing = [index for index in event if index not in layout.opened((term,), event)]
        if missing and value.is_number and event[0].axis.size is not None:
            return Listing((layout.expression(value, names),) * event[0].axis.size)
        return layout.terms((term,), names.bind(missing), layout.opened((term,), event))

    def _sums(self, variable: Variable, law: Aggregate) -> Iterator[Relation]:
        """y_0 = x_0 + x_1."""
        latent = law.latent
        plates = {axis: fresh(axis) for axis in variable.plates}
        names = self.notation.indexing(*plates.values())
        own, cells = (self._at(v, names, list(plates.values())) for v in (variable, latent))
        for position, group in enumerate(law.groups):
            terms = [subscripted(cells, (Number(Fraction(cell)),)) for cell in group]
            left = subscripted(own, (Number(Fraction(position)),))
            yield equation(left, _added(terms))


def _added(terms: list[Symbol]) -> Math:
    return terms[0] if len(terms) == 1 else Add(tuple(terms))


def _environment(node: Expression, plates: dict[Axis, Index]) -> dict[Axis, Index]:
    """The plates, and an index for each axis of the expression that is none: of logits."""
    return {**{axis: fresh(axis) for axis in node.plates}, **plates}


def _mentioned(law: Distribution) -> list[Variable]:
    found: dict[Variable, None] = {}
    for _, node in law.arguments:
        for inner in expression.subexpressions(node):
            if isinstance(inner, Variable):
                found[inner] = None
    return list(found)


def _is_binary(variable: Variable) -> bool:
    law = variable.distribution if isinstance(variable, Latent) else None
    return isinstance(law, Distribution) and law.family.support == "binary"
