"""What can be wrong with a command line: the model it names, its values, its columns."""

from __future__ import annotations

from autoem.errors.base import AutoemError
from autoem.errors.data import nearest


class CommandError(AutoemError):
    """A command that cannot be carried out as it was written."""


class NoSuchModel(CommandError):
    """A model that is neither a file nor shipped."""

    name: str
    known: tuple[str, ...]  # shipped models

    def wording(self) -> str:
        stem = self.name.rpartition("/")[2].removesuffix(".py")
        if stem in self.known:
            hint = f" A shipped model needs no path: write {stem!r}."
        else:
            hint = nearest(stem, self.known)
        return (
            f"no file and no shipped model is called {self.name!r}.{hint} Write path.py, "
            f"path.py:Class, or a shipped model: {', '.join(self.known)}."
        )


class SpecNotImported(CommandError):
    """A file of models that stops while it is imported.

    >>> print(SpecNotImported(path="m.py", line=3, source="import nmpy", problem="no nmpy"))
    m.py:3
        import nmpy
    no nmpy
    """

    path: str
    line: int
    source: str
    problem: str

    def wording(self) -> str:
        source = f"    {self.source}\n" if self.source else ""
        return f"{self.path}:{self.line}\n{source}{self.problem}"


class NoModelInFile(CommandError):
    """A file that declares no model, or not the one that was asked for."""

    path: str
    wanted: str  # empty for any
    found: tuple[tuple[str, int], ...]  # class and its line

    def wording(self) -> str:
        if not self.found:
            return (
                f"{self.path}:1 declares no model: a model is a class statement, "
                "class MyModel(Model): ..., in this file."
            )
        names = tuple(name for name, _ in self.found)
        hint = nearest(self.wanted, names)
        return f"{self.path} declares no model {self.wanted!r}.{hint} It has {_lines(self.found)}."


class SeveralModels(CommandError):
    """A file with more than one model, and no word about which."""

    path: str
    found: tuple[tuple[str, int], ...]

    def wording(self) -> str:
        first, line = self.found[0]
        return (
            f"{self.path}:{line} declares several models: {_lines(self.found)}. "
            f"Say which: {self.path}:{first}."
        )


def _lines(found: tuple[tuple[str, int], ...]) -> str:
    return ", ".join(f"{name} (line {line})" for name, line in found)


class BadAssignment(CommandError):
    """An option that is no `name=value`, or whose value cannot be read."""

    option: str
    text: str
    expected: str

    def wording(self) -> str:
        return f"{self.option} {self.text}: expected {self.expected}."


class ColumnsNeeded(CommandError):
    """A given vector whose columns nobody named: guessing them would fit another model."""

    variable: str
    axes: tuple[str, ...]
    columns: tuple[str, ...]

    def wording(self) -> str:
        example = ",".join(("1", *self.columns[:2]))
        return (
            f"{self.variable} over ({', '.join(self.axes)}) is given, and its columns are not "
            f"guessed: write --column {self.variable}={example}, where a number is a constant "
            f"column. The table has {', '.join(self.columns)}."
        )


class NoTable(CommandError):
    """Variables that need data, and no file of them."""

    variables: tuple[str, ...]

    def wording(self) -> str:
        first = self.variables[0]
        return (
            f"no data for {', '.join(self.variables)}: name a CSV file after the model, or give "
            f"the values, --given {first}=..."
        )


class NoOneTable(CommandError):
    """Simulated arrays of different lengths, which are no columns of one table."""

    lengths: dict[str, int]

    def wording(self) -> str:
        lengths = ", ".join(f"{name} has {length}" for name, length in self.lengths.items())
        return (
            f"the variables have different numbers of rows ({lengths}) and do not fit one table: "
            "use --json."
        )


class NoSuchFolder(CommandError):
    """An output path in a folder that is not there."""

    path: str

    def wording(self) -> str:
        return f"{self.path} cannot be written: its folder does not exist."
