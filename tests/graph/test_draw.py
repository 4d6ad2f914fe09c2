"""Pictures: what they must never do, over many models; then what they show."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from xml.etree import ElementTree

import pytest

from autoem.errors import UnknownPictureFormat
from autoem.families import Categorical, Dirichlet, Gamma, MultivariateNormal, Normal
from autoem.graph.draw import draw
from autoem.graph.factor_graph import factor_graph
from autoem.graph.geometry import Box
from autoem.graph.layout import Layout, laid_out
from autoem.graph.rows import grid
from autoem.graph.svg import marks_of
from autoem.language import (
    Axis,
    Identity,
    Latent,
    Markov,
    Model,
    Observed,
    Ones,
    Parameter,
    Positive,
    PositiveDefinite,
    Real,
    Simplex,
    Zeros,
    previous,
)


class PriorMixture(Model):
    n, k, d = Axis("observations"), Axis("components"), Axis("features")
    strength = Parameter(Positive())
    weight = Parameter(Simplex(k), prior=Dirichlet(2 * Ones(k)))
    mean = Parameter(Real(d), over=k, prior=MultivariateNormal(Zeros(d), cov=Identity(d)))
    cov = Parameter(PositiveDefinite(d), over=k)
    z = Latent(Categorical(weight), over=n)
    x = Observed(MultivariateNormal(mean[z], cov=cov[z]), over=n)


class Crossed(Model):
    s, t = Axis("subjects"), Axis("tests")
    v1, v2, v3 = Parameter(Positive()), Parameter(Positive()), Parameter(Positive())
    ability = Latent(Normal(0, variance=v1), over=s)
    difficulty = Latent(Normal(0, variance=v2), over=t)
    y = Observed(Normal(ability - difficulty, variance=v3), over=(s, t))


class ThreeWay(Model):
    a, b, c = Axis("rows"), Axis("columns"), Axis("layers")
    u = Latent(Normal(0, variance=1), over=a)
    v = Latent(Normal(0, variance=1), over=b)
    w = Latent(Normal(0, variance=1), over=c)
    y = Observed(Normal(u * v * w, variance=1), over=(a, b, c))


class Nested(Model):
    region, school = Axis("regions"), Axis("schools")
    m, s1, s2 = Parameter(Real()), Parameter(Positive()), Parameter(Positive())
    a = Latent(Normal(m, variance=s1), over=region)
    y = Observed(Normal(a, variance=s2), over=(region, school))


class Chain(Model):
    s, t, k = Axis("sequences"), Axis("steps"), Axis("states")
    initial = Parameter(Simplex(k))
    transition = Parameter(Simplex(k), over=k)
    mean = Parameter(Real(), over=k)
    z = Latent(
        Markov(first=Categorical(initial), then=Categorical(transition[previous])), over=(s, t)
    )
    x = Observed(Normal(mean[z], variance=1), over=(s, t))


class LongEdges(Model):
    n, k = Axis("rows"), Axis("components")
    weight = Parameter(Simplex(k))
    nu, gate = Parameter(Positive(), over=k), Parameter(Real(), over=k)
    z = Latent(Categorical(weight), over=n)
    u = Latent(Gamma(nu[z], rate=nu[z]), over=n)
    y = Observed(Normal(gate[z], variance=1 / u), over=n)


class Escaped(Model):
    n = Axis('<b>"rows" & columns')
    x = Observed(Normal(0, variance=1), over=n)


MODELS = [PriorMixture, Crossed, ThreeWay, Nested, Chain, LongEdges, Escaped]
each_model = pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)


def layout_of(model: type[Model]) -> tuple[Layout, dict[str, Box]]:
    """The layout, and the rectangle that each node takes with its label."""
    graph = factor_graph(model)
    cells = grid(graph)
    marks = marks_of(graph, cells)
    labels = dict.fromkeys(graph.plates, 40.0)
    layout = laid_out(cells, {node: mark.extent for node, mark in marks.items()}, labels)
    taken = {}
    for node, mark in marks.items():
        x, y = layout.places[node]
        taken[node] = mark.extent.at((x - mark.extent.shift, y))
    return layout, taken


def overlap(one: Box, other: Box) -> bool:
    beside = one.right <= other.left or other.right <= one.left
    return not (beside or one.bottom <= other.top or other.bottom <= one.top)


@each_model
def test_no_node_lies_on_another(model: type[Model]) -> None:
    _, taken = layout_of(model)
    for one, other in combinations(taken, 2):
        assert not overlap(taken[one], taken[other]), (one, other)


@each_model
def test_a_box_holds_its_nodes_whole_and_no_other(model: type[Model]) -> None:
    layout, taken = layout_of(model)
    plates = dict(factor_graph(model).graph.nodes(data="plates"))
    for axis, box in layout.boxes.items():
        for node, room in taken.items():
            if axis in plates[node]:
                assert overlap(room, box)
                assert box.left < room.left and room.right < box.right
                assert box.top < room.top and room.bottom < box.bottom
            else:
                assert not overlap(room, box), (node, axis)


@each_model
def test_a_plate_is_a_box_or_is_named(model: type[Model]) -> None:
    layout, _ = layout_of(model)
    assert {*layout.boxes, *layout.undrawn} == set(factor_graph(model).plates)


@each_model
def test_edges_run_from_left_to_right(model: type[Model]) -> None:
    layout, _ = layout_of(model)
    for route in layout.routes.values():
        assert [x for x, _ in route] == sorted(x for x, _ in route)


@each_model
def test_the_same_picture_every_time(model: type[Model]) -> None:
    assert draw(model) == draw(model)


@each_model
def test_the_picture_is_well_formed_and_lies_in_its_frame(model: type[Model]) -> None:
    root = ElementTree.fromstring(draw(model).svg)
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    for shape in root.iter("{http://www.w3.org/2000/svg}ellipse"):
        x, y = float(shape.attrib["cx"]), float(shape.attrib["cy"])
        assert 0 < x < width and 0 < y < height


def test_crossing_plates_are_boxes_that_cross() -> None:
    layout, _ = layout_of(Crossed)
    assert not layout.undrawn
    one, other = layout.boxes.values()
    assert overlap(one, other)


def test_a_plate_that_no_box_can_show_is_written_below() -> None:
    layout, _ = layout_of(ThreeWay)
    assert [axis.name for axis in layout.undrawn] == ["layers"]
    assert "plates shown by subscripts only: c layers" in draw(ThreeWay).svg
    assert '[label="w (over layers)"' in draw(ThreeWay).dot


def test_nested_plates_are_nested_boxes_and_clusters() -> None:
    layout, _ = layout_of(Nested)
    outer, inner = layout.boxes.values()
    assert outer.left < inner.left and inner.right < outer.right
    assert outer.top < inner.top and inner.bottom < outer.bottom
    text = draw(Nested).dot
    assert text.index("cluster_regions") < text.index("cluster_schools")


def test_names_are_escaped() -> None:
    drawing = draw(Escaped)
    assert "&lt;b&gt;" in drawing.svg and "<b>" not in drawing.svg
    assert 'label="<b>\\"rows\\" & columns"' in drawing.dot


def test_a_chain_has_a_line_back_to_its_factor() -> None:
    assert '"z" -> "p(z)" [arrowhead=none constraint=false];' in draw(Chain).dot
    assert " C" in draw(Chain).svg


def test_write_says_which_forms_there_are(tmp_path: Path) -> None:
    drawing = draw(Nested)
    assert drawing.write(tmp_path / "a.svg").read_text() == drawing.svg
    assert drawing.write(str(tmp_path / "a.dot")).read_text() == drawing.dot
    with pytest.raises(UnknownPictureFormat, match=r"a\.png: give it one of \.svg, \.dot, \.gv"):
        drawing.write(tmp_path / "a.png")
