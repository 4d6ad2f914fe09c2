"""What a user is told of each latent: which arrays of the posterior hold its expectations."""

from __future__ import annotations

from collections.abc import Mapping

import sympy

from autoem.derive.gibbs import DrawnPosterior
from autoem.derive.index import Index
from autoem.derive.posterior import Context, Posterior
from autoem.derive.posteriors.chain import ChainPosterior
from autoem.derive.posteriors.conjugate import ConjugatePosterior
from autoem.derive.posteriors.enumerate import StatePosterior
from autoem.derive.posteriors.product_chain import ProductChainPosterior
from autoem.derive.posteriors.total import TotalPosterior
from autoem.derive.posteriors.truncated import TruncatedPosterior
from autoem.derive.quantity import Declared, Element, Quantity, declared_name
from autoem.derive.stages import Derivation
from autoem.program.expectation import STATES, Expectation
from autoem.program.ir import Array
from autoem.program.lower.names import AxisNames

Told = dict[str, dict[str, Expectation]]


def latents(derivation: Derivation, axes: AxisNames, arrays: Mapping[Quantity, Array]) -> Told:
    """Latent to word (states, mean, variance, log, ...) to what holds it."""
    told: Told = {}
    for each in derivation.e_step.posteriors:
        posterior = each.own if isinstance(each, DrawnPosterior) else each
        latent = posterior.local.latent
        found = told.setdefault(declared_name(latent), {})
        labels = _labels(posterior)
        for word, elements in _words(posterior).items():
            names = tuple(arrays[element.base].name for element in elements)
            found[word] = Expectation(names, _axes(elements[0], labels, axes))
    return told


def _words(posterior: Posterior) -> dict[str, list[Element]]:
    """The expectations by the words for them; several elements are entries of one array."""
    found: dict[str, list[Element]] = {}
    for key, element in posterior.expectations.items():
        word = _word(posterior, key)
        if word:
            found.setdefault(word, []).append(element)
    return found


def _word(posterior: Posterior, key: str) -> str:
    """What an expectation is called; nothing for what only the algorithm needs."""
    if key.startswith("statistic_"):
        return _statistic(posterior, key)
    latent = posterior.local.latent
    element = posterior.expectations.get(key)
    vector = isinstance(latent, Declared) and (
        bool(latent.variable.event)
        or (element is not None and len(element.indices) > len(latent.variable.plates))
    )
    spread = "covariance" if vector else "variance"
    if posterior.given:
        spread = f"scaled_{spread}"
    known = {"responsibility": STATES, "mean": "mean", "covariance": spread}
    return "mean" if key.startswith("cell_") else known.get(key, "")


def _statistic(posterior: Posterior, key: str) -> str:
    """The word for an expected statistic."""
    whole = posterior
    if isinstance(posterior, TotalPosterior | TruncatedPosterior):
        whole = posterior.whole
    assert isinstance(whole, ConjugatePosterior)
    x = whole.element
    known = {
        x: "mean", x**2: "square", 1 / x: "inverse", sympy.log(x): "log",
        sympy.log(1 - x): "log_complement",
    }  # fmt: skip
    return known.get(whole.statistics[int(key.removeprefix("statistic_")) - 1], key)


def _labels(posterior: Posterior) -> dict[Index, str]:
    """Names of the indices that run over states: [z], its own and those of its context."""
    labels: dict[Index, str] = {}
    if isinstance(posterior, StatePosterior):
        labels[posterior.state] = f"[{declared_name(posterior.indicator)}]"
    if isinstance(posterior, ChainPosterior):
        labels[posterior.weights.state] = f"[{declared_name(posterior.indicator)}]"
    if isinstance(posterior, ProductChainPosterior):
        for indicator, state in zip(posterior.indicators, posterior.weights.states, strict=True):
            labels[state] = f"[{declared_name(indicator)}]"
    for context in posterior.local.contexts:
        labels[context.state] = _label(context)
    return labels


def _label(context: Context) -> str:
    """[z] for the state of z at the same place; (z) for that at another, by a lookup."""
    name = declared_name(context.indicator)
    here = all(isinstance(read, Index) for read in context.reads)
    return f"[{name}]" if here else f"({name})"


def _axes(element: Element, labels: dict[Index, str], axes: AxisNames) -> tuple[str, ...]:
    """The axes of the array of an element; a second one over the same axis has a prime."""
    found: list[str] = []
    for index in element.indices:
        assert isinstance(index, Index)
        name = labels.get(index) or axes.of(index.axis)
        while name in found:
            name += "'"
        found.append(name)
    return tuple(found)
