r"""`explain`: a derivation as a page of a textbook.

>>> from autoem.derive.stages import derive
>>> from autoem.families import Poisson
>>> from autoem.language import Axis, Model, Observed, Parameter, Positive
>>> class Counts(Model):
...     n = Axis("days")
...     rate = Parameter(Positive())
...     x = Observed(Poisson(rate), over=n)
>>> page = explain(derive(Counts))
>>> [line.strip() for line in page.text().splitlines() if "rateˆ" in line]
['rateˆ = ∑_n x_n / N']
>>> [line.strip() for line in page.latex().splitlines() if "widehat" in line]
['\\widehat{\\mathrm{rate}} &= \\frac{\\sum_{n} x_{n}}{N}']
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import TYPE_CHECKING

from autoem.derive.approximations.monte_carlo import DRAWN
from autoem.derive.explain import posteriors, starts, updates
from autoem.derive.explain.document import Document
from autoem.derive.explain.draws import introduce
from autoem.derive.explain.laws import declarations
from autoem.derive.explain.layout import (
    Block,
    Call,
    Conditioned,
    Density,
    Display,
    Inline,
    Paragraph,
    Product,
    Relation,
    Section,
    Series,
    Symbol,
    Verbatim,
    display,
    equation,
    paragraph,
)
from autoem.derive.explain.maximize import Maximization
from autoem.derive.explain.mean_fields import hold
from autoem.derive.explain.notation import subscripted
from autoem.derive.explain.page import Page, page
from autoem.derive.index import fresh
from autoem.derive.moments import moments
from autoem.derive.quantity import Computed, Declared, Defined, Indicator, elements
from autoem.derive.term import Term, Terms
from autoem.graph.factor_graph import Factor
from autoem.language.declaration import Latent, Parameter, Variable
from autoem.language.expression import Axis

if TYPE_CHECKING:
    from autoem.derive.stages import Derivation


def explain(derivation: Derivation) -> Document:
    """The model, the log-likelihoods, the posteriors, Q, and the updates, with their reasons."""
    made = page(derivation)
    sections = (
        Section("Model", tuple(_model(made))),
        Section("Complete-data log-likelihood", tuple(_joint(made))),
        Section("E-step", tuple(_e_step(made))),
        Section(_capitalized(derivation.objective), tuple(_evidence(made))),
        Section("Q", tuple(_surrogate(made))),
        Section("M-step", tuple(_m_step(made))),
        Section("Moments", tuple(_moments(made))),
    )
    kept = tuple(section for section in sections if section.blocks)
    doc = derivation.declaration.doc.strip().partition("\n")[0]
    return Document(f"EM for {derivation.name}", doc, kept)


def _model(made: Page) -> Iterator[Block]:
    """The declarations, and the joint density as a product of factors."""
    yield Verbatim(
        tuple(str(made.derivation.model).splitlines()), (Display(declarations(made.notation)),)
    )
    yield Verbatim(
        tuple(str(made.derivation.graph).splitlines()),
        (paragraph("The factor graph is the product"), display(_factors(made))),
    )


def _factors(made: Page) -> Relation:
    """p(z, x) = ∏_n p(z_n | w) p(x_n | z_n, ...)."""
    products = []
    for plates, group in groupby(made.derivation.graph.factors, key=lambda f: f.plates):
        names = made.notation.indexing(*(fresh(axis) for axis in plates))
        marks = dict(zip(plates, names.known.values(), strict=True))
        inner = tuple(_factor(made, factor, marks) for factor in group)
        body = inner[0] if len(inner) == 1 else Product(inner)
        products.append(Series(tuple(marks.values()), body, operator="∏") if marks else body)
    return equation(_density(made), products[0] if len(products) == 1 else Product(tuple(products)))


def _factor(made: Page, factor: Factor, marks: Mapping[Axis, Symbol]) -> Density:
    """p(x_n | z_n, mean): a variable of other plates than the factor stands without indices."""

    def placed(variable: Variable) -> Symbol:
        known = all(axis in marks for axis in variable.plates)
        shown = tuple(marks[axis] for axis in variable.plates) if known else ()
        return subscripted(made.notation.symbol(variable), shown)

    parents = tuple(placed(parent) for parent in factor.parents)
    own = placed(factor.variable)
    return Density("p", (Conditioned(own, parents) if parents else own,))


def _density(made: Page, observed_only: bool = False) -> Density:
    """p(x, z)."""
    declaration = made.derivation.declaration
    latents = () if observed_only else declaration.latents
    names = (*declaration.observed, *latents)
    return Density("p", tuple(made.notation.symbol(v) for v in names))


def _joint(made: Page) -> Iterator[Block]:
    terms = _constants_last(made.derivation.log_joint.terms)
    tied = tuple(starts.introduced(made, terms))
    right = made.reader.terms(terms, made.notation.indexing())
    yield display(equation(Call("log", _density(made)), right))
    yield from tied


def _constants_last(terms: Terms) -> Terms:
    """What has latents or posteriors first, then what has parameters, then constants."""
    return tuple(sorted(terms, key=_weight))


def _weight(term: Term) -> int:
    bases = [element.base for element in elements(term.value)]
    bases += [
        e.base
        for b in bases
        if isinstance(b, Defined)
        for t in b.definition
        for e in elements(t.value)
    ]
    variables = [base.variable for base in bases if isinstance(base, Declared)]
    latent = any(isinstance(variable, Latent) for variable in variables)
    if latent or any(isinstance(base, Indicator | Computed) for base in bases):
        return 0
    return 1 if any(isinstance(variable, Parameter) for variable in variables) else 2


def _e_step(made: Page) -> Iterator[Block]:
    if made.derivation.objective == "elbo":
        hold(made)
        yield paragraph(
            "By choice q is a product of factors, each the posterior at the means of the others: "
            "those found before it, and of those that follow the means of the E-step before, "
            "which are marked as old. P and E are those of q."
        )
    if made.derivation.objective == DRAWN:
        yield introduce(made)
    for posterior in made.derivation.e_step.posteriors:
        yield from posteriors.explained(made, posterior)


def _evidence(made: Page) -> Iterator[Block]:
    """The log-likelihood, where it is not the complete-data one."""
    if made.derivation.e_step.posteriors:
        terms = _constants_last(made.derivation.e_step.evidence)
        right = made.reader.terms(terms, made.notation.indexing())
        sign = SIGNS.get(made.derivation.objective, "≈")
        whole = made.derivation.objective == DRAWN
        left = Call("log", _density(made, observed_only=not whole))
        yield display(Relation((left, right), (sign,)))


SIGNS = {"log-likelihood": "=", "elbo": "≥", DRAWN: "="}
"""How log p(x) stands to the objective; of draws, log p(x, z) of a sweep."""


def _capitalized(words: str) -> str:
    if words == "elbo":
        return "Evidence lower bound (elbo)"
    return words[:1].upper() + words[1:]


def _surrogate(made: Page) -> Iterator[Block]:
    q = made.derivation.surrogate
    own = Density("Q", tuple(made.notation.symbol(p.variable) for p in q.parameters))
    right = made.reader.terms(_constants_last(q.terms), made.notation.indexing())
    if made.derivation.e_step.posteriors:
        drawn = made.derivation.objective == DRAWN
        yield paragraph(
            "The mean over the sweeps of " if drawn else "The expectation of ",
            Call("log", _density(made)),
            ", written for one of them, without terms that are free of the parameters:"
            if drawn
            else ", held at the old parameters, without terms that are free of the new ones:",
        )
        yield display(equation(own, right))
    else:
        yield paragraph("There is no latent variable, and Q is the log-likelihood itself:")
        yield display(equation(own, right))


def _m_step(made: Page) -> Iterator[Block]:
    q, step = made.derivation.surrogate, made.derivation.m_step
    state = Maximization(made, q.terms, [p for p in q.parameters if p not in step.held])
    yield Paragraph(
        ("A hat marks a new value. Each update maximizes Q given those before it:",)
        if made.derivation.exact
        else ("A hat marks a new value. The updates, in order, raise Q:",)
    )
    if step.held:
        held = tuple(parameter.variable for parameter in step.held)
        yield paragraph("Held at given numbers: ", *_listed(made, held), ".")
    for update in step.updates:
        if update.rule != "coordinate":  # what the E-step has found is not found again
            yield from updates.explained(state, update)


def _moments(made: Page) -> Iterator[Block]:
    """What is said where the data enter through their moments alone."""
    found = moments(made.derivation)
    if found is None:
        return
    which: list[Inline] = ["that all rows share"]
    if found.codes or found.gaps:
        which = ["that rows with the same ", *_listed(made, found.codes)]
        which += [" and the same" if found.codes else "", " cells missing"] * bool(found.gaps)
        which += [" share"]
    yield paragraph(
        "The log-likelihood and every sum above are quadratic in ",
        *_listed(made, found.data),
        " with coefficients ",
        *which,
        ": they are functions of the number of rows and of their sums and cross products. These "
        "are gathered once, and an iteration costs nothing in the number of rows.",
    )


def _listed(made: Page, variables: tuple[Variable, ...]) -> list[Inline]:
    """x, y, z"""
    parts: list[Inline] = []
    for variable in variables:
        parts += [", ", made.notation.symbol(variable)]
    return parts[1:]
