"""`autoem sample`: simulated data from the declaration that is fitted."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path

import click
import numpy as np

from autoem.cli import options
from autoem.cli.find import find_model
from autoem.cli.output import check_free, echo_json
from autoem.cli.values import sizes_of, values_of
from autoem.errors.command import NoOneTable
from autoem.language.model import ModelType
from autoem.runtime.whole_file import write_whole


@click.command
@options.model
@click.option(
    "--parameters",
    multiple=True,
    required=True,
    metavar="NAME=VALUE|FILE",
    help="bias=0.2,0.7, a JSON file, or a saved fit.",
)
@options.size
@options.given
@options.seed
@click.option("--latents", is_flag=True, help="Latent variables too.")
@options.output
@options.as_json
def sample(
    model: str,
    parameters: tuple[str, ...],
    sizes: tuple[str, ...],
    given: tuple[str, ...],
    seed: int | None,
    latents: bool,
    output: Path | None,
    as_json: bool,
) -> None:
    """Simulate data from MODEL as a CSV table, which `autoem fit` reads.

    \b
    autoem sample two_coins --parameters bias=0.2,0.7 --given tosses=10 --size n=5 --seed 1
    """
    from autoem.pipeline import sample as sampled

    if output is not None:
        check_free(output)
    declared = find_model(model)
    values = values_of("--parameters", parameters)
    fixed = values_of("--given", given)
    drawn = sampled(declared, values, sizes_of(sizes), seed, given=fixed)
    if as_json:
        echo_json(drawn)
        return
    text = table_text(_in_table(declared, drawn, latents))
    if output is None:
        click.echo(text, nl=False)
    else:
        write_whole(output, text.encode())
        click.echo(f"wrote {output}", err=True)


def _in_table(
    model: ModelType, drawn: Mapping[str, np.ndarray], latents: bool
) -> dict[str, np.ndarray]:
    """Observed variables, givens with rows, and latents if asked for."""
    declaration = model.declaration
    names = [variable.name for variable in declaration.observed]
    names += [variable.name for variable in declaration.givens if drawn[variable.name].ndim]
    names += [variable.name for variable in declaration.latents if latents]
    return {name: drawn[name] for name in names}


def table_text(arrays: Mapping[str, np.ndarray]) -> str:
    """Arrays with rows as CSV text; a row of several numbers is several columns.

    >>> print(table_text({"x": np.array([[1.0, 0.5]]), "y": np.array([3])}))
    x_0,x_1,y
    1.0,0.5,3
    <BLANKLINE>
    """
    columns: dict[str, list[object]] = {}
    for name, array in arrays.items():
        flat = np.atleast_1d(array)
        flat = flat.reshape(len(flat), -1)
        single = array.ndim < 2
        for place in range(flat.shape[1]):
            columns[name if single else f"{name}_{place}"] = flat[:, place].tolist()
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1:
        raise NoOneTable(lengths=lengths)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(zip(*columns.values(), strict=True))
    return text.getvalue()
