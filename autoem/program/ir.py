"""The array program: what the derivation is lowered to, and what every backend prints.

A program is a list of single assignments.  Each defines one array over *named axes* by one
operation from a closed set.  In the notation of the textbook a statement reads

    target[a, b] = sum over c, d of  f[a, c] * g[c, d] * h[d, b]        (Contract)
    target[a, b] = scalar expression of  f[a], g[a, b], ...             (Map)

so that an axis is never a position: `Ref("x", ("n", "d'"))` is the array `x`, declared over
(n, d), read with its second axis called d'.  Where an axis of a reference is itself a reference
it is a lookup: `Ref("b", (Ref("group", ("i",)),))` is b[group[i]]; an integer takes an entry.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import TypeAlias

from autoem.program.expectation import Expectation
from autoem.program.reads import (
    Call as Call,
    IndexRead as IndexRead,
    Number as Number,
    Position as Position,
    Ref as Ref,
    Scalar as Scalar,
)
from autoem.program.recursions import (
    BestPath as BestPath,
    Chain as Chain,
    ForwardBackward as ForwardBackward,
    Recur as Recur,
    Roll as Roll,
    Smooth as Smooth,
)


@dataclass(frozen=True)
class Guard:
    """The mask [left = right] on a contraction: it never multiplies, it selects."""

    left: IndexRead
    right: IndexRead


@dataclass(frozen=True)
class Map:
    """target = expression, elementwise; missing axes broadcast."""

    expression: Scalar


@dataclass(frozen=True)
class Contract:
    """target = scale * sum of the product of the factors over every axis not in the target.

    An axis that no factor mentions and that is listed in `over` multiplies by its size.
    """

    factors: tuple[Ref, ...]
    over: tuple[str, ...]
    guards: tuple[Guard, ...] = ()
    scale: Fraction = Fraction(1)


@dataclass(frozen=True)
class LogSumExp:
    """target = log sum exp of the operand over `axes`."""

    operand: Ref
    axes: tuple[str, ...]


@dataclass(frozen=True)
class Extreme:
    """target = the largest absolute value of the operand over `axes`."""

    operand: Ref
    axes: tuple[str, ...]


RANKS = ("least", "greatest", "weighted_median")
"""Order statistics: of the entries with positive weight."""


@dataclass(frozen=True)
class Rank:
    """target = an order statistic over `axes` of the values, each of which has its weight."""

    function: str
    values: Ref
    weights: Ref
    axes: tuple[str, ...]


@dataclass(frozen=True)
class Matrix:
    """A matrix function of the operand's axes (row, column); all other axes are batches.

    Of a symmetric positive definite operand: "inverse", and "cholesky", the lower triangular L with
    L L' = A (target has both axes); "log_determinant" (neither).  Of a transition matrix A, whose
    rows sum to one: "resolvent", the inverse of I - A + U with ones in U (both axes), and
    "stationary", its column sums (the column).
    """

    function: str
    operand: Ref
    row: str
    column: str


@dataclass(frozen=True)
class Solve:
    """The affine system  sum_j A[i, j] y[j] = c[i]  for a set of unknown arrays at once.

    `unknowns[i]` is the i-th target with the axes that are *rows* of the system (all other axes of
    the target are batches); `matrix[i][j]` has the batch axes, the row axes of i, and the row axes
    of j renamed with a trailing prime (None is a zero block); `right[i]` has the axes of unknown i.
    The solution is the one of smallest norm where the system is singular.  `method` is "solve", or
    "ascend": A symmetric, scaled to a diagonal of ones, its eigenvalues by their absolute values.
    """

    unknowns: tuple[Ref, ...]
    rows: tuple[tuple[str, ...], ...]
    matrix: tuple[tuple[Ref | None, ...], ...]
    right: tuple[Ref, ...]
    method: str = "solve"


@dataclass(frozen=True)
class Best:
    """The largest entry of the operand along an axis, and its place: two targets without it.  With
    a `table` of two axes, that of operand + log table."""

    operand: Ref
    axis: str
    table: Ref | None = None


@dataclass(frozen=True)
class Distinct:
    """The entries of the operands along the row axis, those that agree in all of them once: each
    operand with the axis of the patterns in its place, and then the pattern of each row.

    Only the plan makes it (`autoem/program/by_pattern.py`).
    """

    operands: tuple[Ref, ...]
    row: str


@dataclass(frozen=True)
class Root:
    """Elementwise root of `value(unknown) = 0` for the unknown in (lower, upper).

    `value` and `slope` are scalar expressions of Ref(unknown, axes) and of arrays; `start` is where
    the safeguarded Newton iteration begins.  The statements of `body` are computed first, at the
    unknown: sums in which it stands.
    """

    unknown: str
    value: Scalar
    slope: Scalar
    start: Ref
    lower: float
    upper: float
    body: tuple[Let, ...] = ()


@dataclass(frozen=True)
class Maximize:
    """Numeric maximization of an inner program's scalar `objective` over some parameters.

    The inner statements compute `objective` and, for unknowns u and v, `gradient[u]` (axes of u)
    and `hessian[u][v]` (axes of u, then axes of v primed), as functions of the unknowns.
    `domains` are the domains by which the unknowns are made unconstrained.
    """

    unknowns: tuple[Ref, ...]
    domains: tuple[str, ...]
    start: tuple[Ref, ...]
    body: tuple[Let, ...]
    objective: str
    gradient: tuple[str, ...]
    hessian: tuple[tuple[str | None, ...], ...]


@dataclass(frozen=True)
class Nodes:
    """The nodes u of a rule for integrals over the line, and the logs of their weights w:

        int f(u) du  is about  sum over q of  w[q] f(u[q]) .

    `kind` is "hermite": exact for a polynomial of degree 2 count - 1 times exp(-u^2 / 2); or
    "draws": of Student's law with five degrees of freedom, one in each interval of equal
    probability, made by the `seed`.
    """

    kind: str
    count: int
    seed: int = 0


Operation: TypeAlias = (
    Map | Contract | LogSumExp | Extreme | Matrix | Solve | Root | Maximize
    | ForwardBackward | Best | BestPath | Distinct | Roll | Smooth | Recur | Rank | Nodes
)  # fmt: skip


@dataclass(frozen=True)
class Array:
    """A named array; `kind` is float, int or bool."""

    name: str
    axes: tuple[str, ...] = ()
    kind: str = "float"


@dataclass(frozen=True)
class Let:
    """One assignment; Solve, ForwardBackward, Maximize and some others assign several targets."""

    targets: tuple[Array, ...]
    operation: Operation
    comment: str = ""


@dataclass(frozen=True)
class Function:
    """A straight-line function of arrays: inputs, single assignments, outputs by name."""

    name: str
    inputs: tuple[Array, ...]
    body: tuple[Let, ...]
    outputs: tuple[Array, ...]
    comment: str = ""


ROW_WEIGHT = "row_weight"
"""The array of weights over the row axis; no variable of a model has this name by accident."""

NEW = "new_"
"""What stands before the name of a parameter in the outputs of `maximize`."""

Nested: TypeAlias = "int | list[Nested]"
"""The entries of a constant array."""

PATH = "path_"
"""What stands before the name of a latent in the outputs of `decode`."""

SCORE = "score_"
"""What stands before the name of a parameter in the outputs of `score` and `prior_score`."""


@dataclass(frozen=True)
class ArrayProgram:
    """The functions of an EM algorithm, over one row axis that may be cut into blocks.

    posterior   data, parameters -> expectations per row, and `log_evidence` over the row axis
    statistics  data, parameters, expectations, row_weight -> statistics, additive over rows
    maximize    statistics, parameters -> new_mean for the parameter mean, and so on
    score       as statistics -> score_mean, the gradient of the log-likelihood, additive over rows
    decode      data, parameters -> path_z, the most probable states of the latent z, and so on
    entries     data, parameters -> expectations at the entries of a sparse table, sparse themselves
    prior       parameters -> log_prior;  prior_score: its gradient, named as that of score

    `latents`: the expectations by latent and word (states, mean, ...); `every`: arrays 0, 1, ...
    for the axes that no other array has, and the codes that point into them; `masks`: data that say
    which cells are seen; `ones`: data that are ones unless they are given; `free`: what `maximize`
    reads besides, 1 where an entry of a parameter is free and 0 where it is held; `modes`:
    parameters that stand for a mode, with the expectation that is a step of Newton's method from
    there, and `heights` the log joint there.
    """

    name: str
    row: str | None
    sizes: dict[str, str] = field(hash=False)  # program axis -> model axis ("d'" -> "d")
    data: tuple[Array, ...] = ()
    parameters: tuple[Array, ...] = ()
    posterior: Function = Function("posterior", (), (), ())
    statistics: Function = Function("statistics", (), (), ())
    maximize: Function = Function("maximize", (), (), ())
    document: str = ""
    prior: Function | None = None
    lengths: dict[str, int] = field(default_factory=dict, hash=False)  # axes of known length
    score: Function | None = None
    prior_score: Function | None = None
    decode: Function | None = None
    entries: Function | None = None
    latents: dict[str, dict[str, Expectation]] = field(default_factory=dict, hash=False)
    every: dict[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    sparse: tuple[str, ...] = ()  # data that are sparse matrices
    masks: tuple[str, ...] = ()
    ones: tuple[str, ...] = ()
    free: dict[Array, Nested] = field(default_factory=dict, hash=False)
    modes: dict[str, str] = field(default_factory=dict, hash=False)
    heights: tuple[str, ...] = ()
