"""What can be wrong with data, sizes, weights and starting values.

Every message says which variable, axis or column, in which row, what was expected, what came, and
what to do.  Rows and positions are counted from 0.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import Any

from autoem.errors.base import AutoemError


class DataError(AutoemError):
    """Data that the model cannot be fitted to."""


def entry(name: str, index: tuple[int, ...], axes: tuple[str, ...]) -> str:
    """`x at n = 3, d = 1`; the bare name for a scalar.

    >>> entry("x", (3, 1), ("n", "d"))
    'x at n = 3, d = 1'
    """
    at = ", ".join(f"{axis} = {i}" for axis, i in zip(axes, index, strict=False))
    return f"{name} at {at}" if at else name


class EntryError(DataError):
    """Something wrong with one entry of an array; the message says where."""

    variable: str
    index: tuple[int, ...]
    axes: tuple[str, ...]

    @property
    def at(self) -> str:
        """`x at n = 3, d = 1`"""
        return entry(self.variable, self.index, self.axes)


def nearest(name: str, known: tuple[str, ...]) -> str:
    """What was probably meant, as a question; empty if nothing is near."""
    lower = {each.lower(): each for each in known}
    match = get_close_matches(name.lower(), lower, n=1)
    return f" Did you mean {lower[match[0]]!r}?" if match else ""


class NoSuchName(DataError):
    """A name that the model does not have where it stands."""

    name: str
    what: str  # "data", "sizes", "weights", "start", "fixed", "columns"
    known: tuple[str, ...]

    def wording(self) -> str:
        known = ", ".join(self.known) or "nothing"
        hint = nearest(self.name, self.known)
        return f"{self.what}: the model takes no {self.name!r} there, but {known}.{hint}"


class MissingVariable(DataError):
    """A variable that the model needs and the data do not have."""

    variable: str
    axes: tuple[str, ...]
    found: tuple[str, ...]

    def wording(self) -> str:
        axes = f" over ({', '.join(self.axes)})" if self.axes else ", a number"
        found = ", ".join(map(repr, self.found)) or "nothing"
        hint = nearest(self.variable, self.found)
        return (
            f"the data have no {self.variable!r}{axes}; they have {found}.{hint} Name the data "
            f"{self.variable!r}, or say which columns it is: columns={{{self.variable!r}: [...]}} "
            f"(on the command line --column {self.variable}=...)."
        )


class NotATable(DataError):
    """Data that are neither a mapping nor a data frame."""

    came: str

    def wording(self) -> str:
        return (
            f"data are a mapping of names to arrays or a data frame (pandas, polars, pyarrow), "
            f'not {self.came}: write {{"x": ...}} with the names of the model.'
        )


class WrongDimensions(DataError):
    """An array with too many or too few axes."""

    variable: str
    axes: tuple[str, ...]
    shape: tuple[int, ...]

    def wording(self) -> str:
        expected = f"the axes ({', '.join(self.axes)})" if self.axes else "no axes: it is a number"
        return (
            f"{self.variable} has {expected}, {len(self.axes)} in all; "
            f"the array that came has {len(self.shape)}: shape {self.shape}."
        )


class RaggedData(DataError):
    """Rows or sequences of different lengths where an array is needed."""

    variable: str
    lengths: tuple[int, ...]

    def wording(self) -> str:
        lengths = ", ".join(map(str, self.lengths))
        return f"{self.variable} has entries of different lengths ({lengths}): give one array."


class SizesDisagree(DataError):
    """An axis that has two lengths."""

    axis: str
    sizes: dict[str, int]  # who says so -> length

    def wording(self) -> str:
        says = ", ".join(f"{size} by {source}" for source, size in self.sizes.items())
        return f"axis {self.axis} has different lengths: {says}. Give arrays that agree."


class BadSize(DataError):
    """A size that is no positive whole number."""

    axis: str
    size: Any

    def wording(self) -> str:
        return f"the size of axis {self.axis} is a whole number from 1, not {self.size!r}."


class SizeUnknown(DataError):
    """An axis whose length no array tells."""

    axis: str
    used_by: tuple[str, ...]

    def wording(self) -> str:
        return (
            f"the length of axis {self.axis} (of {', '.join(self.used_by)}) cannot be read from "
            f'the data: give sizes={{"{self.axis}": ...}} (command line: --size {self.axis}=...).'
        )


class EmptyData(DataError):
    """No row, or no value at all."""

    variable: str

    def wording(self) -> str:
        return f"{self.variable} is empty: give at least one row with a value."


class NotANumber(EntryError):
    """Text, a date or another thing where a number is needed."""

    value: Any

    def wording(self) -> str:
        return (
            f"{self.at} is {self.value!r}, not a number: convert it, or mark it missing with nan."
        )


class PartlyMissing(EntryError):
    """Some cells of a value that is seen whole or not at all."""

    def wording(self) -> str:
        return (
            f"{self.at} has missing cells (nan) beside others that are seen: cells with a sum are "
            "marginalized only together. Make all of them nan, or drop the row."
        )


class MissingGiven(EntryError):
    """A missing value in data that are given, not modeled."""

    def wording(self) -> str:
        return (
            f"{self.at} is missing (nan), and {self.variable} is given, not modeled: drop the row, "
            f"fill it in, or declare {self.variable} as Observed(...) with a distribution."
        )


class NotFinite(EntryError):
    """An infinite value where it has no meaning."""

    value: float

    def wording(self) -> str:
        return (
            f"{self.at} is {self.value}: infinity is allowed only in a bound. Use nan for missing."
        )


class TooLarge(EntryError):
    """A number whose square overflows."""

    value: float

    def wording(self) -> str:
        return f"{self.at} is {self.value:g}, and its square overflows: take a larger unit."


class OutsideDomain(EntryError):
    """A value that its distribution or its parameter's domain cannot have."""

    value: Any
    expected: str

    def wording(self) -> str:
        return f"{self.at} is {self.value}; expected {self.expected}."


class CategoryOutOfRange(OutsideDomain):
    """A code or label that is none of the categories."""


class TooLargeMatrix(DataError):
    """A latent with too many elements that meet each other."""

    axis: str
    size: int
    largest: int

    def wording(self) -> str:
        return (
            f"the exact posterior inverts a matrix over axis {self.axis} with {self.size} entries, "
            f"{self.size} by {self.size}; at most {self.largest} are taken. Of crossed effects "
            "declare the one with more elements first; where one set is nested in the other, say "
            "so, as in a[school[class_of]]."
        )


class UnreadableTable(DataError):
    """A file that is no table of columns with a header."""

    path: str
    problem: str

    def wording(self) -> str:
        return f"{self.path}: {self.problem}. Expected a CSV file with one header line."


class MissingValues(DataError):
    """Gaps in data for a program that was generated for complete data."""

    names: tuple[str, ...]

    def wording(self) -> str:
        return (
            f"{', '.join(self.names)} has missing values, and this program was generated for "
            "complete data: fit the model itself, or generate it with missing=(...)."
        )
