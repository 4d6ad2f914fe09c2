"""What can be wrong with a class body: names, and what they are bound to."""

from __future__ import annotations

from autoem.errors.language import LanguageError
from autoem.errors.place import Place


class Redeclared(LanguageError):
    """A name assigned twice in one model."""

    name: str
    first: Place

    def problem_text(self) -> str:
        return f"{self.name} is declared already, at {self.first}."

    def remedy(self) -> str:
        return f"Write another name here, or remove one of the two declarations of {self.name}."


class UnknownName(LanguageError):
    """A name that nothing declares."""

    name: str
    nearest: str | None
    known: tuple[str, ...]

    def problem_text(self) -> str:
        return f"{self.name} is not declared."

    def remedy(self) -> str:
        if self.nearest:
            return f"Write {self.nearest}, or declare {self.name} above this line."
        known = f"; declared so far: {', '.join(self.known)}" if self.known else ""
        return f"Write a declaration of {self.name} above this line{known}."


class UsedBeforeDeclared(LanguageError):
    """A name that is declared only below: its declaration would be circular."""

    name: str
    declared: Place

    def problem_text(self) -> str:
        return f"{self.name} is used here and declared below, at {self.declared}."

    def remedy(self) -> str:
        return (
            f"Write the declaration of {self.name} above this line; two variables cannot each be "
            "declared by the other: a variable that depends on its own past is a Markov(...)."
        )


class ReservedName(LanguageError):
    """A name that a model keeps for itself."""

    name: str

    def problem_text(self) -> str:
        return f"a model keeps the name {self.name} for itself."

    def remedy(self) -> str:
        return "Write another name."


class NamedTwice(LanguageError):
    """One declaration under two names."""

    name: str
    first: str

    def problem_text(self) -> str:
        return f"{self.name} is the same declaration as {self.first}."

    def remedy(self) -> str:
        return f"Write a declaration of its own for {self.name}, or use {self.first}."


class NotADeclaration(LanguageError):
    """Something in a class body that declares nothing."""

    name: str
    kind: str

    def problem_text(self) -> str:
        return f"{self.name} is a {self.kind}, and a model holds declarations only."

    def remedy(self) -> str:
        return f"Write {self.name} outside the class."


class Undeclared(LanguageError):
    """An axis or variable in use that no name of the class is bound to."""

    variable: str
    what: str
    example: str

    def problem_text(self) -> str:
        return f"{self.variable} uses {self.what}, which this class does not declare."

    def remedy(self) -> str:
        return f"Write its declaration as a line of this class: {self.example}."


class NoObserved(LanguageError):
    """A model in which nothing is seen."""

    model: str

    def problem_text(self) -> str:
        return f"{self.model} has no observed variable: there is nothing to learn from."

    def remedy(self) -> str:
        return "Write x = Observed(...)."


class ModelIsFinal(LanguageError):
    """A model used as the base of another class."""

    base: str

    def problem_text(self) -> str:
        return f"{self.base} is a model, and models are final."

    def remedy(self) -> str:
        return f"Write class Other(Model): with its own declarations, not ({self.base})."


class ModelHasNoInstances(LanguageError):
    """A model that is called."""

    model: str

    def problem_text(self) -> str:
        return f"{self.model} is the model itself and has no instances."

    def remedy(self) -> str:
        return f"Write fit({self.model}, data)."


class NotAModel(LanguageError):
    """Something else where a model is asked for."""

    came: str

    def problem_text(self) -> str:
        return f"A model is a class statement, class MyModel(Model): ..., and not {self.came}."

    def remedy(self) -> str:
        return (
            "Write the class itself, MyModel; a shipped model is called by its name on the command "
            "line."
        )
