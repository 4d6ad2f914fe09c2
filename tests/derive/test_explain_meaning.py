"""What the page says is what the program computes.

Every formula of the E-step and the M-step is evaluated as it stands on the page, and held against
the interpreter: the log-likelihood, and the new parameters.  Errors planted in the layout are seen.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from autoem.cli.find import find_model
from autoem.derive.explain import Document, explain
from autoem.derive.explain.layout import (
    Display,
    Math,
    Negative,
    Number,
    Paragraph,
    Product,
    Quotient,
    Relation,
    Series,
    Symbol,
    parts_of,
)
from autoem.derive.explain.notation import notation
from autoem.derive.explain.place import swapped
from autoem.derive.posteriors.product_chain import ProductChainPosterior
from autoem.derive.posteriors.smoother import SmootherPosterior
from autoem.derive.posteriors.truncated import TruncatedPosterior
from autoem.derive.stages import Derivation, derive
from autoem.errors import AutoemError, NoExactPosterior
from autoem.language.model import ModelType
from autoem.program.interpret import interpret
from autoem.program.lower import lower
from autoem.verify.instance import tiny_instance
from tests.derive.layout_value import Key, Meaning, free_letters, key

NAMES = sorted(path.stem for path in Path("models").resolve().glob("*.py"))
NO_FORMULA = (SmootherPosterior, TruncatedPosterior, ProductChainPosterior)
"""Posteriors whose numbers come from a sweep or from a probability function, not from the page."""

DENSE = ("crossed_effects", "super_resolution")
"""A matrix that is written entry by entry and inverted whole."""

EXACT = ("layered_motion", "switching_autoregression", "switching_regression")
"""Few rows that a state fits exactly: the slope at a variance near zero is rounding."""

SWEPT = ("hidden_tree", "phylogeny")
"""Messages whose order is that of the parents in a tree, from the leaves and from the roots."""

TURNED = ("weibull_mixture",)
"""Newton steps where a negative eigenvalue of the Hessian is turned positive."""

IMPLICIT = ("covariate_hidden_markov", "stationary_hidden_markov")
"""A vector between two indices, and a law that an equation in itself says: not read here."""

TOLERANCE = 1e-6
ZERO = Number(Fraction(0))


@dataclass(frozen=True)
class Page:
    """A page, with the arrays and sizes of a small instance, and the program's answer."""

    document: Document
    meaning: Meaning
    log_likelihood: float

    def lines(self, *titles: str) -> Iterator[Relation]:
        """The displayed lines of some sections."""
        return (line for line, _ in self.steps(*titles))

    def steps(self, *titles: str) -> Iterator[tuple[Relation, tuple[Symbol, ...]]]:
        """The displayed lines, with the symbols in the bold words before them: what is updated."""
        for section in self.document.sections:
            subject: tuple[Symbol, ...] = ()
            for block in section.blocks if section.title in titles else ():
                if isinstance(block, Paragraph) and block.lead:
                    subject = tuple(part for part in block.lead if isinstance(part, Symbol))
                if isinstance(block, Display):
                    yield from ((line, subject) for line in block.lines)


def written(name: str) -> Page:
    """A shipped model on a page, beside its program at random parameters."""
    return beside_program(derive(find_model(name)))


def beside_program(derivation: Derivation) -> Page:
    """A derivation on a page, beside its program at random parameters."""
    instance = tiny_instance(derivation.model, seed=3)
    program = interpret(lower(derivation))
    every = {f"every_{a.key}": np.arange(size) for a, size in instance.sizes.items()}
    data, old = {**instance.data, **every}, dict(instance.parameters)
    statistics, log_likelihood = program.e_step(data, old)
    new = program.m_step(statistics, old)
    names = notation(derivation.declaration)
    arrays = {}
    for variable in derivation.declaration.variables:
        symbol = names.symbol(variable)
        if variable.name in new:
            arrays[key(replace(symbol, accent="hat"))] = np.asarray(new[variable.name], float)
        if variable.name in old or variable.name in data:
            source = old if variable.name in old else data
            arrays[key(symbol)] = np.asarray(source[variable.name], float)
    for free in derivation.m_step.free:
        arrays[key(replace(names.symbol(free.base.variable), accent="free"))] = free.entries
    axes = {axis: axis.size for axis in derivation.declaration.axes if axis.size}
    sizes = {axis.key: size for axis, size in {**axes, **instance.sizes}.items() if axis.key}
    # The states of a binary latent have no axis of the user's.
    return Page(explain(derivation), Meaning(arrays, {"i": 2, **sizes}), log_likelihood)


