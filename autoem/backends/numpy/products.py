"""The product of two factors, summed over what they share: as a matrix product where it is one.

An axis is *free* (in one factor), *contracted* (in both, not in the target) or a *batch* (in both
and in the target).  In order of preference:

    nothing contracted                               a * b
    no batch, contracted axes stand together         a @ b, or np.tensordot
    batches in front of one or two axes              a stack of matrix products, or their sum
    the rows are a batch, and all that is odd        np.einsum
"""

from __future__ import annotations

import string
from dataclasses import dataclass, replace

from autoem.backends.numpy.operands import joined
from autoem.backends.numpy.scope import Operand, Scope, align
from autoem.backends.numpy.tree import (
    Binary,
    Expr,
    Literal,
    Name,
    Sequence,
    Slice,
    Subscript,
    integers,
    invoke,
    method,
)

Axes = tuple[str, ...]
DOTS, NONE = Name("..."), Literal(None)
SUMMED = "summed_products"


@dataclass(frozen=True)
class Pair:
    """Two factors and the target, with every axis sorted into its role."""

    left: Operand
    right: Operand
    target: Axes

    @property
    def shared(self) -> Axes:
        return tuple(axis for axis in self.left.axes if axis in self.right.axes)

    @property
    def contracted(self) -> Axes:
        return tuple(axis for axis in self.shared if axis not in self.target)

    @property
    def batch(self) -> Axes:
        return tuple(axis for axis in self.shared if axis in self.target)

    def free(self, operand: Operand) -> Axes:
        return tuple(axis for axis in operand.axes if axis not in self.shared)

    @property
    def swapped(self) -> Pair:
        return Pair(self.right, self.left, self.target)


@dataclass(frozen=True)
class Form:
    """A way to write a product, and the function that it calls, if it is one of ours."""

    operand: Operand
    helper: str = ""

    def written(self, scope: Scope) -> Operand:
        """The product; it is noted what is needed."""
        if self.helper:
            scope.helper(self.helper)
        return self.operand


def multiply(scope: Scope, pair: Pair) -> Operand:
    """The product, its axes in the order of the target."""
    if not pair.contracted:
        axes, (a, b) = joined((pair.left, pair.right), pair.target)
        return Operand(Binary("*", a, b), axes)
    forms = [form for p in (pair, pair.swapped) for form in (_matrix(p), _stack(p)) if form]
    for form in forms:
        axes = form.operand.axes
        if axes == tuple(axis for axis in pair.target if axis in axes):
            return form.written(scope)
    if forms and pair.batch == ():
        found = forms[0].written(scope)
        own = tuple(axis for axis in pair.target if axis in found.axes)
        return replace(found, code=align(found, own), axes=own)
    return einsum((pair.left, pair.right), pair.target)


def _matrix(pair: Pair) -> Form | None:
    """No batch, and the contracted axes stand together in both factors, in the same order."""
    left, right, inner = pair.free(pair.left), pair.free(pair.right), pair.contracted
    if pair.batch or not all(_together(o, inner) for o in (pair.left, pair.right)):
        return None
    if len(inner) == 1 and len(left) <= 1 and len(right) <= 1:
        a, b = align(pair.left, left + inner), align(pair.right, inner + right)
        return Form(Operand(Binary("@", a, b), left + right))
    places = tuple(
        integers(tuple(operand.axes.index(axis) for axis in inner))
        for operand in (pair.left, pair.right)
    )
    axes = Sequence("()", places)
    code = invoke("np.tensordot", pair.left.code, pair.right.code, axes=axes)
    return Form(Operand(code, left + right))


def _together(operand: Operand, inner: Axes) -> bool:
    """Whether the axes are the first or the last of the operand, in order."""
    return inner in (operand.axes[: len(inner)], operand.axes[-len(inner) :])


def _stack(pair: Pair) -> Form | None:
    """Matrices in the last two axes; the axes before them broadcast, some are summed afterwards.

    Only one factor may have more than one free axis: the others of them are broadcast over.
    """
    inner, before = pair.contracted[-1], (*pair.batch, *pair.contracted[:-1])
    left, right = pair.free(pair.left), pair.free(pair.right)
    if (len(left) > 1 and len(right) > 1) or (not left and not right):
        return None
    lead = (*before, *left[:-1], *right[:-1])
    order = tuple(a for o in (pair.left, pair.right) for a in o.axes if a in lead)
    lead = tuple(dict.fromkeys(order))
    a = _matrices(pair.left, lead, (*left[-1:], inner), (DOTS, NONE, Slice()))
    b = _matrices(pair.right, lead, (inner, *right[-1:]), (DOTS, NONE))
    if a is None or b is None:
        return None
    if left and right and before and not pair.batch and set(lead) == set(before):
        return Form(Operand(invoke(SUMMED, a, b), (*left, *right)), SUMMED)
    code: Expr = Binary("@", a, b)
    if not left:
        code = Subscript(code, (DOTS, Literal(0), Slice()))
    if not right:
        code = Subscript(code, (DOTS, Literal(0)))
    sums = tuple(lead.index(axis) for axis in pair.contracted[:-1])
    if sums:
        code = method(code, "sum", axis=integers(sums))
    kept = tuple(axis for axis in lead if axis not in pair.contracted)
    return Form(Operand(code, (*kept, *left[-1:], *right[-1:])))


def _matrices(operand: Operand, lead: Axes, last: Axes, vector: tuple[Expr, ...]) -> Expr | None:
    """The operand as matrices over `last` behind the leading axes it has; None if it is not so.

    A vector gets an axis of length one by the index `vector`.
    """
    mine = tuple(axis for axis in lead if axis in operand.axes)
    tail = operand.axes[len(mine) :]
    if operand.axes[: len(mine)] != mine or tail not in (last, last[::-1]):
        return None
    if tail != last and not mine:
        return align(operand, last)
    code = align(operand, (*lead, *tail))
    if len(last) == 1:
        return Subscript(code, vector)
    return code if tail == last else method(code, "swapaxes", Literal(-1), Literal(-2))


def einsum(factors: tuple[Operand, ...], target: Axes) -> Operand:
    """np.einsum with a letter for every axis, its own first letter where that is free."""
    letters: dict[str, str] = {}
    for axis in (axis for factor in factors for axis in factor.axes):
        if axis not in letters:
            choices = [c for c in (axis[:1], *string.ascii_lowercase) if c.isalpha()]
            letters[axis] = next(c for c in choices if c not in letters.values())
    result = tuple(axis for axis in target if axis in letters)
    words = ["".join(letters[axis] for axis in factor.axes) for factor in factors]
    recipe = f"{','.join(words)}->{''.join(letters[axis] for axis in result)}"
    codes = (factor.code for factor in factors)
    return Operand(invoke("np.einsum", Literal(recipe), *codes), result)
