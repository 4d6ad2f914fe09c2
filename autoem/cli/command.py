"""The command `autoem` and what it does with errors."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from io import TextIOWrapper
from typing import NoReturn

import click

from autoem.cli.derive import derive
from autoem.cli.fit import fit
from autoem.cli.generate import generate
from autoem.cli.graph import graph
from autoem.cli.sample import sample
from autoem.cli.verify import verify
from autoem.errors.base import AutoemError

SUCCEEDED, FAILED, MISUSED = 0, 1, 2


def _show_version(context: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        try:
            click.echo(version("autoem"))
        except PackageNotFoundError:
            click.echo("not installed: run from a checkout")
        context.exit()


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version,
    help="Show the version and exit.",
)  # fmt: skip
def autoem() -> None:
    """Declare a probabilistic model; get its EM algorithm: derived, proved, printed and run.

    MODEL is a file of Python, path.py or path.py:Class, or the name of a shipped model.

    \b
    autoem graph gaussian_mixture -o graph.svg
    autoem derive zero_inflated_poisson
    autoem verify two_coins
    autoem generate gaussian_mixture -o em.py
    autoem fit gaussian_mixture examples/data/faithful.csv --size k=2
    autoem sample two_coins --parameters bias=0.2,0.7 --given tosses=10 --size n=5

    Exit codes: 0 success, 1 the fit or the proof did not succeed, 2 wrong usage or input.
    """


for command in (graph, derive, verify, generate, fit, sample):
    autoem.add_command(command)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run the command line and exit with its code; errors are messages, not tracebacks."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="replace")
    sys.exit(_run(arguments))


def _run(arguments: Sequence[str] | None) -> int:
    try:
        return autoem.main(arguments, prog_name="autoem", standalone_mode=False) or SUCCEEDED
    except click.Abort:
        click.echo("interrupted", err=True)
        return FAILED
    except click.ClickException as error:
        error.show()
    except AutoemError as error:
        click.echo(f"error: {error}", err=True)
    except OSError as error:
        click.echo(f"error: {error.filename or ''}: {error.strerror}", err=True)
    return MISUSED
