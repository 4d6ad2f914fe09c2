"""The names of a page: the user's own, with greek letters for greek names, and index letters.

>>> greek("sigma2", square=True), greek("beta1"), greek("loading")
(Symbol(name='σ', subscripts=(), accent='', superscript='2'), Symbol(name='β', \
subscripts=(Number(value=Fraction(1, 1)),), accent='', superscript=''), Symbol(name='loading', \
subscripts=(), accent='', superscript=''))
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from autoem.derive.explain.layout import Math, Number, Symbol
from autoem.derive.index import Index
from autoem.language.expression import Axis

GREEK = {
    "alpha": "α", "beta": "β", "gamma": "γ", "delta": "δ", "epsilon": "ε", "zeta": "ζ",
    "eta": "η", "theta": "θ", "iota": "ι", "kappa": "κ", "lambda": "λ", "lambda_": "λ", "lam": "λ",
    "mu": "μ", "nu": "ν", "xi": "ξ", "pi": "π", "rho": "ρ", "sigma": "σ", "tau": "τ",
    "upsilon": "υ", "phi": "φ", "chi": "χ", "psi": "ψ", "omega": "ω",
    "Gamma": "Γ", "Delta": "Δ", "Theta": "Θ", "Lambda": "Λ", "Xi": "Ξ", "Pi": "Π", "Sigma": "Σ",
    "Phi": "Φ", "Psi": "Ψ", "Omega": "Ω",
}  # fmt: skip

ANONYMOUS = ("i", "j", "l", "m", "s", "t", "u", "v")


def greek(name: str, square: bool = False) -> Symbol:
    """The symbol of a declared name: a trailing 2 is a square where `square` says so, other digits
    and what follows an underscore after one letter are subscripts."""
    if name in GREEK:
        return Symbol(GREEK[name])
    stem, digits = re.fullmatch(r"(.*?)(\d*)", name).groups()  # type: ignore[union-attr]
    if digits == "2" and square and stem:
        return Symbol(GREEK.get(stem, stem), superscript="2")
    if digits and len(GREEK.get(stem, stem)) == 1:
        return Symbol(GREEK.get(stem, stem), (Number(Fraction(digits)),))
    head, _, label = name.partition("_")
    if label and len(GREEK.get(head, head)) == 1:
        return Symbol(GREEK.get(head, head), (Symbol(label),))
    return Symbol(name)


def unused(choices: Iterable[str], taken: Iterable[str]) -> Symbol:
    """The first of the choices that is not taken; the last choice with a tilde where all are."""
    names, known = tuple(choices), tuple(taken)
    free = [name for name in names if name not in known]
    return Symbol(free[0]) if free else Symbol(names[-1], accent="tilde")


@dataclass
class Letters:
    """Which letter stands for an index over an axis."""

    axes: tuple[Axis, ...]
    taken: tuple[str, ...]
    anonymous: dict[Axis, str] = field(default_factory=dict)

    def of(self, axis: Axis) -> str:
        """The attribute name of the axis; of an axis without one, a letter that is free."""
        if axis.key is not None:
            return axis.key
        if axis not in self.anonymous:
            known = (*self.taken, *(a.key for a in self.axes), *self.anonymous.values())
            free = (letter for letter in ANONYMOUS if letter not in known)
            self.anonymous[axis] = next(free, f"i{len(self.anonymous)}")
        return self.anonymous[axis]

    def rank(self, axis: Axis) -> int:
        """The place of an axis in the order in which sums are written."""
        return self.axes.index(axis) if axis in self.axes else len(self.axes)


@dataclass(frozen=True)
class Indexing:
    """The symbols of the indices of one formula: the second index over an axis has a prime."""

    letters: Letters
    known: Mapping[Index, Symbol] = field(default_factory=dict)

    def bind(self, indices: Iterable[Index]) -> Indexing:
        """Symbols for new indices, that no index in sight has."""
        known = dict(self.known)
        for index in indices:
            letter = Symbol(self.letters.of(index.axis))
            while letter in known.values():
                letter = Symbol(letter.name + "′")
            known[index] = letter
        return Indexing(self.letters, known)

    def named(self, index: Index) -> Math:
        """The symbol of an index."""
        return self.known[index]
