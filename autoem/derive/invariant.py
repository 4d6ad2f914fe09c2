"""The stationary law of a chain, as a function of its transition matrix A, whose rows sum to one.

    pi A = pi,  sum_k pi_k = 1      is one linear system:      pi (I - A + U) = u,

where u is a row of ones and U a square of them.  With the resolvent R = (I - A + U)^-1

    pi = u R,      d pi = pi dA R,      d R = R dA R .

R is there if and only if the chain has one closed class of states, periodic or not.
Source: Hunter (1982), Linear Algebra and its Applications 45, 157; Zucchini and MacDonald (2009),
Hidden Markov Models for Time Series, section 1.3.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import sympy

from autoem.derive.index import Index, Lookup
from autoem.derive.quantity import Quantity, elements


@dataclass(frozen=True)
class Transition:
    """A[.., j, k] of the chain `name`: `row` and `column` are the formal indices j and k of the
    operand, `plates` the others."""

    name: str
    operand: sympy.Expr
    plates: tuple[Index, ...]
    row: Index
    column: Index

    @property
    def formal(self) -> tuple[Index, ...]:
        """All indices, in the order of the axes of the resolvent."""
        return (*self.plates, self.row, self.column)


@dataclass(frozen=True, eq=False)
class Invariant(Quantity):
    """`part` "stationary": pi[.., k]; "resolvent": R[.., j, k]."""

    chain: Transition = field(kw_only=True)
    part: str = field(kw_only=True)

    @property
    def operand(self) -> sympy.Expr:
        """The transition, at the formal indices."""
        return self.chain.operand

    @property
    def looks_up(self) -> bool:
        """Whether data choose the law of a step."""
        reads = (read for element in elements(self.operand) for read in element.indices)
        return any(isinstance(read, Lookup) for read in reads)


@lru_cache(maxsize=4096)
def invariant(chain: Transition, part: str) -> Invariant:
    """A part of what follows from a transition: one quantity, however often it is met."""
    indices = chain.formal if part == "resolvent" else (*chain.plates, chain.column)
    axes = tuple(index.axis for index in indices)
    sign = "positive" if part == "stationary" else "real"
    return Invariant(f"{part}_{chain.name}", axes, sign, chain=chain, part=part)
