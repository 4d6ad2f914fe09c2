"""The compiler on one screen.

    derive     model -> graph -> log joint -> E-step -> Q -> M-step
    verify     derivation -> certificate
    generate   derivation -> array program -> source text
    fit        program, data -> fit
    sample     model, parameters -> data

>>> from autoem import Axis, Model, Normal, Observed, Parameter, Positive, Real, fit
>>> class Sample(Model):
...     n = Axis()
...     mean, variance = Parameter(Real()), Parameter(Positive())
...     x = Observed(Normal(mean, variance=variance), over=n)
>>> float(fit(Sample, {"x": [1.0, 2.0, 3.0]}).parameters["mean"])
2.0
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from autoem.backends import BACKENDS
from autoem.backends.program import MARK, Program
from autoem.derive.approximations import CHOICES, Approximation, Nodes
from autoem.derive.held import Held
from autoem.derive.posteriors.nodes import entries
from autoem.derive.repeats import Dependent, repeats
from autoem.derive.rows import row_axis
from autoem.derive.stages import Derivation, derive as _derive
from autoem.errors import BadOption, NoSuchName, NotIndependent, UnknownChoice
from autoem.language.model import Model
from autoem.program.factored import factored
from autoem.program.ir import ArrayProgram
from autoem.program.lower import lower
from autoem.program.schema import schema_of
from autoem.runtime.fit_result import Fit
from autoem.runtime.fitting import fit as _run
from autoem.runtime.options import check_mappings
from autoem.runtime.program import Program as Runnable
from autoem.verify.made_bounds import only_bounds
from autoem.verify.simulate import sample

if TYPE_CHECKING:
    from autoem.verify.certificate import Certificate

Source = type[Model] | Derivation


def derive(model: Source, posterior: Approximation | None = None) -> Derivation:
    """The EM algorithm of a model: its posterior, Q, and the maximizer of Q, with reasons.

    `posterior` is the approximation for latents that no exact rule eliminates, `quadrature()` and
    so on; where it is needed, the objective has another name than the log-likelihood.
    """
    if not isinstance(posterior, Approximation | None):
        raise UnknownChoice(
            option="posterior", value=str(posterior), choices=tuple(f"{name}()" for name in CHOICES)
        )
    if isinstance(model, Derivation) and posterior is None:
        return model
    return _derive(model.model if isinstance(model, Derivation) else model, assume=posterior)


def verify(model: Source) -> Certificate:
    """What was proved of the algorithm of a model, and what was checked, to how many digits."""
    from autoem.verify.examine import verify as examine  # takes a second to import

    return examine(derive(model))


def generate(
    model: Source,
    backend: str = "numpy",
    missing: tuple[str, ...] = (),
    sparse: tuple[str, ...] = (),
    weights: str | None = None,
) -> Program:
    """A module of source code that stands alone; the same bytes on every run.

    `missing` names observed arrays that have gaps, `sparse` givens with two axes that are sparse
    matrices (`scipy.sparse.csr_array`).  The functions of the module take weights of the rows;
    `weights` names another axis, of groups that rows point to, whose weights are data.
    """
    return _printed(derive(model), _known(backend), _Case(missing, sparse, weights=weights))


def _known(backend: str) -> str:
    """The name of a backend that is there."""
    if backend not in BACKENDS:
        raise UnknownChoice(option="backend", value=backend, choices=tuple(BACKENDS))
    return backend


@dataclass(frozen=True)
class _Case:
    """What a program is printed for besides its model: gaps in data, sparse tables, entries that
    are held, and the axis of weights that stand inside of sums."""

    missing: tuple[str, ...] = ()
    sparse: tuple[str, ...] = ()
    fixed: Held = field(default_factory=dict)
    weights: str | None = None


def _printed(
    derivation: Derivation, backend: str, case: _Case, document: str | None = None
) -> Program:
    """The derivation as source; the document is the derivation itself, or what is given."""
    if case.missing or case.fixed:
        derivation = _derive(derivation.model, case.missing, derivation.assume, case.fixed)
    program = factored(_lowered(derivation, document, case.weights), case.sparse)
    source = BACKENDS[backend](program, schema_of(derivation, program))
    return Program(derivation.name, source)


def _lowered(derivation: Derivation, document: str | None, weights: str | None) -> ArrayProgram:
    """The program, with weights of an axis inside its sums if one is named.

    Errors: `NoSuchName`; `NotIndependent`; `BadOption` where weights stand over the rows.
    """
    if weights is None:
        return lower(derivation, document)
    axes = {axis.key: axis for axis in derivation.declaration.axes}
    if weights not in axes:
        raise NoSuchName(name=weights, what="weights", known=tuple(map(str, axes)))
    try:
        found = repeats(derivation, axes[weights])
        program = lower(derivation, document, found)
    except Dependent as refusal:
        why = {"reason": refusal.reason, "other": refusal.other}
        raise NotIndependent(axis=weights, allowed=(), **why) from refusal
    if row_axis(derivation) in found.axes:
        expected = "an axis that tells nothing of rows: the functions take weights of the rows"
        raise BadOption(option="weights", value=weights, expected=expected)
    return program


def fit(
    model: Source | Program,
    data: Any,
    sizes: Mapping[str, int] | None = None,
    *,
    weights: Mapping[str, Any] | None = None,
    fixed: Mapping[str, Any] | None = None,
    start: Mapping[str, Any] | None = None,
    restarts: int = 1,
    seed: int | None = None,
    tol: float = 1e-14,
    max_iterations: int = 10_000,
    accelerate: str | None = "anderson",
    backend: str = "numpy",
    progress: bool | None = None,
    columns: Mapping[str, str | Sequence[str]] | None = None,
    sequence: str | None = None,
) -> Fit:
    """Fit a model to data by its EM algorithm; the arguments are those of `runtime.fitting.fit`."""
    if isinstance(model, Program):
        program = Runnable.from_module(model.module)
    else:
        program = _runnable(model, backend)
    return _run(
        program,
        data,
        sizes,
        weights=weights,
        fixed=fixed,
        start=start,
        restarts=restarts,
        seed=seed,
        tol=tol,
        max_iterations=max_iterations,
        accelerate=accelerate,
        progress=progress,
        columns=columns,
        sequence=sequence,
    )


def _runnable(model: Source, backend: str, case: _Case = _Case()) -> Runnable:
    """The program of a model, and those for data with gaps, sparse tables, weights of groups or
    entries that are held, once there are some."""
    derivation = derive(model)
    document = f"{MARK} to be run at once: {derivation.name}."
    printed = _printed(derivation, _known(backend), case, document)
    program = Runnable.from_module(printed.module)

    other = partial(_runnable, model, backend)
    program = replace(
        program,
        with_gaps=lambda names: other(replace(case, missing=names)),
        with_sparse=lambda names: other(replace(case, sparse=names)),
        with_fixed=lambda held: other(replace(case, fixed=held)),
        with_weights=lambda axis: other(replace(case, weights=axis)),
        hooks={"sample": partial(_sampled, derivation.model)},
    )
    assumed = derivation.e_step.assume
    if not isinstance(assumed, Nodes):
        return program
    program = replace(program, nodes=assumed.integration.count)
    found = assumed.finer(entries(derivation.e_step.posteriors))
    if found is None:
        return program
    return replace(program, finer=partial(_finer, derivation, found, backend, case))


def _sampled(
    model: type[Model], found: Fit, sizes: Mapping[str, int] | None, seed: int | None
) -> dict[str, Any]:
    """Data simulated at the estimates, with the givens of the fit."""
    check_mappings(sizes=sizes)
    axes = {axis.key for axis in model.declaration.axes}
    lengths = {axis: size for axis, size in found.sizes.items() if axis in axes}
    known = found.data.arrays if found.data else {}
    made = only_bounds(model.declaration)
    given = {v.name: known[v.name] for v in model.declaration.givens if v not in made}
    return sample(model, found.parameters, lengths | dict(sizes or {}), seed, given=given)


def _finer(
    derivation: Derivation, assumed: Nodes, backend: str, case: _Case
) -> tuple[Runnable, float]:
    """The program with more nodes, and how much they may change the objective."""
    assert assumed.tolerance is not None
    finer = _derive(derivation.model, case.missing, assumed, case.fixed)
    return _runnable(finer, backend, case), assumed.tolerance


__all__ = ["MARK", "derive", "fit", "generate", "sample", "verify"]
