"""Which array of a program plays which part."""

from __future__ import annotations

from autoem.program.expectation import STATES
from autoem.program.ir import NEW, PATH, ROW_WEIGHT, SCORE, Array, ArrayProgram, Function

EVIDENCE = "log_evidence"
"""Output of the posterior: log-likelihood of each row (or of all data, where there are no rows)."""

PRIOR = "log_prior"
"""Output of the prior, where parameters have one: their log density."""


def expectations(program: ArrayProgram) -> tuple[Array, ...]:
    """The outputs of the posterior that are expectations of latents."""
    return tuple(a for a in program.posterior.outputs if a.name != EVIDENCE)


def handed(program: ArrayProgram) -> tuple[Array, ...]:
    """The expectations that a caller may hand over instead of those computed: the probabilities of
    states; all of them where the program does not say what they are of."""
    if not program.latents:
        return expectations(program)
    told = [words[STATES].arrays for words in program.latents.values() if STATES in words]
    names = [name for arrays in told for name in arrays]
    return tuple(array for array in expectations(program) if array.name in names)


def row_weight(program: ArrayProgram) -> Array | None:
    """The weights of the rows, where statistics read them."""
    found = [array for array in program.statistics.inputs if array.name == ROW_WEIGHT]
    return found[0] if found else None


def weight_axes(program: ArrayProgram) -> tuple[str, ...]:
    """The axes that weights stand over: those of the rows."""
    weight = row_weight(program)
    (evidence,) = (a for a in program.posterior.outputs if a.name == EVIDENCE)
    return (weight or evidence).axes


PREFIXES = {"maximize": NEW, "score": SCORE, "prior_score": SCORE, "decode": PATH}
"""Functions whose outputs belong to a parameter or a latent, and what stands before its name."""


def key_of(function: Function, output: Array) -> str:
    """What an output is called where it is handed over: the parameter or the latent that it belongs
    to, or as it is."""
    return output.name.removeprefix(PREFIXES.get(function.name, ""))
