"""`autoem graph`: the factor graph as text, as a picture, as data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from autoem.cli import options
from autoem.cli.find import find_model
from autoem.cli.output import echo_json, write_text


@click.command
@options.model
@options.output
@options.as_json
def graph(model: str, output: Path | None, as_json: bool) -> None:
    """Show the factor graph of MODEL, or draw it (.svg, or .dot for graphviz).

    \b
    autoem graph gaussian_mixture
    autoem graph gaussian_mixture -o graph.svg
    """
    from autoem.errors.drawing import UnknownPictureFormat
    from autoem.graph.draw import draw
    from autoem.graph.factor_graph import factor_graph

    declared = find_model(model)
    if output is not None:
        drawing = draw(declared)
        forms = {".svg": drawing.svg, ".dot": drawing.dot, ".gv": drawing.dot}
        if output.suffix not in forms:
            raise UnknownPictureFormat(path=str(output), known=tuple(forms))
        write_text(output, forms[output.suffix])
    found = factor_graph(declared)
    if as_json:
        echo_json(_plain(found))
    elif output is None:
        click.echo(str(found))


def _plain(found: Any) -> dict[str, Any]:
    nodes = [
        {"name": name, "kind": node["kind"], "plates": [axis.key for axis in node["plates"]]}
        for name, node in found.graph.nodes(data=True)
    ]
    return {
        "model": found.name,
        "nodes": nodes,
        "edges": [list(edge) for edge in found.graph.edges],
    }
