"""verify: every obligation of a derivation, in order."""

from __future__ import annotations

from typing import Any

from autoem.backends import BACKENDS
from autoem.backends.load import load
from autoem.derive.stages import Derivation
from autoem.errors.verification import NotJudged
from autoem.program.ir import ArrayProgram
from autoem.program.lower import lower
from autoem.program.schema import schema_of
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

    Its program and its generated module are made from it, unless they are given.  All numbers come
    from small instances of the model at generic parameters, which `seed` makes.
    """
    program = program or lower(derivation)
    source = source or BACKENDS["numpy"](program, schema_of(derivation, program))
    module: Any = load(source, derivation.name)
    case = Case(derivation, program, module, seed)
    found = [
        obligation for examination in EXAMINATIONS for obligation in _examined(case, examination)
    ]
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
