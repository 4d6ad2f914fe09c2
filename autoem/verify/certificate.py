"""The certificate of a derivation: what was to be shown, and how far it was.

An obligation is *proved* (symbolically: for all values of data, expectations and parameters, with
every sum written out at a small size, one or two rows and two states), *checked* (numerically at
generic points, to so many digits), *open* (nobody could decide it) or *failed*.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from html import escape

STATUSES = ("proved", "checked", "open", "failed")
MARKS = {"proved": "∎", "checked": "✓", "open": "?", "failed": "✗"}
MOST = 15


@dataclass(frozen=True)
class Obligation:
    """One thing to be shown: `digits` to which numbers agreed, `detail` what was compared."""

    name: str
    status: str
    digits: int | None = None
    detail: str = ""

    @property
    def holds(self) -> bool:
        """Whether it was proved or checked."""
        return self.status in ("proved", "checked")

    @property
    def verdict(self) -> str:
        """The status as a person reads it; what is proved has been checked too.

        >>> Obligation("bound", "checked", 12).verdict, Obligation("Q", "proved", 15).verdict
        ('checked to 12 digits', 'proved (15 digits)')
        """
        if self.digits is None:
            return self.status
        digits = f"{self.digits} digits"
        return f"proved ({digits})" if self.status == "proved" else f"{self.status} to {digits}"

    def proved_if(self, proved: bool) -> Obligation:
        """The obligation with the status of a proof, where it holds and there is one."""
        return replace(self, status="proved") if proved and self.holds else self

    def open_if(self, undecided: bool) -> Obligation:
        """The obligation left open, where it does not hold and cannot be expected to."""
        return replace(self, status="open") if undecided and not self.holds else self


@dataclass(frozen=True)
class Certificate:
    """The obligations of one derivation; true only if every one of them holds.

    >>> print(Certificate("Toss", (Obligation("bound", "checked", 12, "F(q, theta) = l(theta)"),)))
    Toss: certified (1 checked)
      ✓ bound   checked to 12 digits   F(q, theta) = l(theta)
    """

    name: str
    obligations: tuple[Obligation, ...]

    def __bool__(self) -> bool:
        return bool(self.obligations) and all(o.holds for o in self.obligations)

    def of(self, *statuses: str) -> tuple[Obligation, ...]:
        """The obligations with one of these statuses."""
        return tuple(o for o in self.obligations if o.status in statuses)

    @property
    def headline(self) -> str:
        """The name, the verdict and the counts."""
        counts = [f"{len(self.of(status))} {status}" for status in STATUSES if self.of(status)]
        verdict = "certified" if self else "not certified"
        return f"{self.name}: {verdict} ({', '.join(counts) or 'nothing was shown'})"

    def __str__(self) -> str:
        rows = [(o.name, o.verdict, o.detail) for o in self.obligations]
        widths = [max((len(row[i]) for row in rows), default=0) for i in (0, 1)]
        lines = [
            f"  {MARKS[o.status]} {name:{widths[0]}}   {verdict:{widths[1]}}   {detail}".rstrip()
            for o, (name, verdict, detail) in zip(self.obligations, rows, strict=True)
        ]
        return "\n".join([self.headline, *lines])

    def _repr_html_(self) -> str:
        rows = "".join(
            "<tr>"
            + "".join(
                f"<td>{escape(t)}</td>" for t in (MARKS[o.status], o.name, o.verdict, o.detail)
            )
            + "</tr>"
            for o in self.obligations
        )
        return f"<table><caption>{escape(self.headline)}</caption>{rows}</table>"


def compared(name: str, error: float, scale: float, needed: int, detail: str) -> Obligation:
    """Checked where an error, relative to its scale, leaves as many digits as are needed.

    >>> compared("bound", 1e-12, 10.0, 9, "F = l").verdict
    'checked to 13 digits'
    >>> compared("bound", float("nan"), 1.0, 9, "F = l").status
    'failed'
    """
    if not math.isfinite(error) or not math.isfinite(scale):
        return Obligation(name, "failed", None, f"{detail}: not a number")
    relative = abs(error) / scale
    digits = MOST if relative < 10.0**-MOST else max(0, math.floor(-math.log10(relative)))
    status = "checked" if digits >= needed else "failed"
    return Obligation(name, status, digits, detail)


def holds(name: str, condition: bool, detail: str) -> Obligation:
    """Checked where an inequality or a membership holds."""
    return Obligation(name, "checked" if condition else "failed", None, detail)
