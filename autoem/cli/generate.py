"""`autoem generate`: the EM algorithm of a model as a module of its own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from autoem.cli import options
from autoem.cli.find import find_model
from autoem.cli.output import check_target, echo_json

if TYPE_CHECKING:
    from autoem.derive.approximations import Approximation


@click.command
@options.model
@options.output
@click.option("--check", is_flag=True, help="Only say whether the file of -o is up to date.")
@click.option("--backend", default="numpy", show_default=True, help="The language printed.")
@click.option(
    "--missing", multiple=True, metavar="NAME", help="An observed variable whose data have gaps."
)
@click.option("--weights", metavar="AXIS", help="An axis of groups whose weights are data.")
@options.posterior
@options.as_json
def generate(
    model: str,
    output: Path | None,
    check: bool,
    backend: str,
    missing: tuple[str, ...],
    weights: str | None,
    posterior: Approximation | None,
    as_json: bool,
) -> int:
    """Print the EM algorithm of MODEL as a module that needs NumPy (SciPy at most) and no autoem.

    With --check, exit code 1 if the file is not what would be written now.

    \b
    autoem generate gaussian_mixture -o em.py
    autoem generate gaussian_mixture -o em.py --check
    """
    from autoem.pipeline import derive, generate as generated

    if check and output is None:
        raise click.UsageError("--check needs the file to check: -o em.py")
    if output is not None and not check:
        check_target(output)
    program = generated(derive(find_model(model), posterior), backend, missing, weights=weights)
    if output is None:
        if as_json:
            echo_json({"model": program.name, "backend": backend, "source": program.source})
        else:
            click.echo(program.source, nl=False)
        return 0
    current = program.is_current(output)
    if not check:
        program.write(output)
    if as_json:
        echo_json({"model": program.name, "path": str(output), "was_current": current})
    else:
        said = ("is up to date" if current else "is stale") if check else "written"
        click.echo(f"{output} {said}")
    return 1 if check and not current else 0
