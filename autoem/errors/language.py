"""What can be wrong with a declaration.

Every message has four parts: the file and line, the user's own source line, what is wrong (the
variable and the axis, what was expected and what came), and what to write instead.

    model.py:7
        x = Observed(Normal(mean[z], variance=1), over=n)
    mean[...] finds no axis to look up: z runs over k, and mean is over ().
    Write mean = Parameter(..., over=k).
"""

from __future__ import annotations

from autoem.errors.base import AutoemError
from autoem.errors.place import Place, here


class LanguageError(AutoemError):
    """A declaration that does not follow the rules of the language."""

    place: Place
    problem: str
    write: str

    def __init__(self, **fields: object) -> None:
        fields.setdefault("place", here())
        AutoemError.__init__(self, **fields)

    def wording(self) -> str:
        """The place, the source line, the problem and the remedy."""
        source = self.place.source
        quoted = [f"    {source}"] if source else []
        return "\n".join([str(self.place), *quoted, self.problem_text(), self.remedy()])

    def problem_text(self) -> str:
        """What was expected and what came."""
        return self.problem

    def remedy(self) -> str:
        """What to write instead."""
        return f"Write {self.write}"


def listed(axes: tuple[str, ...]) -> str:
    """Axes as `over=` takes them.

    >>> listed(()), listed(("n",)), listed(("n", "t"))
    ('()', 'n', '(n, t)')
    """
    return axes[0] if len(axes) == 1 else f"({', '.join(axes)})"


class NotAnAxis(LanguageError):
    """Something else where an axis must stand."""

    where: str
    came: object

    def problem_text(self) -> str:
        return f"{self.where} takes axes, and {self.came!r} is none."

    def remedy(self) -> str:
        size = f', and sizes={{"d": {self.came}}} in fit' if isinstance(self.came, int) else ""
        use = f"{self.where}d" if self.where.endswith("=") else f"{self.where}(d)"
        return f"Write d = Axis() above, {use} here{size}."


class RepeatedAxis(LanguageError):
    """One axis that would stand for two."""

    what: str
    axis: str

    def problem_text(self) -> str:
        return f"{self.what} has the axis {self.axis} twice, and axes are told apart by identity."

    def remedy(self) -> str:
        return f"Write another axis for one of them, or leave {self.axis} out of over=."


class AmbiguousAxis(LanguageError):
    """A vector that could be the rows or the columns of a matrix."""

    axis: str
    operand: str

    def problem_text(self) -> str:
        return (
            f"a matrix with both axes {self.axis} meets {self.operand or 'an array'} with one: "
            f"its rows or its columns?"
        )

    def remedy(self) -> str:
        return "Write Diagonal(v) for a matrix with v on its diagonal, A @ v for a product."


class TwofoldAxis(LanguageError):
    """A sum over an axis that an operand has both as a plate and in its event."""

    operator: str
    axis: str
    operand: str

    def problem_text(self) -> str:
        return (
            f"{self.operator} sums over {self.axis}, and {self.operand} has it twice: as a plate "
            "and in its event."
        )

    def remedy(self) -> str:
        return (
            f"Write another axis for one of the two, or a lookup that consumes the plate: "
            f"{self.operand}[index]."
        )


class NotAnExpression(LanguageError):
    """A value that cannot stand in a formula."""

    value: object

    def problem_text(self) -> str:
        return f"{self.value!r} cannot stand in a formula."

    def remedy(self) -> str:
        return "Write a number, a list, an array, or an expression of declared variables."


class NoValue(LanguageError):
    """A formula used as a Python value: it has none before the model is fitted."""

    use: str

    def problem_text(self) -> str:
        return f"an expression has no {self.use}: it stands for numbers that are not known yet."

    def remedy(self) -> str:
        return f"Write {self.write}."


class NoAxisToConsume(LanguageError):
    """A lookup that finds no axis of `over=` to consume."""

    base: str
    index: str
    axis: str
    plates: tuple[str, ...]
    in_event: bool

    def problem_text(self) -> str:
        return (
            f"{self.base}[{self.index}] finds no axis to look up: {self.index} gives a position "
            f"along {self.axis}, and {self.base} is over {listed(self.plates)}."
        )

    def remedy(self) -> str:
        declared = f"{self.base} = Parameter(..., over={self.axis})"
        if self.in_event:
            return f"Write {declared}: an event axis is never looked up, {self.axis} is one here."
        return f"Write {declared}, or an index along one of its axes."


class AmbiguousIndex(LanguageError):
    """Index arithmetic that may consume several axes."""

    base: str
    plates: tuple[str, ...]

    def problem_text(self) -> str:
        return f"the index of {self.base} could run along any of {listed(self.plates)}."

    def remedy(self) -> str:
        return f"Write an index for each axis, from left to right, or {self.base} over one axis."


class NotAnIndex(LanguageError):
    """An index that gives no position along an axis."""

    base: str
    index: str
    kind: str

    def problem_text(self) -> str:
        values = f"its values are {self.kind}, and no positions along an axis"
        return f"{self.index} cannot look {self.base} up: {values}."

    def remedy(self) -> str:
        if self.kind == "binary":
            return f"Write where({self.index}, x, y), or {self.index} = Latent(Categorical(...))."
        return "Write an index: a categorical variable, a Given(Index(axis)), or a whole number."


class NoEntry(LanguageError):
    """A whole number that is no entry of an event axis."""

    base: str
    position: int
    reason: str

    def problem_text(self) -> str:
        return f"{self.base}[{self.position}] does not exist: {self.reason}."

    def remedy(self) -> str:
        return "Write a position from 0 along an event axis, as in freq = Parameter(Simplex(k))."


class NoCommonAxis(LanguageError):
    """A product that finds nothing to sum over."""

    operator: str
    left: tuple[str, ...]
    right: tuple[str, ...]

    def problem_text(self) -> str:
        return (
            f"{self.operator} sums over a common axis, and finds none: the left side has "
            f"{listed(self.left)}, the right side {listed(self.right)}."
        )

    def remedy(self) -> str:
        if self.operator == "@":
            return "Write a @ b where b has the last axis of a, or a * b for entry by entry."
        return "Write dot(a, b) where b has event axes of a, or a * b for entry by entry."


class NoCondition(LanguageError):
    """A `where` whose condition is not true or false."""

    condition: str

    def problem_text(self) -> str:
        return f"where takes a condition, and {self.condition} is not true or false."

    def remedy(self) -> str:
        return (
            "Write a Bernoulli variable, a Given(Binary()), or a comparison: where(t < tau, a, b); "
            "(a <= b) * (a >= b) for equality."
        )


class UnlikeBranches(LanguageError):
    """A `where` whose two branches are no values of one kind."""

    yes: str
    no: str

    def problem_text(self) -> str:
        return f"the branches of where are of two kinds: {self.yes} and {self.no}."

    def remedy(self) -> str:
        return "Write two laws on one domain, or two expressions, with the same event axes."