def residuals(page: Page) -> dict[str, float]:
    """How far each formula of the page is from what the program computed, by where it stands."""
    meaning, found = page.meaning, {}
    meaning.definitions.clear()
    for line in page.lines("E-step"):
        meaning.define(line) if line.symbols[-1] == "=" else None
    for line in page.lines("Log-likelihood"):
        said = meaning.value(line.sides[-1])
        found["log-likelihood"] = abs(said - page.log_likelihood) / (1 + abs(said))
    for position, (line, subject) in enumerate(page.steps("M-step")):
        if _is_known(meaning, line.sides[0]):
            found[f"M-step {position}"] = distance(page.meaning, line, subject)
        else:
            meaning.define(line)
    return found


def _is_known(meaning: Meaning, left: Math) -> bool:
    """Whether a line is an equation, and not the introduction of a new symbol."""
    if not isinstance(left, Symbol):
        return True
    return key(left) in meaning.arrays


def distance(meaning: Meaning, line: Relation, subject: tuple[Symbol, ...]) -> float:
    """How far an equation is from being true, at all its free indices."""
    sides = line.sides[-2:]
    where = at_new(meaning, subject) if sides[1] == ZERO else meaning
    letters = free_letters(line, meaning.sizes)
    worst = 0.0
    for at in product(*(range(meaning.sizes[letter.rstrip("′")]) for letter in letters)):
        inner = where.within(**dict(zip(letters, at, strict=True)))
        left, right = inner.value(sides[0]), inner.value(sides[1])
        worst = max(worst, float(np.max(np.abs(left - right)) / (1 + np.max(np.abs(left)))))
    return worst


def at_new(meaning: Meaning, subject: tuple[Symbol, ...]) -> Meaning:
    """A slope at the new values of what is updated."""
    moved = Moved(meaning.arrays, meaning.sizes, meaning.definitions, meaning.scope)
    moved.held, moved.unknowns = meaning, tuple(map(key, subject))
    return moved


class Moved(Meaning):
    """A meaning in which unknowns have their new values where they stand in the formula itself."""

    held: Meaning
    unknowns: tuple[Key, ...]

    def symbol(self, symbol: Symbol) -> Any:
        new = replace(symbol, accent="hat")
        moved = key(symbol) in self.unknowns and key(new) in self.arrays
        return super().symbol(new if moved else symbol)

    def defined(self, math: Math) -> Any:
        return self.held.within(**self.scope).defined(math)

    def within(self, **letters: int) -> Moved:
        inner = Moved(self.arrays, self.sizes, self.definitions, {**self.scope, **letters})
        inner.held, inner.unknowns = self.held, self.unknowns
        return inner


@pytest.mark.parametrize(
    "name", [name for name in NAMES if name not in (*TURNED, *DENSE, *EXACT, *SWEPT, *IMPLICIT)]
)
def test_the_page_computes_what_the_program_computes(name: str) -> None:
    try:
        derivation = derive(find_model(name))
    except NoExactPosterior:
        pytest.skip("the posterior is an approximation by choice")
    if any(isinstance(posterior, NO_FORMULA) for posterior in derivation.e_step.posteriors):
        pytest.skip("the posterior has no formula on the page")
    found = residuals(beside_program(derivation))
    assert any(where.startswith("M-step") for where in found)
    assert {where: value for where, value in found.items() if not value < TOLERANCE} == {}


def test_the_fixed_symbol_of_a_page_has_one_meaning() -> None:
    page = written("gaussian_mixture")
    residuals(page)
    total = sum(page.meaning.within(k=k, n=0).value(R) for k in range(page.meaning.sizes["k"]))
    assert total == pytest.approx(1)


R = Symbol("r", (Symbol("n"), Symbol("k")))
"""The responsibility of component k for row n."""


def turned_over(math: Math) -> Math | None:
    """A fraction with its numerator and denominator exchanged."""
    match math:
        case Quotient(numerator=above, denominator=below):
            return Quotient(below, above)
    return None


