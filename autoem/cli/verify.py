"""`autoem verify`: the certificate of a derivation."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from autoem.cli import options
from autoem.cli.find import find_model
from autoem.cli.output import echo_json

if TYPE_CHECKING:
    from autoem.derive.approximations import Approximation


@click.command
@options.model
@options.posterior
@options.as_json
def verify(model: str, posterior: Approximation | None, as_json: bool) -> int:
    """Prove the EM algorithm of MODEL: posterior, bound, M-step, ascent, code.

    Exit code 1 if an obligation is open or failed.

    \b
    autoem verify two_coins
    """
    from autoem.pipeline import derive, verify as verified

    certificate = verified(derive(find_model(model), posterior))
    if as_json:
        echo_json(
            {
                "model": certificate.name,
                "certified": bool(certificate),
                "obligations": [vars(obligation) for obligation in certificate.obligations],
            }
        )
    else:
        click.echo(str(certificate))
    return 0 if certificate else 1
