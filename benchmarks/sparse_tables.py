"""Sparse tables: an iteration on 1e5 transcripts and 1e6 classes, in products of the table.

python -m benchmarks.sparse_tables [--rounds 5] [--write]
"""

from __future__ import annotations

import argparse
import warnings
from statistics import median

import numpy as np
from scipy import sparse
from threadpoolctl import threadpool_limits

from autoem.cli.find import find_model
from autoem.pipeline import generate
from benchmarks.gaussian_mixtures import Arrays, seconds
from benchmarks.table import machine, table, write

CLASSES, TRANSCRIPTS, COMPATIBLE, GOAL = 1_000_000, 100_000, 10, 5


def simulated(generator: np.random.Generator) -> tuple[Arrays, np.ndarray]:
    """Classes of reads, each compatible with about ten neighbors in the list of transcripts."""
    rows = np.repeat(np.arange(CLASSES), COMPATIBLE)
    first = generator.integers(0, TRANSCRIPTS, CLASSES)
    columns = (np.repeat(first, COMPATIBLE) + generator.integers(0, 200, len(rows))) % TRANSCRIPTS
    shape = (CLASSES, TRANSCRIPTS)
    compatible = sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=shape)
    length = generator.uniform(200, 3000, TRANSCRIPTS)
    count = generator.geometric(0.2, CLASSES).astype(float)
    return {"compatible": compatible, "length": length}, count


def main() -> None:
    """Time products and iterations in turn, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--write", action="store_true", help="put the table into README.md")
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    module = generate(find_model("rna_quantification"), sparse=("compatible",)).module
    data, count = simulated(np.random.default_rng(0))
    theta = {"share": np.full(TRANSCRIPTS, 1 / TRANSCRIPTS)}

    def once() -> None:
        module.m_step(module.e_step(data, theta, count)[0], theta)

    times: dict[str, list[float]] = {"product": [], "iteration": []}
    with threadpool_limits(1):
        for _ in range(options.rounds):
            times["product"].append(seconds(lambda: data["compatible"] @ theta["share"]))
            times["iteration"].append(seconds(once))
    product, iteration = (1e3 * median(times[key]) for key in ("product", "iteration"))
    head = ("workload", "non-zeros", "one product, ms", "iteration, ms", "products", "goal")
    row = (
        "RNA-seq, 1e6 classes by 1e5 transcripts", f"{data['compatible'].nnz:.1e}",
        f"{product:.1f}", f"{iteration:.1f}", f"{iteration / product:.1f}", f"{GOAL}",
    )  # fmt: skip
    text = f"{machine('numpy', 'scipy')}\n\n{table(head, [row])}"
    print(text)
    if options.write:
        write("sparse_tables", text)


if __name__ == "__main__":
    main()
