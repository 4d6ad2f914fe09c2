"""`autoem fit`: a model and a table in, estimates out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from autoem.cli import options
from autoem.cli.find import find_model
from autoem.cli.output import check_fit_target, echo_json
from autoem.cli.values import assigned, sizes_of, values_of

if TYPE_CHECKING:
    from autoem.cli.columns import Taken
    from autoem.derive.approximations import Approximation
    from autoem.runtime.fit_result import Fit

SUCCEEDED = ("converged", "boundary")
"""Results that are an optimum; exit code 0."""


@click.command
@options.model
@click.argument("table", required=False, metavar="[DATA.csv]", type=click.Path(path_type=Path))
@options.size
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="NAME=COLUMN,...",
    help="Columns of a variable; a number is a constant column: v=1,gpa,psi.",
)
@click.option("--weights", multiple=True, metavar="AXIS=COLUMN", help="How often each row counts.")
@click.option(
    "--sequence",
    metavar="COLUMN",
    help="The table is long, a row a step: the column that names the sequence of each row.",
)
@options.given
@click.option(
    "--start", multiple=True, metavar="NAME=VALUE|FILE", help="Where to start: values or a file."
)
@click.option("--fixed", multiple=True, metavar="NAME=VALUE|FILE", help="Held; nan is free.")
@click.option("--restarts", default=1, show_default=True, help="The best of so many starts.")
@options.seed
@click.option("--tol", default=1e-14, show_default=True, help="Relative gain at which to stop.")
@click.option("--max-iterations", default=10_000, show_default=True)
@click.option(
    "--save", type=click.Path(path_type=Path, dir_okay=False), help="Save the fit: fit.zip."
)
@click.option("--progress/--no-progress", default=None, help="A line that shows the iteration.")
@click.option("--quiet", is_flag=True, help="Print the result alone.")
@options.posterior
@options.as_json
def fit(
    model: str,
    table: Path | None,
    sizes: tuple[str, ...],
    columns: tuple[str, ...],
    weights: tuple[str, ...],
    sequence: str | None,
    given: tuple[str, ...],
    start: tuple[str, ...],
    fixed: tuple[str, ...],
    restarts: int,
    seed: int | None,
    tol: float,
    max_iterations: int,
    save: Path | None,
    progress: bool | None,
    quiet: bool,
    posterior: Approximation | None,
    as_json: bool,
) -> int:
    """Fit MODEL to the columns of a CSV file by its EM algorithm.

    A vector takes all numeric columns, unless --column says which.  Exit code 1: no optimum.

    \b
    autoem fit gaussian_mixture examples/data/faithful.csv --size k=2
    autoem fit death_notices examples/data/death_notices.csv --size k=2 --weights n=days
    autoem fit logistic_regression examples/data/spector.csv --column y=grade --column v=1,gpa,tuce,psi
    autoem fit linkage --given animals=197 --given y=125,18,20,34
    """  # noqa: E501
    from autoem.cli.report import report, steps
    from autoem.pipeline import derive, fit as fitted, generate

    if save is not None:
        check_fit_target(save)
    derivation = derive(find_model(model), posterior)
    data = read(generate(derivation).module.SCHEMA, table, columns, given, weights, sequence)
    if not (quiet or as_json):
        heading = f"{report(derivation)}\n(in full: autoem derive {model})"
        click.echo(f"{heading}\n\n{about_data(data, table)}\n")
    found = fitted(
        derivation,
        data.data,
        sizes_of(sizes),
        weights=data.weights,
        fixed=values_of("--fixed", fixed),
        start=values_of("--start", start),
        restarts=restarts,
        seed=seed,
        tol=tol,
        max_iterations=max_iterations,
        progress=False if quiet or as_json else progress,
    )
    if as_json:
        echo_json(plain_fit(found) | {"derivation": steps(derivation)})
    else:
        click.echo(found.summary())
    if save:
        found.save(save)
    return 0 if found.result in SUCCEEDED else 1


def read(
    schema: Mapping[str, Any],
    table: Path | None,
    columns: tuple[str, ...],
    given: tuple[str, ...],
    weights: tuple[str, ...],
    sequence: str | None,
) -> Taken:
    """The data of a command line."""
    from autoem.cli.columns import taken
    from autoem.runtime.data import read_csv
    from autoem.runtime.schema import Schema

    return taken(
        Schema.from_dict(schema),
        None if table is None else read_csv(table),
        {name: tuple(text.split(",")) for name, text in assigned("--column", columns).items()},
        values_of("--given", given),
        assigned("--weights", weights),
        sequence,
    )


def about_data(data: Taken, table: Path | None) -> str:
    """Which columns were taken: what was guessed is said."""
    taken = [f"{name} = {', '.join(columns)}" for name, columns in data.columns.items()]
    given = [f"{name} given" for name in data.data if name not in data.columns]
    weighed = [f"weights of {axis}" for axis in data.weights]
    return f"data {table or ''}\n  " + "; ".join((*taken, *given, *weighed))


def plain_fit(found: Fit) -> dict[str, Any]:
    """A fit as plain data; standard errors where they take no time."""
    known = found.at_hand
    return {
        "model": found.schema.name,
        "result": str(found.result),
        "advice": found.result.advice,
        "log_likelihood": found.log_likelihood,
        "objective": found.objective,
        "iterations": found.iterations,
        "parameters": found.parameters,
        "standard_errors": None if known is None else known.standard_errors,
        "information": None if known is None else str(known),
        "aic": found.aic,
        "bic": found.bic,
        "free_parameters": found.free_parameters,
        "observations": found.observations,
        "sizes": dict(found.sizes),
        "levels": dict(found.levels),
        "missing": dict(found.missing),
        "condensed": found.condensed,
    }
