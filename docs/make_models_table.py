"""The table of `docs/models.md`: what is derived for each shipped model.

    python docs/make_models_table.py [--verify] [model ...]

With `--verify` the models named, or all, are timed and certified anew, and in any case those that
have no row yet; of the others the page's times and certificates are kept.
"""

from __future__ import annotations

import ast
import sys
import time
from collections.abc import Collection, Sequence
from pathlib import Path

from autoem.cli.find import find_model, shipped
from autoem.cli.report import names_of
from autoem.derive.approximations import Approximation, laplace, mean_field, quadrature
from autoem.derive.stages import Derivation, derive
from autoem.pipeline import verify

PAGE = Path(__file__).parent / "models.md"
BEGIN, END = "<!-- table: begin -->\n", "<!-- table: end -->"
HEAD = ("model", "E-step", "M-step", "exact", "lines", "derive", "certificate")

CHOSEN: dict[str, Approximation] = {
    "item_response": quadrature(order=32),
    "latent_dirichlet_allocation": mean_field(),
    "mixed_logistic": mean_field(),
    "poisson_factorization": mean_field(),
    "poisson_random_intercept": quadrature(order=32),
    "poisson_state_space": laplace(),
    "rasch": quadrature(order=32),
    "switching_state_space": mean_field(),
}
"""The approximation for the posteriors of a model that has no exact ones."""


def row(name: str, kept: Sequence[str]) -> tuple[str, ...]:
    """What is derived for one model; the last two cells are measured, where they are not kept."""
    model = find_model(name)
    began = time.perf_counter()
    derivation = derive(model, assume=CHOSEN.get(name))
    took = time.perf_counter() - began
    return (
        f"[{name}](../models/{name}.py)",
        e_step(derivation),
        m_step(derivation),
        "yes" if derivation.exact else "no",
        str(lines(shipped()[name])),
        *(kept or (f"{took:.2f}", certified(name))),
    )


def e_step(derivation: Derivation) -> str:
    """Rule of each latent, in the order of elimination."""
    rules = [f"{p.name}: {p.rule}" for p in derivation.e_step.posteriors]
    by = " (mean_field)" if derivation.objective == "elbo" else ""
    return "; ".join(rules) + by or "no latent"


def m_step(derivation: Derivation) -> str:
    """Rule of each parameter, in the order of the updates."""
    own = [u for u in derivation.m_step.updates if u.rule != "coordinate"]
    return "; ".join(f"{names_of(u)}: {u.rule}" for u in own)


def lines(path: Path) -> int:
    """Lines of the class statement that are neither empty nor its docstring."""
    text = path.read_text(encoding="utf-8")
    (model,) = [node for node in ast.parse(text).body if isinstance(node, ast.ClassDef)]
    first = model.body[1] if ast.get_docstring(model) else model.body[0]
    inside = text.splitlines()[first.lineno - 1 : model.end_lineno]
    return 1 + sum(bool(line.strip()) for line in inside)


def certified(name: str) -> str:
    """What a certificate says in a word, and how many of its obligations are proved."""
    certificate = verify(derive(find_model(name), assume=CHOSEN.get(name)))
    counts = {status: len(certificate.of(status)) for status in ("failed", "open")}
    if certificate:
        return f"certified, {len(certificate.of('proved'))} proved"
    return ", ".join(f"{count} {status}" for status, count in counts.items() if count)


def cells(line: str) -> tuple[str, ...]:
    """The cells of a line of the table."""
    return tuple(cell.strip() for cell in line.strip().strip("|").split("|"))


def written(page: str) -> dict[str, tuple[str, ...]]:
    """Model to the row that a page holds."""
    inside = page.partition(BEGIN)[2].partition(END)[0].splitlines()[2:]
    rows = (cells(line) for line in inside)
    return {cell[0].partition("]")[0].lstrip("["): cell for cell in rows}


def table(rows: list[tuple[str, ...]]) -> str:
    """The rows as Markdown."""
    parts = [HEAD, ["---"] * len(HEAD), *rows]
    return "".join("| " + " | ".join(part) + " |\n" for part in parts)


def main(again: Collection[str]) -> None:
    """Write the table into the page, with some models timed and certified anew."""
    page = PAGE.read_text(encoding="utf-8")
    known = written(page)
    kept = {name: cells[-2:] for name, cells in known.items() if name not in again}
    rows = [row(name, kept.get(name, ())) for name in shipped()]
    before, after = page.partition(BEGIN)[0], page.partition(END)[2]
    PAGE.write_text(f"{before}{BEGIN}{table(rows)}{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    named = sys.argv[1:]
    main(named[1:] or shipped() if "--verify" in named[:1] else ())
