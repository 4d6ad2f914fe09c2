"""What can go wrong around a run: options, files to write, a fit without its program."""

from __future__ import annotations

import reprlib
from typing import Any

from autoem.errors.base import AutoemError


class RunError(AutoemError):
    """A run that cannot start, or a result that cannot be kept."""


class BadOption(RunError):
    """An option of `fit` outside its range."""

    option: str
    value: Any
    expected: str

    def wording(self) -> str:
        return f"{self.option}={reprlib.repr(self.value)}: expected {self.expected}."


class FileNotOurs(RunError):
    """An output path at which something else lies."""

    path: str
    expected: str

    def wording(self) -> str:
        return f"{self.path} exists and is not {self.expected}: choose another name, or remove it."


class NotASavedFit(RunError):
    """A file that `Fit.save` did not write."""

    path: str
    problem: str

    def wording(self) -> str:
        return f"{self.path} is no saved fit ({self.problem}): give a file written by Fit.save."


class NothingAttached(RunError):
    """A question that needs the program or the data, which a loaded fit does not have."""

    question: str
    needs: str

    def wording(self) -> str:
        return f"{self.question} needs {self.needs}, which a fit loaded from a file does not have."


class NoLikelihood(RunError):
    """A log-likelihood that an approximation does not give."""

    objective: str

    def wording(self) -> str:
        return (
            f"There is no log-likelihood of new data: what was raised is the {self.objective}, and "
            "its chain estimates no integral. Ask for posterior() instead, or choose mean_field(), "
            "whose bound is one."
        )


class NothingToDecode(RunError):
    """The most probable states of a model whose latents have no states."""

    latents: tuple[str, ...]

    def wording(self) -> str:
        found = f"latents {', '.join(self.latents)}" if self.latents else "no latents"
        return (
            f"decode gives the states of discrete latents, and the model has {found} without an "
            "elimination that ends in states: ask for posterior() instead."
        )


class TooMuchInformation(RunError):
    """An information matrix that would fill the memory, or take hours."""

    coordinates: int
    largest: int
    numbers: float
    most: float

    def wording(self) -> str:
        return (
            f"the information has {self.coordinates} coordinates (at most {self.largest} are "
            f"taken) and goes through {self.numbers:.1g} numbers (at most {self.most:.1g}). Fit "
            "with some parameters fixed at their estimates, or simulate: fit samples of the fit "
            "(found.sample), and take the deviation of their estimates."
        )


class OtherFixed(RunError):
    """Entries to be held, for a program whose M-step was generated without them.

    >>> str(OtherFixed(names=("mean",)))[:63]
    'The M-step of this program was generated without fixed entries '
    """

    names: tuple[str, ...]

    def wording(self) -> str:
        return (
            f"The M-step of this program was generated without fixed entries of "
            f"{', '.join(self.names)}: declare them, as in Parameter(..., fixed=[0, nan]), and "
            "generate again; or fit the model itself."
        )
