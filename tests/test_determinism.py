"""The same specification gives the same bytes, under any hash seed: module, page and picture."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

SCRIPT = """
import hashlib
from autoem import derive, draw, generate
from autoem.cli.find import find_model
NAMES = ("abo", "crime", "hidden_markov", "local_level", "mixture_of_factor_analyzers",
         "student_mixture", "zero_inflated_poisson_regression")
for name in NAMES:
    model = find_model(name)
    derivation = derive(model)
    texts = (str(model), str(derivation), derivation.latex(), generate(derivation).source,
             draw(model).svg)
    print(name, *(hashlib.sha256(text.encode()).hexdigest() for text in texts))
"""


@pytest.mark.slow
def test_the_same_bytes_of_shipped_models_under_every_hash_seed() -> None:
    runs = [
        subprocess.Popen(
            [sys.executable, "-c", SCRIPT],
            env={**os.environ, "PYTHONHASHSEED": seed},
            stdout=subprocess.PIPE,
            text=True,
        )
        for seed in ("0", "1", "4242")
    ]
    printed = [run.communicate(timeout=300)[0] for run in runs]
    assert all(run.returncode == 0 for run in runs)
    assert len(printed[0].splitlines()) == 7
    assert printed[0] == printed[1] == printed[2]
