"""The derivation of one model, stage by stage."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from autoem.derive.approximations.approximation import Approximation
from autoem.derive.approximations.monte_carlo import Gibbs
from autoem.derive.e_step import EStep, e_step
from autoem.derive.held import NOTHING, Held, held_entries
from autoem.derive.log_joint import LogJoint, log_joint
from autoem.derive.m_step import MStep, m_step
from autoem.derive.surrogate import Surrogate, surrogate
from autoem.errors import NoUpdate
from autoem.graph.factor_graph import FactorGraph, factor_graph
from autoem.language.declaration import Variable
from autoem.language.model import Declaration, Model

if TYPE_CHECKING:
    from autoem.derive.explain.document import Document


@dataclass(frozen=True)
class Derivation:
    """graph -> log joint -> E-step -> Q -> M-step."""

    model: type[Model]
    graph: FactorGraph
    log_joint: LogJoint
    e_step: EStep
    surrogate: Surrogate
    m_step: MStep
    assume: Approximation | None = None
    held: Held = field(default_factory=dict, compare=False)

    @property
    def declaration(self) -> Declaration:
        """The model as declared."""
        return self.model.declaration

    @property
    def name(self) -> str:
        """The name of the model."""
        return self.declaration.name

    @property
    def exact(self) -> bool:
        """Whether every posterior and every update is exact."""
        return self.e_step.assume is None and self.m_step.exact

    @property
    def rules(self) -> dict[str, str]:
        """The rule of the posterior of each latent, and of the update of each parameter."""
        updates = {p.name: update.rule for update in self.m_step.updates for p in update.parameters}
        return {posterior.name: posterior.rule for posterior in self.e_step.posteriors} | updates

    @property
    def variables(self) -> tuple[Variable, ...]:
        """The variables of the model, then the parameters of the factors of a mean field."""
        own = (q.variable for factor in self.e_step.factors for q in factor.parameters)
        return (*self.graph.variables, *own)

    @property
    def objective(self) -> str:
        """What the algorithm raises: the log-likelihood, or what an approximation puts for it."""
        assumed = self.e_step.assume
        return "log-likelihood" if assumed is None else assumed.objective

    @property
    def likelihood(self) -> bool:
        """Whether the objective is the log-likelihood, or stands for it."""
        assumed = self.e_step.assume
        return assumed is None or assumed.likelihood

    def __str__(self) -> str:
        return self.explanation.text()

    def latex(self, standalone: bool = False) -> str:
        """The derivation in LaTeX, to be included in a paper; or as a whole article."""
        return self.explanation.latex(standalone)

    def _repr_latex_(self) -> str:
        return self.explanation.notebook()

    @property
    def explanation(self) -> Document:
        """The derivation as a page, for other writers."""
        from autoem.derive.explain.explanation import explain

        return explain(self)


def derive(
    model: type[Model],
    missing: tuple[str, ...] = (),
    assume: Approximation | None = None,
    fixed: Held = NOTHING,
) -> Derivation:
    """The EM algorithm of a declared model; `missing` names observed arrays that have gaps, and
    `assume` is the approximation for latents that no exact rule eliminates; `fixed` has entries of
    parameters that are held, in the place of those that are declared to be."""
    graph = factor_graph(model)
    joint = log_joint(graph, missing)
    step = e_step(joint, assume)
    q = surrogate(joint, step)
    held = held_entries(model.declaration.parameters, fixed)
    updates = m_step(q, held)
    check_averaged(step, updates)
    return Derivation(model, graph, joint, step, q, updates, assume, held)


def check_averaged(step: EStep, updates: MStep) -> None:
    """Refuse an update that reads the rows one by one, where the statistics are means of draws."""
    for update in updates.updates if isinstance(step.assume, Gibbs) else ():
        if update.statistic:
            names = tuple(q.name for q in update.parameters)
            reason = "an order statistic of draws is no mean of those of each draw"
            raise NoUpdate(parameters=names, refusals=((names[0], update.rule, reason),))
