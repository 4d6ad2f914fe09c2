"""Arguments and options that several commands share."""

from __future__ import annotations

from pathlib import Path

import click

from autoem.cli.posterior import chosen

model = click.argument("model")
as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
size = click.option(
    "--size", "sizes", multiple=True, metavar="AXIS=N", help="Length of an axis: k=2."
)
given = click.option(
    "--given",
    multiple=True,
    metavar="NAME=VALUE",
    help="Values of a variable that are in no table: animals=197, y=125,18,20,34, or JSON.",
)
seed = click.option("--seed", type=int, help="The same seed gives the same result.")
posterior = click.option(
    "--posterior",
    callback=chosen,
    metavar="CHOICE",
    help="Where no posterior is exact: quadrature, quadrature:order=32, laplace, mean_field.",
)
output = click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write to a file, whole or not at all; only autoem's own files are overwritten.",
)
