"""Topics of documents: one EM iteration against one of scikit-learn's factorization.

python -m benchmarks.topics [--rounds 3] [--write]

The same table of counts and the same start.  scikit-learn's multiplicative updates move W and H by
turns, EM both at once, so that the two agree where they end (`tests/test_lookups.py`).
"""

from __future__ import annotations

import argparse
import warnings
from statistics import median

import numpy as np
from scipy import sparse
from sklearn.decomposition import NMF
from threadpoolctl import threadpool_limits

from autoem.cli.find import find_model
from autoem.pipeline import generate
from benchmarks.gaussian_mixtures import Arrays, seconds
from benchmarks.rewrites import Iteration
from benchmarks.table import machine, table, write

DOCUMENTS, WORDS, TOPICS, CELLS = 100_000, 1_000, 10, 1_000_000


def counts() -> tuple[Arrays, np.ndarray, Arrays]:
    """Documents and words of the cells that are not zero, their counts, and a start."""
    generator = np.random.default_rng(0)
    cell = np.unique(generator.integers(0, DOCUMENTS * WORDS, CELLS))
    start = {
        "share": generator.dirichlet(np.ones(TOPICS), DOCUMENTS),
        "topic": generator.dirichlet(np.ones(WORDS), TOPICS),
    }
    data = {"doc": cell // WORDS, "word": cell % WORDS}
    return data, generator.poisson(1.5, len(cell)) + 1.0, start


def peer(data: Arrays, count: np.ndarray, start: Arrays) -> float:
    """Seconds of an iteration of scikit-learn: a longer fit less a short one."""
    whole = sparse.csr_matrix((count, (data["doc"], data["word"])), shape=(DOCUMENTS, WORDS))

    def run(iterations: int) -> float:
        model = NMF(
            TOPICS, init="custom", solver="mu", beta_loss="kullback-leibler",
            tol=0, max_iter=iterations,
        )  # fmt: skip
        w, h = start["share"].copy(), start["topic"].copy()
        return seconds(lambda: model.fit_transform(whole, W=w, H=h))

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return (run(6) - run(2)) / 4


def main() -> None:
    """Measure, print the table."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--write", action="store_true")
    chosen = options.parse_args()
    data, count, start = counts()
    ours = Iteration(generate(find_model("plsa")).module, data, dict(start), count)
    with threadpool_limits(limits=1):
        ours.once()
        times = [(seconds(ours.once), peer(data, count, start)) for _ in range(chosen.rounds)]
    own, theirs = (f"{1e3 * median(column):.0f}" for column in zip(*times, strict=True))
    ratio = f"{median(other / one for one, other in times):.1f}"
    head = ("table", "cells", "topics", "autoem ms", "scikit-learn ms", "times faster", "goal")
    row = ("1e5 by 1e3", str(len(count)), str(TOPICS), own, theirs, ratio, "1")
    text = f"{table(head, [row])}\n\n{machine('numpy', 'scikit-learn')}"
    print(text)
    if chosen.write:
        write("topics", text)


if __name__ == "__main__":
    main()