def negated(math: Math) -> Math | None:
    """A term added that was taken away."""
    return math.body if isinstance(math, Negative) else None


def without_first(math: Math) -> Math | None:
    """A product without its first factor."""
    match math:
        case Product(factors=(_, *rest)) if len(rest) > 1:
            return Product(tuple(rest))
    return None


def unsummed(math: Math) -> Math | None:
    """A sum over one row only."""
    match math:
        case Series(indices=(first, *rest), body=body):
            inner = Series(tuple(rest), body) if rest else body
            return swapped(inner, first, ZERO)
    return None


def squared_hat(math: Math) -> Math | None:
    """An old value where a new one belongs."""
    if isinstance(math, Symbol) and math.accent == "hat":
        return replace(math, accent="")
    return None


PLANTS = (turned_over, negated, without_first, unsummed, squared_hat)


def planted(math: Math, error: Callable[[Math], Math | None]) -> Iterator[Math]:
    """The layout with the error in each of its parts, in all places where that part stands."""
    for part in dict.fromkeys(parts_within(math)):
        wrong = error(part)
        if wrong is not None:
            yield swapped(math, part, wrong)


def parts_within(math: Math) -> Iterator[Math]:
    """The layout and everything that stands in it."""
    yield math
    for part in parts_of(math):
        yield from parts_within(part)


def mutants(page: Page, error: Callable[[Math], Math | None]) -> Iterator[tuple[str, Page]]:
    """The page with the error at one place of its last line of each display of the M-step."""
    for number, section in enumerate(page.document.sections):
        if section.title != "M-step":
            continue
        for place, block in enumerate(section.blocks):
            if not isinstance(block, Display):
                continue
            line = block.lines[-1]
            for side in planted(line.sides[-1], error):
                wrong = Display((*block.lines[:-1], replace(line, sides=(*line.sides[:-1], side))))
                blocks = (*section.blocks[:place], wrong, *section.blocks[place + 1 :])
                sections = list(page.document.sections)
                sections[number] = replace(section, blocks=blocks)
                document = replace(page.document, sections=tuple(sections))
                yield f"{error.__name__} in {line.sides[0]}", replace(page, document=document)


@pytest.mark.parametrize("name", ["gaussian_mixture", "factor_analysis", "student_regression"])
@pytest.mark.parametrize("error", PLANTS, ids=lambda error: error.__name__)
def test_a_planted_error_is_seen(name: str, error: Callable[[Math], Math | None]) -> None:
    number = 0
    for what, page in mutants(written(name), error):
        try:
            found = residuals(page)
        except (ValueError, KeyError, AssertionError, np.linalg.LinAlgError):
            continue  # shapes that do not fit are seen, too
        number += 1
        assert any(not value < TOLERANCE for value in found.values()), what
    assert number or error is negated or error is squared_hat, "the error stands nowhere"


def zoo() -> Iterator[ModelType]:
    """The models of the zoo, that nobody fits: every construct at least once."""
    for path in sorted((Path(__file__).parent / "zoo").glob("*.py")):
        module = import_module(f"tests.derive.zoo.{path.stem}")
        for value in vars(module).values():
            if isinstance(value, ModelType) and value.__module__ == module.__name__:
                yield value


DEGENERATE = ("GroupedEmission",)

UNREAD = (AutoemError, KeyError, ZeroDivisionError, IndexError)
"""Of a model that is refused or not simulated, of a name that only prose explains, of data in which
a group is empty, and of a declared name that looks like an index."""


@pytest.mark.slow
@pytest.mark.parametrize("model", zoo(), ids=lambda model: model.__name__)
def test_the_page_of_an_odd_model_computes_what_its_program_computes(model: ModelType) -> None:
    try:
        derivation = derive(model)
        page = beside_program(derivation)
        found = residuals(page)
    except UNREAD as reason:
        pytest.skip(str(reason)[:60])
    if model.__name__ in DEGENERATE:
        pytest.skip("a variance is zero to rounding")
    stepped = any(update.rule == "newton" for update in derivation.m_step.updates)
    wrong = {where: value for where, value in found.items() if value > TOLERANCE}
    assert wrong == {} or stepped
