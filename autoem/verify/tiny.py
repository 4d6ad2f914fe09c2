"""Lengths of axes that brute force can handle, few of them alike."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

from autoem.language.chain import Markov, Tree
from autoem.language.declaration import Given, Latent, Observed, Parameter, Random, Variable
from autoem.language.expression import Axis, Entry, subexpressions
from autoem.language.model import ModelType
from autoem.verify.lines import SUPPORTS

SECOND, SMALLEST = 10, 2
"""The length of a second axis of rows, at most, and that of any axis, at least."""


def tiny_sizes(model: ModelType, rows: int | None = None) -> dict[str, int]:
    """Lengths that brute force can handle, few alike: `rows`, then ever less, for the axes that no
    parameter has; 2, 3, ... for the others, those of latents first, none as long as rows that it
    meets in an array, and shorter those into which others point.

    Not given, `rows` is 5; 4 where a continuous chain has to be integrated whole, 3 where the paths
    of several chains have to be enumerated.  An axis is long enough for every entry that is named,
    as freq[3].

    >>> from autoem.families import Normal
    >>> from autoem.language import Axis, Model, Observed, Real
    >>> class Means(Model):
    ...     n, k = Axis(), Axis()
    ...     mean = Parameter(Real(), over=k)
    ...     x = Observed(Normal(mean, variance=1), over=(n, k))
    >>> tiny_sizes(Means)
    {'n': 5, 'k': 2}
    """
    declaration = model.declaration
    chains = [v for v in declaration.latents if isinstance(v.distribution, Markov)]
    least = 4 if any(map(_is_continuous_chain, declaration.latents)) else 5
    least = 3 if len(chains) > 1 else least
    rows = least if rows is None else rows
    free = [axis for axis in declaration.axes if axis.size is None and axis.key]
    lengths = dict(_of_held(declaration.parameters))
    inner = [a for a in dict.fromkeys(_inner_axes(declaration.variables)) if a in free]
    outer = [axis for axis in free if axis not in inner and axis not in lengths]
    # The same whatever the rows: parameters of one size fit any number of them.
    seen = dict(zip(outer, _falling(least, len(outer)), strict=True))
    for axis in (axis for axis in inner if axis not in lengths):
        near = [seen[o] for o in outer if _meet(declaration.variables, axis, o)]
        taken = [*near, *(lengths[other] for other in inner if other in lengths)]
        lengths[axis] = next(n for n in count(SMALLEST) if n not in taken)
    lengths |= dict(zip(outer, _falling(rows, len(outer)), strict=True))
    named = _named_entries(declaration.variables)
    return {axis.key: max(lengths[axis], named.get(axis, 0)) for axis in free if axis.key}


def _meet(variables: tuple[Variable, ...], one: Axis, other: Axis) -> bool:
    """Whether some array has both axes."""
    return any(one in axes and other in axes for axes in ((*v.plates, *v.event) for v in variables))


def _falling(rows: int, number: int) -> list[int]:
    """The rows, then ever less.

    >>> _falling(240, 4)
    [240, 10, 9, 8]
    """
    second = min(rows - 1, SECOND)
    return [rows, *(max(SMALLEST, second - place) for place in range(number - 1))][:number]


def _named_entries(variables: tuple[Variable, ...]) -> dict[Axis, int]:
    """How many entries an axis has at least, since one of them is named by its position."""
    least: dict[Axis, int] = {}
    laws = (v.distribution for v in variables if isinstance(v, Random))
    for node in (n for law in laws for e in law.expressions for n in subexpressions(e)):
        if isinstance(node, Entry):
            axis = node.base.event[-1]
            least[axis] = max(least.get(axis, 0), node.position + 1)
    return least


def _of_held(parameters: tuple[Parameter, ...]) -> Iterator[tuple[Axis, int]]:
    """The lengths of the axes along which entries are declared to be held."""
    for p in parameters:
        if p.fixed is not None and p.fixed.ndim:
            yield from zip((*p.plates, *p.event), p.fixed.shape, strict=True)


def _is_continuous_chain(latent: Latent) -> bool:
    return isinstance(latent.distribution, Markov | Tree) and latent.support in SUPPORTS


def _inner_axes(variables: tuple[Variable, ...]) -> list[Axis]:
    """The axes of parameters, those of latent events and categories before the others; not one of
    categories that are rows, as the time of a change."""
    latent = [v for v in variables if isinstance(v, Latent)]
    first = [axis for v in latent for axis in v.event]
    rows = {axis: v for v in variables if isinstance(v, Observed) for axis in v.plates}
    categories = [v.category for v in latent if v.category is not None]
    first += [axis for axis in categories if axis not in rows]
    parameters = [v for v in variables if isinstance(v, Parameter)]
    found = first + [axis for v in parameters for axis in (*v.plates, *v.event)]
    return [*_pointed(variables, found), *found]


def _pointed(variables: tuple[Variable, ...], inner: list[Axis]) -> Iterator[Axis]:
    """The axes into which others of these point, which are shorter: every entry has one."""
    for variable in variables:
        own = variable.domain.axis if isinstance(variable, Given) else None
        if own in inner and variable.plates and all(axis in inner for axis in variable.plates):
            yield own
