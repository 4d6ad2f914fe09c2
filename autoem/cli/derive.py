"""`autoem derive`: the EM algorithm of a model, with reasons."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from autoem.cli import options
from autoem.cli.find import find_model
from autoem.cli.output import echo_json, write_text

if TYPE_CHECKING:
    from autoem.derive.approximations import Approximation


@click.command
@options.model
@click.option("--latex", is_flag=True, help="Print LaTeX.")
@options.output
@options.posterior
@options.as_json
def derive(
    model: str, latex: bool, output: Path | None, posterior: Approximation | None, as_json: bool
) -> None:
    """Derive the EM algorithm of MODEL: log joint, posterior, Q, and each update with its reason.

    \b
    autoem derive zero_inflated_poisson
    autoem derive zero_inflated_poisson --latex -o derivation.tex
    autoem derive rasch --posterior quadrature
    """
    from autoem.cli.report import steps
    from autoem.pipeline import derive as derived

    found = derived(find_model(model), posterior)
    if as_json:
        echo_json(steps(found) | {"text": str(found), "latex": found.latex()})
        return
    text = found.latex() if latex else str(found)
    if output is None:
        click.echo(text)
    else:
        write_text(output, text + "\n")
