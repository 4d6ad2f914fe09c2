"""What can be wrong with what is seen of a latent: its bounds, its likelihoods."""

from __future__ import annotations

from autoem.errors.data import EntryError


class CrossedBounds(EntryError):
    """A lower bound above its upper bound.

    >>> crossed = CrossedBounds(variable="seen", lower=2.0, upper=1.0, index=(3,), axes=("n",))
    >>> str(crossed).partition(":")[0]
    'seen at n = 3 lies between 2.0 and 1.0'
    """

    lower: float
    upper: float

    def wording(self) -> str:
        return (
            f"{self.at} lies between {self.lower} and {self.upper}: a lower bound is above its "
            "upper one. Exchange them; equal bounds are an exact value, an infinite one is open."
        )


class ImpossibleRow(EntryError):
    """Likelihoods that are all zero: no state could have been seen.

    >>> str(ImpossibleRow(variable="table", index=(3,), axes=("n",))).partition(":")[0]
    'table at n = 3 is zero for every state'
    """

    def wording(self) -> str:
        return (
            f"{self.at} is zero for every state: whatever the parameters, this cannot be seen. "
            "Leave the row out, or write ones where nothing is known."
        )
