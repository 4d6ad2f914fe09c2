"""Complete data of a case of the zoo: latents as numbers for terms, and as sites for the judge."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from autoem.language.declaration import Latent
from autoem.verify.evaluate_terms import Meaning
from autoem.verify.instance import axis_sizes, random_givens, random_parameters
from autoem.verify.simulate import sample
from autoem.verify.sites import Instance
from tests.derive.zoo.case import Case

Arrays = dict[str, np.ndarray]


@dataclass(frozen=True)
class Complete:
    """An instance with the values of its latents."""

    case: Case
    instance: Instance
    latents: Arrays

    @property
    def sites(self) -> dict[object, np.ndarray]:
        """The latents as the judge takes them."""
        return {
            site: np.asarray(self.latents[site.variable.name])[site.place]
            for site in self.instance.sites(Latent)
        }

    def meaning(self, parameters: Arrays | None = None, old: Meaning | None = None) -> Meaning:
        """Numbers for every declared quantity."""
        known = {**self.instance.data, **self.latents, **(parameters or self.instance.parameters)}
        declared = self.case.model.declaration.variables
        arrays = {v: np.asarray(known[v.name]) for v in declared if v.name in known}
        return Meaning(arrays, self.instance.sizes, old)


def complete(case: Case) -> Complete:
    """Data and latents simulated at some parameters, seen at others."""
    generator = np.random.default_rng(case.seed)
    given = random_givens(case.model, case.sizes, generator)
    truth = random_parameters(case.model, case.sizes, generator)
    drawn = sample(case.model, truth, dict(case.sizes), generator, given=given)
    latents = [v.name for v in case.model.declaration.variables if isinstance(v, Latent)]
    data = {name: value for name, value in drawn.items() if name not in latents}
    theta = random_parameters(case.model, case.sizes, generator)
    instance = Instance(case.model, axis_sizes(case.model, case.sizes), data, theta)
    return Complete(case, instance, {name: drawn[name] for name in latents})
