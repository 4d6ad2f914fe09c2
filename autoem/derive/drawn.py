"""A draw from a posterior, as a function of noise: standard normals e, an array of the program.

A state is that with the greatest log weight after a Gumbel variable is added to each, which has the
probabilities of the weights.  A Gaussian is m + L e with L L' = V.  A positive number is its
quantile at Phi(e); shares are positive numbers over their sum.
Source: Gumbel (1954); Devroye (1986), Non-Uniform Random Variate Generation, II.2 and XI.4.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import sympy

from autoem.derive.drawn_chains import greatest, path, walk
from autoem.derive.handed import handed, placed
from autoem.derive.index import Index, fresh
from autoem.derive.posterior import Posterior, Refusal
from autoem.derive.posteriors.chain import ChainPosterior
from autoem.derive.posteriors.conjugate import ConjugatePosterior
from autoem.derive.posteriors.conjugate_array import ConjugateArrayPosterior
from autoem.derive.posteriors.enumerate import StatePosterior
from autoem.derive.posteriors.gaussian import GaussianPosterior
from autoem.derive.posteriors.smoother import SmootherPosterior
from autoem.derive.quantity import Declared, Element, Indicator, Quantity
from autoem.derive.scope import Scope
from autoem.derive.term import Term
from autoem.families.quantiles import beta_quantile, gamma_quantile, gumbel_quantile


@dataclass(frozen=True)
class Draw:
    """What is drawn, over all axes of the latent, from which noise."""

    value: Element
    noise: Declared


@dataclass(frozen=True)
class Place:
    """Where a draw is made: formal indices over plates and then states or event, and the noise."""

    scope: Scope
    latent: Quantity
    free: tuple[Index, ...]
    noise: Element

    @property
    def name(self) -> str:
        """The name of the latent."""
        latent = self.latent.latent if isinstance(self.latent, Indicator) else self.latent
        return latent.name

    def drawn(self, value: sympy.Expr) -> Element:
        """The draw, as a function of what stands at its own place."""
        sign = self.latent.sign
        return self.scope.computed(f"drawn_{self.name}", "map", (value,), self.free, sign=sign)


def draw(scope: Scope, posterior: Posterior) -> Draw:
    """A draw of the latent of a posterior that knows all others; Refusal where there is none."""
    latent = posterior.local.latent
    free = tuple(fresh(axis) for axis in latent.axes)
    stem = latent.latent.name if isinstance(latent, Indicator) else latent.name
    noise = handed(scope, f"noise_{stem}", latent.axes)
    place = Place(scope, latent, free, Element(noise, free))
    if posterior.local.contexts or posterior.given:
        raise Refusal(f"{stem} is conditioned on latents that are not drawn yet")
    for kind, drawn in DRAWS:
        if isinstance(posterior, kind):
            return Draw(drawn(place, posterior), noise)
    raise Refusal(f"nothing draws from what the rule {posterior.rule} gives")


def _state(place: Place, posterior: StatePosterior) -> Element:
    """[z = k]: the log weight of k with its noise is the greatest."""
    weight = placed(posterior.natural["log_weight"], place.free)
    parts = (Term(weight), Term(gumbel_quantile(place.noise)))
    perturbed = place.scope.named(f"perturbed_{place.name}", parts, place.free)
    return place.drawn(greatest(place.scope, place.name, perturbed, place.free[-1]))


def _path(place: Place, posterior: ChainPosterior) -> Element:
    """The states of a chain, one step after another."""
    return place.drawn(placed(path(place.scope, place.name, place.noise, posterior), place.free))


def _walk(place: Place, posterior: SmootherPosterior) -> Element:
    """The means along a chain, and a walk about them."""
    residual = placed(walk(place.scope, place.name, place.noise, posterior), place.free)
    return place.drawn(placed(posterior.expectations["mean"], place.free) + residual)


def _gaussian(place: Place, posterior: GaussianPosterior) -> Element:
    """m + L e; of a number m + sqrt(V) e."""
    count, found = len(posterior.local.plates), posterior.expectations
    mean = placed(found["mean"], place.free)
    plates, row = place.free[:count], place.free[count:]
    if not row:
        return place.drawn(mean + sympy.sqrt(placed(found["covariance"], plates)) * place.noise)
    column = tuple(fresh(index.axis) for index in row)
    covariance = placed(found["covariance"], (*plates, *row, *column))
    batch = tuple(i for i in covariance.indices if i in plates)
    root = place.scope.computed(
        f"cholesky_{place.name}", "cholesky", (covariance,), (*batch, *row, *column),
        (*row, *column),
    )  # fmt: skip
    noise = Element(place.noise.base, (*plates, *column))
    return place.scope.named(
        f"drawn_{place.name}", (Term(mean), Term(root * noise, column)), place.free
    )


def _scalar(place: Place, posterior: ConjugatePosterior) -> Element:
    """The quantile of a family at Phi(e)."""
    if posterior.family not in SCALARS:
        raise Refusal(f"nothing draws from a {posterior.family}")
    known = {name: placed(value, place.free) for name, value in posterior.natural.items()}
    return place.drawn(SCALARS[posterior.family](known, place.noise))


Arguments = dict[str, Element]

SCALARS: dict[str, Callable[[Arguments, Element], sympy.Expr]] = {
    "Gamma": lambda a, e: gamma_quantile(a["shape"], e) / a["rate"],
    "InverseGamma": lambda a, e: a["scale"] / gamma_quantile(a["shape"], e),
    "Exponential": lambda a, e: gamma_quantile(sympy.Integer(1), e) / a["rate"],
    "Beta": lambda a, e: beta_quantile(a["a"], a["b"], e),
    "Normal": lambda a, e: a["mean"] + sympy.sqrt(a["variance"]) * e,
}
"""Family to its draw, by its arguments and noise."""


def _array(place: Place, posterior: ConjugateArrayPosterior) -> Element:
    """Shares: gammas over their sum."""
    if posterior.family != "Dirichlet":
        raise Refusal(f"nothing draws from a {posterior.family}")
    *plates, event = place.free
    concentration = placed(posterior.natural["concentration"], place.free)
    size = place.scope.computed(
        f"size_{place.name}", "map", (gamma_quantile(concentration, place.noise),), place.free,
        sign="positive",
    )  # fmt: skip
    whole = place.scope.named(f"whole_{place.name}", (Term(size, (event,)),), tuple(plates))
    whole = Element(replace(whole.base, sign="positive"), tuple(plates))
    return place.drawn(size / whole)


DRAWS: tuple[tuple[type[Posterior], Callable[..., Element]], ...] = (
    (StatePosterior, _state),
    (ChainPosterior, _path),
    (GaussianPosterior, _gaussian),
    (SmootherPosterior, _walk),
    (ConjugatePosterior, _scalar),
    (ConjugateArrayPosterior, _array),
)
"""Type of posterior to how it is drawn from."""
