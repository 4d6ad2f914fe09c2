"""verify: every obligation of a derivation, in order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from autoem.backends import BACKENDS
from autoem.backends.load import load
from autoem.derive.approximations import Gibbs, Laplace, Nodes
from autoem.derive.posteriors.nodes import entries
from autoem.derive.stages import Derivation, derive
from autoem.errors.verification import NotJudged, NotSimulated
from autoem.program.ir import ArrayProgram
from autoem.program.lower import lower
from autoem.program.schema import schema_of
from autoem.verify.case import Case
from autoem.verify.certificate import Certificate, Obligation
from autoem.verify.obligations import (
    EXAMINATIONS,
    OF_BOUNDS,
    OF_DRAWS,
    OF_GRIDS,
    OF_MODES,
    Examination,
)


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
    found = examined(_fine(derivation), program, source, seed)
    return Certificate(derivation.name, tuple(found))


NODES = {"hermite": 64, "draws": 256}
"""Kind of nodes to how many leave rounding alone, or as little as draws can."""


OF_EACH = 20
"""The same for each entry of a vector."""


def _fine(derivation: Derivation) -> Derivation:
    """The derivation with so many nodes that what they leave is rounding: a fit doubles them until
    that is so."""
    assumed = derivation.e_step.assume
    if not isinstance(assumed, Nodes):
        return derivation
    most = entries(derivation.e_step.posteriors)
    count = max(
        NODES[assumed.integration.kind] if most == 1 else OF_EACH, assumed.integration.count
    )
    rule = replace(assumed.integration, count=count)
    missing = tuple(variable.name for variable in derivation.log_joint.scope.masks)
    return derive(derivation.model, missing, replace(assumed, integration=rule))


def examined(
    derivation: Derivation,
    program: ArrayProgram | None = None,
    source: str | None = None,
    seed: int = 0,
) -> Iterator[Obligation]:
    """The obligations one by one, for those who need only know whether one fails."""
    try:
        case = _case(derivation, program, source, seed)
    except Exception as error:  # what cannot be lowered, printed or loaded is no algorithm
        yield Obligation("program", "failed", None, f"{type(error).__name__}: {error}")
        return
    for examination in _examinations(derivation):
        for obligation in _examined(case, examination):
            yield _of_estimate(obligation) if _is_estimate(derivation) else obligation


JUDGED = (
    "posterior is normalized", "bound touches", "Q", "Fisher identity", "log-likelihood",
    "convergence",
)  # fmt: skip
"""What brute force judges of an objective."""

FEW = 2
"""The digits of an estimate by draws that are right in any case."""


def _is_estimate(derivation: Derivation) -> bool:
    assumed = derivation.e_step.assume
    return isinstance(assumed, Nodes) and assumed.integration.kind == "draws"


def _of_estimate(obligation: Obligation) -> Obligation:
    """What holds of an estimate to a few digits is open: nobody knows its error."""
    judged = obligation.name.partition(":")[0] in JUDGED
    if obligation.status != "failed" or not judged or (obligation.digits or 0) < FEW:
        return obligation
    return replace(obligation, status="open", detail=f"{obligation.detail}: an estimate")


def _examinations(derivation: Derivation) -> tuple[Examination, ...]:
    """What is to be shown, of an exact algorithm and of an approximation."""
    if isinstance(derivation.e_step.assume, Laplace):
        return OF_MODES
    if isinstance(derivation.e_step.assume, Gibbs):
        return OF_DRAWS
    if isinstance(derivation.e_step.assume, Nodes) and derivation.e_step.factors:
        return OF_GRIDS
    return OF_BOUNDS if derivation.e_step.factors else EXAMINATIONS


def _case(
    derivation: Derivation, program: ArrayProgram | None, source: str | None, seed: int
) -> Case:
    program = program or lower(derivation)
    source = source or BACKENDS["numpy"](program, schema_of(derivation, program))
    module: Any = load(source, derivation.name)
    return Case(derivation, program, module, seed)


def _examined(case: Case, examination: Examination) -> Iterator[Obligation]:
    """The obligations, up to the one that could not be decided or broke down."""
    try:
        yield from examination(case)
    except (NotJudged, NotSimulated) as reason:
        yield Obligation(examination.__name__, "open", None, str(reason))
    except Exception as error:  # a broken derivation may break anything: that is a verdict
        yield Obligation(examination.__name__, "failed", None, f"{type(error).__name__}: {error}")
