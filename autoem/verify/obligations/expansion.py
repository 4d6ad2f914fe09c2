"""The log joint: the sum of its terms is the log density of the declaration.

    sum of terms  =  sum over factors of log p(v | parents)        at random x, z and theta,

with scipy's densities on the right.
"""

from __future__ import annotations

from collections.abc import Iterator

from autoem.verify.case import Case
from autoem.verify.certificate import Obligation, compared
from autoem.verify.instance import axis_sizes, random_givens, random_parameters
from autoem.verify.reference import log_joint, log_prior
from autoem.verify.simulate import sample
from autoem.verify.sites import Instance, Site
from autoem.verify.tiny import tiny_sizes
from autoem.verify.totals import adding_up

POINTS, ROWS = 3, 12


def expansion(case: Case) -> Iterator[Obligation]:
    """Both sides at draws from the model, then with latents of another draw, which may be
    impossible: both sides are minus infinity there.  Summands always have their total."""
    model, worst, scale = case.derivation.model, 0.0, 1.0
    sizes, generator = tiny_sizes(model, ROWS), case.generator(2)
    for point in range(POINTS):
        given = random_givens(model, sizes, generator)
        theta = random_parameters(model, sizes, generator)
        seen, other = (sample(model, theta, sizes, generator, given=given) for _ in range(2))
        elsewhere = random_parameters(model, sizes, generator)
        instance = Instance(model, axis_sizes(model, sizes), seen, elsewhere)
        free = point and not case.derivation.log_joint.constraints
        drawn = other if free else seen
        latents = adding_up(instance, {v: drawn[v.name] for v in model.declaration.latents})
        sites = {Site(v, p): z[p] for v, z in latents.items() for p in instance.places(v)}
        judged = log_joint(instance, sites) + log_prior(instance)
        found = case.meaning(instance, latents).total(case.derivation.log_joint.terms)
        if found != judged:
            worst, scale = max(worst, abs(found - judged)), max(scale, abs(judged))
    yield compared("log joint", worst, scale, 9, "its terms add to the log densities of scipy")
