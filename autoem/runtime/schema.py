"""What the runtime knows of a model: names, axes and domains, as plain data.

A generated module carries the same as a literal dictionary, so a schema converts to and from JSON.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from autoem.runtime.arrays import Domain

KINDS = ("parameter", "given", "latent", "observed")


@dataclass(frozen=True)
class VariableSchema:
    """One variable: its arrays have the axes `plates` in order, then those of `event`.

    `kind` is parameter, given, latent or observed; `domain` the kind of the domain of a parameter
    or given, or of the support of a latent or observed variable; `category` is the axis of which
    its values are codes; `free` is False where nobody needs the value (the bounds or the table of
    `Within` and `Evidence` are what is observed); `bound` is True for a given that is used only as
    a bound and may be infinite; `trials` is the number, or the given that holds it, that a count
    does not exceed, or that the counts of an event add up to; `fixed` are nested lists with None
    where the entry is free; `between` are the lower and the upper bound, by name or number, and
    `table` the likelihoods and the axis of the states, of what is seen through them; `units` are
    the exponents of the data of which a parameter is a product, None where they are not known;
    `corner` is the order statistic of the rows that a parameter is, whose likelihood has no slope;
    `above` is the axis whose length less one a parameter exceeds; `splits` is True for counts of
    which some may be missing, their trials being known;
    `least` is how many entries its last event axis has at least, those being read by number;
    `variational` says from what a mean that the factors of a mean field hold is begun: simplex,
    positive, real or zero.
    """

    name: str
    kind: str
    domain: str
    plates: tuple[str, ...] = ()
    event: tuple[str, ...] = ()
    category: str | None = None
    lower: float = -math.inf
    upper: float = math.inf
    free: bool = True
    bound: bool = False
    fixed: Any = None
    trials: str | float | None = None
    between: tuple[str | float, ...] = ()
    table: tuple[str, ...] = ()
    units: Mapping[str, float] | None = None
    corner: str = ""
    above: str = ""
    variational: str = ""
    splits: bool = False
    least: int = 0

    @property
    def axes(self) -> tuple[str, ...]:
        """All axes of the array, in order."""
        return self.plates + self.event

    @property
    def range(self) -> Domain:
        """Kind, lower and upper end, as the iteration reads them."""
        return self.domain, self.lower, self.upper


@dataclass(frozen=True)
class Schema:
    """A model as the runtime sees it.

    `sizes` are lengths that the declaration itself tells (a list literal); `objective` is what the
    algorithm raises, and `likelihood` says whether that stands for the log-likelihood; `draws` says
    of an E-step by draws which parameters hold the state of the chain and its noise, and how many
    sweeps are made.  `row` is the axis of the rows; `independent` are the axes that may be
    weighted, None for any, and `dependent` says of others why not.  `within` says for a weighted
    axis what lies in its entries: {"h": {"i": ("group", "school")}} puts row i into the entry
    school[group[i]].

    >>> x = VariableSchema("x", "observed", "real", ("n",))
    >>> schema = Schema("Sample", ("n",), (x,))
    >>> Schema.from_dict(schema.to_dict()) == schema
    True
    """

    name: str
    axes: tuple[str, ...]
    variables: tuple[VariableSchema, ...]
    sizes: Mapping[str, int] = field(default_factory=dict)
    row: str | None = None
    independent: tuple[str, ...] | None = None
    dependent: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    within: Mapping[str, Mapping[str, tuple[str, ...]]] = field(default_factory=dict)
    exact: bool = True
    objective: str = "log-likelihood"
    likelihood: bool = True
    draws: Mapping[str, Any] = field(default_factory=dict)

    def of_kind(self, *kinds: str) -> tuple[VariableSchema, ...]:
        """The variables of these kinds, in the order of declaration."""
        return tuple(variable for variable in self.variables if variable.kind in kinds)

    @property
    def data(self) -> tuple[VariableSchema, ...]:
        """Givens and observed variables whose values are needed."""
        return tuple(v for v in self.of_kind("given", "observed") if v.free)

    @property
    def own_parameters(self) -> tuple[VariableSchema, ...]:
        """The parameters of the model; those of the factors of a mean field are variational."""
        return tuple(v for v in self.of_kind("parameter") if not v.variational)

    @property
    def domains(self) -> dict[str, Domain]:
        """Parameter to kind, lower and upper end of its domain."""
        return {parameter.name: parameter.range for parameter in self.of_kind("parameter")}

    def __getitem__(self, name: str) -> VariableSchema:
        return next(variable for variable in self.variables if variable.name == name)

    def to_dict(self) -> dict[str, Any]:
        """Lists, strings and numbers; infinite ends are left out."""
        return {
            "name": self.name,
            "axes": list(self.axes),
            "variables": [_to_dict(variable) for variable in self.variables],
            "sizes": dict(self.sizes),
            "row": self.row,
            "independent": None if self.independent is None else list(self.independent),
            "dependent": {axis: list(why) for axis, why in self.dependent.items()},
            "within": {
                axis: {inner: list(path) for inner, path in own.items()}
                for axis, own in self.within.items()
            },
            "exact": self.exact,
            "objective": self.objective,
            "likelihood": self.likelihood,
            **({"draws": dict(self.draws)} if self.draws else {}),
        }

    @staticmethod
    def from_dict(plain: Mapping[str, Any]) -> Schema:
        """The inverse of `to_dict`; what is left out has its default."""
        independent = plain.get("independent")
        within = plain.get("within", {})
        return Schema(
            plain["name"],
            tuple(plain["axes"]),
            tuple(_from_dict(variable) for variable in plain["variables"]),
            dict(plain.get("sizes", {})),
            plain.get("row"),
            None if independent is None else tuple(independent),
            {axis: tuple(why) for axis, why in plain.get("dependent", {}).items()},
            {axis: {a: tuple(p) for a, p in own.items()} for axis, own in within.items()},
            plain.get("exact", True),
            plain.get("objective", "log-likelihood"),
            plain.get("likelihood", True),
            dict(plain.get("draws", {})),
        )


_TUPLES = ("plates", "event", "between", "table")
_DEFAULT = VariableSchema("", "", "")


def _to_dict(variable: VariableSchema) -> dict[str, Any]:
    values = vars(variable)
    kept = {name: value for name, value in values.items() if value != getattr(_DEFAULT, name)}
    return {name: list(value) if name in _TUPLES else value for name, value in kept.items()}


def _from_dict(plain: Mapping[str, Any]) -> VariableSchema:
    values: dict[str, Any] = {n: tuple(v) if n in _TUPLES else v for n, v in plain.items()}
    return VariableSchema(**values)
