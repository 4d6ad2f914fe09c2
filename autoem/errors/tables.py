"""What can be wrong with sparse matrices among the data."""

from __future__ import annotations

from autoem.errors.data import DataError


class NotSparseData(DataError):
    """A sparse matrix for a variable that is not to be one."""

    variable: str
    domain: str
    kind: str

    def wording(self) -> str:
        return (
            f"{self.variable} ({self.kind}, {self.domain}) is a sparse matrix: only a given of "
            f"numbers that may be zero, with two axes, is taken as one. Give {self.variable}"
            ".toarray()."
        )


class OtherTables(DataError):
    """Sparse matrices for a program that was generated for others, or for none."""

    names: tuple[str, ...]

    def wording(self) -> str:
        listed = ", ".join(self.names) or "none of the data"
        sparse = "".join(f"{name!r}, " for name in self.names)
        return (
            f"The sparse matrices are {listed}, and this program was generated for others: "
            f"generate(model, sparse=({sparse.strip()})), or fit the model itself."
        )
