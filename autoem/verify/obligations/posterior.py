"""(a) The posterior: log joint - log q is free of the latents, and q is normalized.

In the order of elimination v_1, v_2, ..., the difference

    log p(x, z; theta) - log q(v_1 | context) - ... - log q(v_i | context)

has one value whatever v_1, ..., v_i are, and with all of them subtracted it is log p(x; theta).
Latents that are one Gaussian are subtracted together, as are one and another that scales it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from autoem.language.declaration import Latent
from autoem.verify.case import Case
from autoem.verify.certificate import Obligation, compared
from autoem.verify.judged import Judged, judged
from autoem.verify.proofs_of_posteriors import proved

LIKELY = -25.0
"""Points of less log weight than this below the best have lost their digits."""


def posterior(case: Case) -> Iterator[Obligation]:
    """Each latent with those that are eliminated later held, then all together."""
    components = judged(case, case.instance, case.posterior)
    clouds = (cloud for cloud in case.posterior if cloud.component.hidden)
    held = [{site.variable for site in cloud.component.hidden} for cloud in clouds]
    latents = tuple(components[0][0].by_latent) if components else ()
    since = 0
    for position, q in enumerate(case.derivation.e_step.posteriors):
        if q.together[-1].local.latent is not q.local.latent or q.given:
            continue
        gone, later = latents[: position + 1], latents[position + 1 :]
        new = gone[since:]
        own = [part for part, found in zip(components, held, strict=True) if found & {*new}]
        worst = max(_spread(parts, gone, later) for parts in own)
        name = " and ".join(latent.name for latent in gone[since:])
        since = position + 1
        detail = f"log joint - log q is free of {name} ({q.rule})"
        found = compared(f"posterior of {name}", worst, 1.0, 9, detail)
        yield found.proved_if(proved(case.derivation, q))
    if not latents:
        return
    mass = max(abs(sum(p.weight.sum() for p in parts) - 1) for parts in components)
    yield compared("posterior is normalized", mass, 1.0, 9, "the sum of q over all z is one")


def _spread(parts: list[Judged], gone: tuple[Latent, ...], later: tuple[Latent, ...]) -> float:
    """How much the difference varies where the later latents are held."""
    top = max(float(np.max(part.joint + part.volume)) for part in parts)
    states, values = [], []
    for part in parts:
        kept = part.joint + part.volume > top + LIKELY
        subtracted = sum((part.by_latent[v][kept] for v in gone), start=np.zeros(kept.sum()))
        states.append(part.states(later)[kept])
        values.append(part.joint[kept] - subtracted)
    found, group = np.unique(np.concatenate(states), axis=0, return_inverse=True)
    least, greatest = np.full(len(found), np.inf), np.full(len(found), -np.inf)
    np.minimum.at(least, group.ravel(), np.concatenate(values))
    np.maximum.at(greatest, group.ravel(), np.concatenate(values))
    return float(np.max(greatest - least, initial=0.0))
