"""What the judge of a derivation cannot decide."""

from __future__ import annotations

from autoem.errors.base import AutoemError

__all__ = ["MissingValue", "NotJudged", "NotSimulated"]


class NotJudged(AutoemError):
    """A construct that brute force does not read; the obligations that need it stay open.

    >>> str(NotJudged(what="the law Markov"))
    'brute force does not read the law Markov'
    """

    what: str

    def wording(self) -> str:
        """What is not read."""
        return f"brute force does not read {self.what}"


class NotSimulated(AutoemError):
    """A construct that `sample` does not draw from.

    >>> str(NotSimulated(what="the law Tree", variable="z"))
    'sample does not draw from the law Tree (of z)'
    """

    what: str
    variable: str

    def wording(self) -> str:
        """What is not drawn."""
        return f"sample does not draw from {self.what} (of {self.variable})"


class MissingValue(AutoemError):
    """A parameter or a given that `sample` needs and did not get.

    >>> str(MissingValue(variable="mean", kind="parameter", axes=("k",), found=("weight",)))
    "sample needs the parameter 'mean' over (k), and got 'weight': give parameters={'mean': ...}"
    """

    variable: str
    kind: str
    axes: tuple[str, ...]
    found: tuple[str, ...]

    def wording(self) -> str:
        """What is missing, and how to give it."""
        axes = f" over ({', '.join(self.axes)})" if self.axes else ", a number"
        found = ", ".join(map(repr, self.found)) or "nothing"
        option = "parameters" if self.kind == "parameter" else "given"
        return (
            f"sample needs the {self.kind} {self.variable!r}{axes}, and got {found}: "
            f"give {option}={{{self.variable!r}: ...}}"
        )
