"""The log joint: the sum of its terms is the log density of the declaration.

    sum of terms  =  sum over factors of log p(v | parents)        at random x, z and theta,

with scipy's densities on the right.
"""

from __future__ import annotations

from collections.abc import Iterator

from autoem.language.declaration import Latent
from autoem.verify.case import Case
from autoem.verify.certificate import Obligation, compared
from autoem.verify.instance import axis_sizes, random_givens, random_parameters, tiny_sizes
from autoem.verify.reference import log_joint
from autoem.verify.simulate import sample
from autoem.verify.sites import Instance

POINTS = 3


def expansion(case: Case) -> Iterator[Obligation]:
    """Both sides at draws from the model itself."""
    model, generator = case.derivation.model, case.generator(2)
    sizes, worst, scale = tiny_sizes(model), 0.0, 1.0
    for _ in range(POINTS):
        given = random_givens(model, sizes, generator)
        drawn = sample(
            model, random_parameters(model, sizes, generator), sizes, generator, given=given
        )
        instance = Instance(
            model, axis_sizes(model, sizes), drawn, random_parameters(model, sizes, generator)
        )
        latents = {v: drawn[v.name] for v in model.declaration.latents}
        judged = log_joint(
            instance, {s: latents[s.variable][s.place] for s in instance.sites(Latent)}
        )
        found = case.meaning(instance, latents).total(case.derivation.log_joint.terms)
        worst, scale = max(worst, abs(found - judged)), max(scale, abs(judged))
    yield compared("log joint", worst, scale, 9, "its terms add to the log densities of scipy")
