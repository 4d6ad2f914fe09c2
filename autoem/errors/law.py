"""What can be wrong with the law of a variable: its axes, its event, where it stands."""

from __future__ import annotations

from autoem.errors.language import LanguageError, listed


class NotALaw(LanguageError):
    """Something else where a distribution must stand."""

    kind: str
    came: object

    def problem_text(self) -> str:
        return f"{self.kind} takes a distribution, and {self.came!r} is none."

    def remedy(self) -> str:
        return f"Write {self.kind}(Normal(0, variance=1), over=n)."


class NotADomain(LanguageError):
    """Something else where a domain must stand."""

    kind: str
    came: object

    def problem_text(self) -> str:
        name = getattr(self.came, "__name__", None)
        return f"{self.kind} takes a domain, and {name or repr(self.came)} is none."

    def remedy(self) -> str:
        return f"Write {self.kind}(Real(), over=n): a domain with brackets."


class UncoveredAxes(LanguageError):
    """Axes of the arguments that the variable does not repeat over."""

    what: str
    argument: str
    axes: tuple[str, ...]
    over: tuple[str, ...]

    def problem_text(self) -> str:
        return (
            f"{self.argument} runs over {listed(self.axes)}, and {self.what} only over "
            f"{listed(self.over)}."
        )

    def remedy(self) -> str:
        more = f"Write over={listed((*self.over, *self.axes))}"
        named = self.argument.isidentifier()
        return f"{more}, or look the axis up: {self.argument}[index]." if named else f"{more}."


class WrongEvent(LanguageError):
    """An argument whose event is not the one that the family takes."""

    family: str
    argument: str
    expected: tuple[str, ...]
    came: tuple[str, ...]

    def problem_text(self) -> str:
        return (
            f"{self.family} takes {self.argument} with event axes {listed(self.expected)}, and "
            f"it came with {listed(self.came)}."
        )

    def remedy(self) -> str:
        if not self.expected:
            return (
                f"Write {self.argument} = Parameter(Real(), over={listed(self.came)}) and the same "
                "in over= here, or a family of vectors: MultivariateNormal."
            )
        axis = self.expected[0]
        if len(self.expected) == 1:
            return f"Write a vector over {axis}: Real({axis}), or x * Ones({axis})."
        return f"Write a matrix over {axis}: PositiveDefinite({axis}), or x * Identity({axis})."


class NoEvent(LanguageError):
    """A family of vectors whose arguments have no event axis."""

    family: str

    def problem_text(self) -> str:
        return f"{self.family} is a law of arrays, and no argument says over which axis."

    def remedy(self) -> str:
        return "Write an argument with an event: Zeros(d), Identity(d), 2 * Ones(k), Simplex(k)."


class NoCategoryAxis(LanguageError):
    """Logits of which no axis, or several, could be the categories."""

    axes: tuple[str, ...]
    over: tuple[str, ...]

    def problem_text(self) -> str:
        which = "none is" if not self.axes else f"all of {listed(self.axes)} are"
        return (
            f"the categories run along the one axis of the logits that is not in over="
            f"{listed(self.over)}, and {which} left."
        )

    def remedy(self) -> str:
        return "Write logits with exactly one axis besides those of over=."


class PreviousOutsideChain(LanguageError):
    """`previous` or `parent` where no chain or tree is declared."""

    word: str

    def problem_text(self) -> str:
        return f"{self.word} has a meaning only in the law of a step."

    def remedy(self) -> str:
        if self.word == "parent":
            return "Write Tree(root=..., then=..., parent=...)."
        return "Write Markov(first=..., then=Categorical(transition[previous]))."


class NoStep(LanguageError):
    """A chain or tree with no axis to run along."""

    construct: str
    reason: str

    def problem_text(self) -> str:
        return f"{self.construct} {self.reason}."

    def remedy(self) -> str:
        if self.construct == "Tree":
            return (
                "Write parent = Given(Index(node), over=node) and "
                "Tree(root=Categorical(p), then=..., parent=parent), over=node."
            )
        return "Write Latent(Markov(first=..., then=...), over=(s, t)): the last axis is time."


class UnlikeLaws(LanguageError):
    """Two laws of one variable that do not agree on its values."""

    construct: str
    one: str
    other: str

    def problem_text(self) -> str:
        laws = f"{self.one} and {self.other}"
        return f"the laws of {self.construct} are on different domains: {laws}."

    def remedy(self) -> str:
        return "Write two laws with the same kind of values, event axes and categories."


class NotALatent(LanguageError):
    """A construct of observation around something that is not latent."""

    construct: str
    came: str

    def problem_text(self) -> str:
        return f"{self.construct} says what is seen of a latent, and {self.came} is none."

    def remedy(self) -> str:
        use = "Evidence(table[x])" if self.construct == "Evidence" else f"{self.construct}(x, ...)"
        return f"Write x = Latent(...) above, {use} here."


class NotAPlate(LanguageError):
    """A total over an axis that the latent does not repeat over."""

    latent: str
    axis: str
    plates: tuple[str, ...]

    def problem_text(self) -> str:
        return f"Total sums over {self.axis}, and {self.latent} is over {listed(self.plates)}."

    def remedy(self) -> str:
        return f"Write Total({self.latent}, over=...) with axes of {self.latent}."


class OnlyObserved(LanguageError):
    """A construct of observation as the law of a latent."""

    construct: str

    def problem_text(self) -> str:
        return f"{self.construct} says what is seen of a latent: it cannot be a latent's own law."

    def remedy(self) -> str:
        return f"Write Observed({self.construct}(...))."


class BadGroups(LanguageError):
    """Groups of cells that cannot be told apart."""

    reason: str

    def problem_text(self) -> str:
        return f"the groups of Aggregate are no groups of cells: {self.reason}."

    def remedy(self) -> str:
        return "Write groups=[(0, 1), (2,), (3,)]: each cell in at most one group."


class BadBounds(LanguageError):
    """An interval that holds nothing, or everything."""

    what: str
    lower: object
    upper: object

    def problem_text(self) -> str:
        return f"{self.what} from {self.lower} to {self.upper} is no interval."

    def remedy(self) -> str:
        return "Write a lower bound below the upper one, at least one of them finite."


class BadPrior(LanguageError):
    """A prior that is no law of its parameter."""

    reason: str

    def problem_text(self) -> str:
        return f"this is no prior of the parameter: {self.reason}."

    def remedy(self) -> str:
        return "Write a law of the same shape that mentions numbers, givens and parameters only."


class BadFixed(LanguageError):
    """Fixed entries that do not have the shape of the parameter."""

    expected: int
    came: int

    def problem_text(self) -> str:
        return f"fixed= has {self.came} axes, and the parameter {self.expected}."

    def remedy(self) -> str:
        return "Write an array with the axes of over=, then the event axes; nan where it is free."
