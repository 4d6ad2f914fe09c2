"""verify: every obligation of a derivation, in order."""

from __future__ import annotations

from autoem.backends.load import load
from autoem.derive.stages import Derivation
from autoem.errors.verification import NotJudged
from autoem.program.ir import ArrayProgram
from autoem.program.lower import lower
from autoem.verify.case import Case
from autoem.verify.certificate import Certificate, Obligation
from autoem.verify.obligations import EXAMINATIONS, Examination


def verify(
    derivation: Derivation,
    *,
    program: ArrayProgram | None = None,
    source: str | None = None,
    seed: int = 0,
) -> Certificate:
    """The certificate of a derivation: what was proved, checked, left open, and what failed.

    Its program is made from it, unless it is given; `source` is the generated module, which is
    executed.  All numbers come from one small instance of the model at generic parameters, which
    `seed` makes.
    """
    module = None if source is None else load(source, derivation.name)
    case = Case(derivation, program or lower(derivation), module, seed)  # type: ignore[arg-type]
    found = [obligation for examination in EXAMINATIONS for obligation in _examined(case, examination)]
    return Certificate(derivation.name, tuple(found))


def _examined(case: Case, examination: Examination) -> list[Obligation]:
    """The obligations, up to the one that could not be decided or broke down."""
    name, found = examination.__name__, []
    try:
        for obligation in examination(case):
            found.append(obligation)
    except NotJudged as reason:
        found.append(Obligation(name, "open", None, str(reason)))
    except Exception as error:  # a broken derivation may break anything: that is a verdict
        found.append(Obligation(name, "failed", None, f"{type(error).__name__}: {error}"))
    return found
