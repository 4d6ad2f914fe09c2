"""What it costs to import autoem, to derive and print a model, and to verify it.

python -m benchmarks.compile_time [--rounds 3] [--no-verify] [--write] [model ...]
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from statistics import median

from autoem.cli.find import find_model, shipped
from autoem.pipeline import derive, generate
from benchmarks.table import machine, table, write
from docs.make_models_table import CHOSEN

GOALS = {"import": 1.0, "gaussian_mixture": 1.5, "model": 5.0, "verify": 20.0}
"""Seconds."""


def fresh(program: str) -> float:
    """Seconds that a fresh interpreter takes, over those of an empty program."""

    def run(text: str) -> float:
        return seconds(lambda: subprocess.run([sys.executable, "-c", text], check=True))

    return median(run(program) - run("pass") for _ in range(5))


def seconds(run: Callable[[], object]) -> float:
    """How long one call takes."""
    began = time.perf_counter()
    run()
    return time.perf_counter() - began


def printed(name: str) -> tuple[str, str]:
    """All that is printed of a model: its derivation and its module."""
    derivation = derive(find_model(name), posterior=CHOSEN.get(name))
    return str(derivation), generate(derivation).source


def measure(name: str, rounds: int, verified: bool) -> tuple[str, ...]:
    """One row of the table."""
    from autoem.pipeline import verify

    compiled = median(seconds(lambda: printed(name)) for _ in range(rounds))
    goal = GOALS.get(name, GOALS["model"])
    if not verified:
        return name, f"{compiled:.2f}", f"{goal:g}", "", ""
    certificate = None

    def certify() -> None:
        nonlocal certificate
        certificate = verify(derive(find_model(name), posterior=CHOSEN.get(name)))

    took = seconds(certify)
    return name, f"{compiled:.2f}", f"{goal:g}", f"{took:.1f}", str(bool(certificate))


def main() -> None:
    """Measure everything, print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("models", nargs="*")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--no-verify", dest="verify", action="store_false")
    options.add_argument("--write", action="store_true")
    chosen = options.parse_args()
    imported = fresh("import autoem")
    public = fresh("from autoem import *")
    printed("two_coins")  # what is imported on first use
    head = ("model", "derive and print, s", "goal", "verify, s", "certified")
    rows = [measure(name, chosen.rounds, chosen.verify) for name in chosen.models or shipped()]
    text = (
        f"`import autoem` {imported:.3f} s (goal {GOALS['import']:g} s); with every public name "
        f"{public:.2f} s. The goal of a certificate is {GOALS['verify']:g} s.\n\n"
        f"{table(head, rows)}\n\n{machine('numpy', 'sympy')}"
    )
    print(text)
    if chosen.write:
        write("compile_time", text)


if __name__ == "__main__":
    main()
