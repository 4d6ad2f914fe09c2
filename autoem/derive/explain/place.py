"""Where a posterior stands: one latent at its plates, given the states of its context."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from autoem.derive.explain.layout import Call, Conditioned, Expectation, Math, Symbol, equation
from autoem.derive.explain.names import Indexing
from autoem.derive.explain.notation import EXPECTATION, Glyph, Shown, subscripted
from autoem.derive.explain.page import Page
from autoem.derive.index import Index, Read, substitute
from autoem.derive.posterior import Posterior
from autoem.derive.quantity import Declared, Element, Indicator
from autoem.derive.term import at, instantiate
from autoem.language.declaration import Variable

HIDDEN = Symbol("")


@dataclass(frozen=True)
class Place:
    """A posterior on a page, with symbols for its plates, its context and more indices."""

    page: Page
    posterior: Posterior
    names: Indexing

    @property
    def latent(self) -> Variable:
        """The variable that the posterior is of."""
        base = self.posterior.local.latent
        inner = base.latent if isinstance(base, Indicator) else base
        assert isinstance(inner, Declared)
        return inner.variable

    @property
    def own(self) -> Symbol:
        """The latent at its place: z_n."""
        return self.page.notation.subscripted(self.latent, self.posterior.local.plates, self.names)

    @property
    def given(self) -> tuple[Math, ...]:
        """What the posterior is conditioned on: the data, the states of its context, and the other
        latents that scale it."""
        states = []
        for context in self.posterior.local.contexts:
            latent = context.indicator.latent.variable
            looked_up = self.page.notation.subscripted(latent, context.reads, self.names)
            states.append(equation(looked_up, self.names.named(context.state)))
        scales = [self.page.reader.expression(e, self.names) for e in self.posterior.given]
        return (*self.page.observed(self.posterior, self.names), *states, *scales)

    @property
    def conditioned(self) -> Math:
        """z_n | x_n."""
        return Conditioned(self.own, self.given) if self.given else self.own

    def chance(self, event: Math) -> Call:
        """P(event | data, context)."""
        return Call("P", Conditioned(event, self.given) if self.given else event)

    def alike(self) -> int:
        """How many posteriors of this kind the derivation has."""
        kind = type(self.posterior)
        return sum(isinstance(p, kind) for p in self.page.derivation.e_step.posteriors)

    def introduce(self, *choices: str) -> Symbol:
        """A new symbol, with the latent's name where there are several posteriors alike."""
        notation = self.page.notation
        if self.alike() == 1:
            return notation.introduce(*choices)
        return Symbol(choices[0], (notation.symbol(self.latent),))

    def element(
        self,
        element: Element,
        hidden: tuple[Index, ...] = (),
        moved: Mapping[Index, Read] | None = None,
    ) -> Math:
        """A named quantity of the posterior."""
        indices = tuple(substitute(index, moved or {}) for index in element.indices)
        return self.page.reader.factor(Element(element.base, indices), self.names, hidden)

    def definition(
        self,
        element: Element,
        hidden: tuple[Index, ...] = (),
        moved: Mapping[Index, Read] | None = None,
    ) -> Math:
        """What a named quantity is defined as."""
        found = (at(term, moved or {}) for term in instantiate(element))
        terms = tuple(term for term in found if term is not None)
        return self.page.reader.terms(terms, self.names, hidden)

    def positions(self, element: Element, event: tuple[Index, ...] = ()) -> tuple[int, ...]:
        """The positions of plates, context and event in the indices of a named quantity."""
        local = self.posterior.local
        order = (*local.plates, *(context.state for context in local.contexts), *event)
        return tuple(element.indices.index(index) for index in order if index in element.indices)

    def expect(
        self,
        element: Element,
        operator: str,
        event: tuple[Index, ...] = (),
        body: Math | None = None,
    ) -> None:
        """Write the elements of a quantity as E_k[z_n], or as the expectation of `body`."""
        local = self.posterior.local
        plates = [element.indices.index(i) for i in local.plates if i in element.indices]
        states = [
            element.indices.index(c.state) for c in local.contexts if c.state in element.indices
        ]
        places = [element.indices.index(i) for i in event]
        symbol = self.page.notation.symbol(self.latent)

        def write(shown: Shown) -> Math:
            marks = tuple(shown[p] for p in (*plates, *places))
            inner = subscripted(symbol, marks)
            whole = inner if body is None else swapped(body, HIDDEN, inner)
            return Expectation(operator, whole, tuple(s for p in states if (s := shown[p])))

        rank = (EXPECTATION, self.page.notation.declaration.variables.index(self.latent))
        self.page.notation.glyphs[element.base] = Glyph(
            write, tuple(places), rank, symmetric=len(places) == 2
        )


def swapped(math: Math, old: Math, new: Math) -> Math:
    """The layout with one part replaced by another wherever it stands."""
    if math == old:
        return new
    changes: dict[str, object] = {}
    for name, value in vars(math).items():
        if isinstance(value, Math):
            changes[name] = swapped(value, old, new)
        elif isinstance(value, tuple):
            changes[name] = tuple(
                swapped(item, old, new) if isinstance(item, Math) else item for item in value
            )
    return replace(math, **changes)
