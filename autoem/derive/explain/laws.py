"""The laws of a model as formulas: x_n | z_n = k ~ N(mean_k, cov_k)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import product

import sympy

from autoem.derive.elaborate import Reader as ExpressionReader
from autoem.derive.explain.conditions import IDENTITY
from autoem.derive.explain.domains import domain
from autoem.derive.explain.layout import (
    Add,
    Call,
    Conditioned,
    Density,
    Listing,
    Math,
    Number,
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
from autoem.derive.index import Index, Read, fresh, indices_in
from autoem.derive.quantity import Declared
from autoem.derive.scope import Scope
from autoem.derive.term import Term
from autoem.language import expression
from autoem.language.chain import Markov
from autoem.language.construct import Aggregate, Truncated, Within
from autoem.language.declaration import Latent, Parameter, Random, Variable
from autoem.language.distribution import Distribution, Law
from autoem.language.expression import Axis, Expression
from autoem.language.notation import sentence

SHORT = {"Normal": "N", "MultivariateNormal": "N"}
LABELED = ("rate", "scale", "logits")
"""Arguments that are named in the law of a variable; a first one only where it is logits."""

Plates = Mapping[Axis, Read]


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


@dataclass(frozen=True)
class Site:
    """Where a law is read: at one index for each plate, in some states of binary latents."""

    reader: ExpressionReader
    plates: Plates
    names: Indexing

    def at(self, variable: Variable) -> tuple[Read, ...]:
        """The indices of a variable here."""
        return tuple(self.plates[axis] for axis in variable.plates)

    def read(self, node: Expression) -> tuple[sympy.Expr, tuple[Read, ...]]:
        """An expression, at fresh indices of its event; axes that are no plates get one too."""
        event = tuple(fresh(axis) for axis in node.event)
        known = {**{axis: fresh(axis) for axis in node.plates}, **self.plates}
        return self.reader.read(node, known, event), event


@dataclass(frozen=True)
class LawReader:
    """Reads laws; in a law every event may be hidden, a probability vector too."""

    notation: Notation

    def lines(self, variable: Variable, law: Law) -> Iterator[Relation]:
        """The law of a variable, one line for each combination of its binary latents."""
        plates: dict[Axis, Read] = {axis: fresh(axis) for axis in variable.plates}
        match law:
            case Aggregate():
                yield from self._sums(variable, law, plates)
            case Within(latent=latent):
                yield self._bounds(latent, law, plates)
            case Markov(first=Distribution() as first, then=Distribution() as then):
                yield from self._each(variable, first, {**plates, variable.plates[-1]: 0})
                yield from self._each(variable, then, plates)
            case Distribution() | Truncated(law=Distribution()):
                yield from self._each(variable, law, plates)
            case _:
                name, _, words = sentence(variable.name, law).partition("~")
                yield Relation((Words(name.strip()), Words(words.strip())), ("~",))

    def _each(self, variable: Variable, law: Law, plates: Plates) -> Iterator[Relation]:
        """One line for each combination of the binary latents in the law."""
        binary = [v for v in _mentioned(law) if _is_binary(v)]
        for states in product((1, 0), repeat=len(binary)):
            yield self._line(variable, law, plates, dict(zip(binary, states, strict=True)))

    def _line(
        self, variable: Variable, law: Law, plates: Plates, binary: dict[Variable, int]
    ) -> Relation:
        reader = ExpressionReader(Scope(), dict[Expression, int](binary.items()))
        names = self._names(plates)
        # All arguments are read once, so that the reader meets the states in them.
        values = [Site(reader, plates, names).read(node)[0] for node in law.expressions]
        site = Site(reader, plates, names.bind(reader.states.values()))
        given: list[Math] = [
            equation(self._placed(latent, indices, site), site.names.named(state))
            for (latent, indices), state in reader.states.items()
        ]
        given += [
            equation(self._placed(v, reader.met[v], site), Number(Fraction(state)))
            for v, state in binary.items()
        ]
        given += [latent for latent in self._numbers(values, site) if latent not in given]
        own = self._placed(variable, site.at(variable), site)
        return Relation(
            (Conditioned(own, tuple(given)) if given else own, self._law(law, site)), ("~",)
        )

    def _names(self, plates: Plates) -> Indexing:
        return self.notation.indexing(*(i for i in plates.values() if isinstance(i, Index)))

    def _numbers(self, values: list[sympy.Expr], site: Site) -> list[Math]:
        """The latents that stand in the arguments as numbers, where they are looked up."""
        found: dict[Math, None] = {}
        for element in (e for value in values for e in inside(value)):
            base = element.base
            if isinstance(base, Declared) and isinstance(base.variable, Latent):
                found[self._placed(base.variable, element.indices, site)] = None
        return list(found)

    def _placed(self, variable: Variable, indices: Sequence[Read], site: Site) -> Symbol:
        """A variable at its plates; all of it, over a plate that the law sums over."""
        shown = [
            read
            for read in indices[: len(variable.plates)]
            if all(index in site.names.known for index in indices_in(read))
        ]
        return self.notation.subscripted(variable, shown, site.names)

    def _law(self, law: Law, site: Site) -> Math:
        if isinstance(law, Truncated):
            bounds = tuple(self._argument(bound, site) for bound in (law.lower, law.upper))
            return Product((self._law(law.law, site), Words(" on "), Listing(bounds)))
        assert isinstance(law, Distribution)
        name = law.family.name.removesuffix("Logit")
        arguments = tuple(self._argument(node, site) for _, node in law.arguments)
        labels = [label if label in LABELED else "" for label, _ in law.arguments]
        labels[0] = labels[0] if labels[0] == "logits" else ""
        return Density(SHORT.get(name, name), arguments, tuple(labels))

    def _argument(self, node: Expression, site: Site) -> Math:
        """An argument: a scalar, a vector, or a matrix by its structure."""
        match node:
            case expression.Listing():
                return Listing(tuple(self._argument(entry, site) for entry in node.entries))
            case expression.DiagonalMatrix():
                return Call("diag", self._argument(node.vector, site))
            case expression.Constant(kind="identity"):
                return IDENTITY
            case expression.Apply(operator="multiply") if len(node.event) == 2:
                return Product(tuple(self._argument(factor, site) for factor in node.arguments))
        return self._entry(node, site)

    def _entry(self, node: Expression, site: Site) -> Math:
        value, event = site.read(node)
        axes = (*self.notation.vector_axes, *node.event)
        layout = Reader(replace(self.notation, vector_axes=axes))
        term, indices = Term(value), tuple(i for i in event if isinstance(i, Index))
        opened = layout.opened((term,), indices)
        missing = [index for index in indices if index not in opened]
        if missing and value.is_number and node.event[0].size is not None:
            return Listing((layout.expression(value, site.names),) * node.event[0].size)
        return layout.terms((term,), site.names.bind(missing), opened)

    def _bounds(self, latent: Variable, law: Within, plates: Plates) -> Relation:
        """lower_n ≤ t_n ≤ upper_n."""
        site = Site(ExpressionReader(Scope(), {}), plates, self._names(plates))
        lower, upper = (self._argument(bound, site) for bound in (law.lower, law.upper))
        return Relation((lower, self._placed(latent, site.at(latent), site), upper), ("≤", "≤"))

    def _sums(self, variable: Variable, law: Aggregate, plates: Plates) -> Iterator[Relation]:
        """y_0 = x_0 + x_1."""
        site = Site(ExpressionReader(Scope(), {}), plates, self._names(plates))
        own, cells = (self._placed(v, site.at(v), site) for v in (variable, law.latent))
        for position, group in enumerate(law.groups):
            terms = [subscripted(cells, (Number(Fraction(cell)),)) for cell in group]
            left = subscripted(own, (Number(Fraction(position)),))
            yield equation(left, terms[0] if len(terms) == 1 else Add(tuple(terms)))


def _mentioned(law: Law) -> list[Variable]:
    """The variables in a law, each once."""
    nodes = (inner for node in law.expressions for inner in expression.subexpressions(node))
    return list(dict.fromkeys(node for node in nodes if isinstance(node, Variable)))


def _is_binary(variable: Variable) -> bool:
    law = variable.distribution if isinstance(variable, Latent) else None
    return isinstance(law, Distribution) and law.family.support == "binary"
