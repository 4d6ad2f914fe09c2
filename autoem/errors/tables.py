"""What can be wrong with tables: sparse matrices among the data, joint states of latents."""

from __future__ import annotations

import math

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


class TooManyStates(DataError):
    """Joint states of discrete latents that are too many to be kept for every row.

    >>> str(TooManyStates(latent="z", axes=("k", "m"), sizes=(2000, 900), limit=1_000_000))[:43]
    'The exact posterior of z keeps a table over'
    """

    latent: str
    axes: tuple[str, ...]
    sizes: tuple[int, ...]
    limit: int

    def wording(self) -> str:
        product = " by ".join(
            f"{size} {axis}" for size, axis in zip(self.sizes, self.axes, strict=True)
        )
        return (
            f"The exact posterior of {self.latent} keeps a table over joint states, {product}: "
            f"{math.prod(self.sizes):,} entries a row, more than {self.limit:,}. Take fewer "
            "states, or keep the latents apart: derive(model, posterior=mean_field())."
        )
