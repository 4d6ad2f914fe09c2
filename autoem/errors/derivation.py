"""What cannot be derived, and what the user can write instead."""

from __future__ import annotations

from autoem.errors.base import AutoemError


class DerivationError(AutoemError):
    """The root of the errors of the derivation."""


class NotDerivable(DerivationError):
    """A construct that no rule of the derivation reads.

    >>> str(NotDerivable(what="the law Tree", where="z"))
    'the derivation does not read the law Tree (in z)'
    """

    what: str
    where: str

    def wording(self) -> str:
        return f"the derivation does not read {self.what} (in {self.where})"


class NoUpdate(DerivationError):
    """Every maximizer rule refused; `refusals` holds (parameter, rule, reason)."""

    parameters: tuple[str, ...]
    refusals: tuple[tuple[str, str, str], ...]

    def wording(self) -> str:
        lines = [f"no update of {', '.join(self.parameters)}; the rules tried:"]
        lines += [f"  {name}, {rule}: {reason}" for name, rule, reason in self.refusals]
        return "\n".join(lines)


class UnusedParameter(DerivationError):
    """Parameters on which the log joint does not depend.

    >>> str(UnusedParameter(parameters=("slope",)))
    'the log joint does not depend on slope: use it in a law, or leave it out'
    """

    parameters: tuple[str, ...]

    def wording(self) -> str:
        names = ", ".join(self.parameters)
        it = "it" if len(self.parameters) == 1 else "them"
        return f"the log joint does not depend on {names}: use {it} in a law, or leave {it} out"


class NoExactPosterior(DerivationError):
    """Every posterior rule refused; `refusals` holds (latent, rule, reason).

    `blocking` holds (latent, factor, its terms in the latent) where some rule would apply without
    the factor; `advice` what to write or to choose.
    """

    latents: tuple[str, ...]
    refusals: tuple[tuple[str, str, str], ...]
    blocking: tuple[tuple[str, str, tuple[str, ...]], ...]
    advice: tuple[str, ...]

    def wording(self) -> str:
        lines = [f"no exact posterior of {', '.join(self.latents)}; the rules tried:"]
        lines += [f"  {latent}, {rule}: {reason}" for latent, rule, reason in self.refusals]
        for latent, factor, terms in self.blocking:
            lines.append(f"{latent} is blocked by the factor of {factor}, with the terms")
            lines += [f"  {term}" for term in terms]
        lines += self.advice or ("write the model so that one of them applies",)
        return "\n".join(lines)


class UnknownChoice(DerivationError):
    """An option with a value that is not there."""

    option: str
    value: str
    choices: tuple[str, ...]

    def wording(self) -> str:
        known = ", ".join(self.choices) or "none yet"
        return f"{self.option}={self.value!r} is not there; the choices are: {known}"


class NotSparse(DerivationError):
    """A quantity over both axes of a sparse table that is no product of it with a function of each
    axis: it would be as large as the table with its zeros."""

    table: str
    axes: tuple[str, ...]
    quantity: str

    def wording(self) -> str:
        return (
            f"{self.table} is sparse, and {self.quantity}, over {self.axes[0]} and {self.axes[1]}, "
            f"is no product of {self.table} with a function of {self.axes[0]} and a function of "
            f"{self.axes[1]}: give {self.table} as a dense array, or its entries as rows with two "
            "lookups"
        )
