"""Which hidden sites must be summed over together.

Hidden sites that meet in one density belong to one *component*; the likelihood is a product over
components, and within one everything is enumerated or integrated together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product

from autoem.language import expression
from autoem.language.declaration import Latent, Observed, Random
from autoem.language.expression import Axis, Expression
from autoem.verify.pointwise import Place, earlier, size_of
from autoem.verify.sites import Instance, Site


@dataclass(frozen=True)
class Component:
    """Hidden sites that are coupled; all sites whose density reads one of them, with those that it
    may read."""

    hidden: tuple[Site, ...]
    factors: Mapping[Site, tuple[Site, ...]]


def components(instance: Instance) -> tuple[Component, ...]:
    """The components, in the order of their first hidden site; what reads no hidden site comes
    last, as a component that has none."""
    touching = {
        site: tuple(dict.fromkeys(_hidden(instance, site)))
        for kind in (Latent, Observed)
        for site in instance.sites(kind)
        if not instance.is_absent(site)
    }
    group = {site: site for site in touching if instance.is_hidden(site)}

    def find(site: Site) -> Site:
        while group[site] != site:
            site = group[site]
        return site

    for hidden in touching.values():
        for other in hidden[1:]:
            group[find(other)] = find(hidden[0])
    members: dict[Site, list[Site]] = {}
    for site in group:
        members.setdefault(find(site), []).append(site)
    factors: dict[Site | None, dict[Site, tuple[Site, ...]]] = {None: {}}
    for site, hidden in touching.items():
        factors.setdefault(find(hidden[0]) if hidden else None, {})[site] = hidden
    coupled = [Component(tuple(members[root]), factors[root]) for root in members]
    return (*coupled, Component((), factors[None]))


def _hidden(instance: Instance, site: Site) -> Iterator[Site]:
    """The hidden sites that the density of a site reads, itself included."""
    if instance.is_hidden(site):
        yield site
    for node in instance.law(site).expressions:
        yield from (s for s in _read_by(instance, node, site.at) if instance.is_hidden(s))


def _read_by(instance: Instance, node: Expression, at: Place) -> Iterator[Site]:
    """The random sites that an expression may read, whatever the states of the latents."""
    if isinstance(node, expression.Previous):
        assert isinstance(node.variable, Random)
        yield Site(node.variable, earlier(node, at, instance.reader({})))
    elif isinstance(node, Random):
        ranges = [_positions(instance, axis, at) for axis in node.plates]
        yield from (Site(node, place) for place in product(*ranges))
    elif isinstance(node, expression.Lookup):
        moved = dict(at)
        for axis, index in node.entries:
            inner = list(_read_by(instance, index, at))
            yield from inner
            if any(instance.is_hidden(site) for site in inner):
                moved.pop(axis, None)
            else:
                moved[axis] = int(instance.reader({})(index, at))
        yield from _read_by(instance, node.base, moved)
    else:
        for operand in node.operands:
            yield from _read_by(instance, operand, at)


def _positions(instance: Instance, axis: Axis, at: Place) -> range:
    return range(at[axis], at[axis] + 1) if axis in at else range(size_of(axis, instance.sizes))
