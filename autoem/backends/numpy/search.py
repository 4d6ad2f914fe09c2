"""initialize and fit: the runtime's search, given the functions of the module."""

from __future__ import annotations

from autoem.backends.numpy.tree import (
    Assign,
    Binary,
    Define,
    Expr,
    Literal,
    Mapping,
    Name,
    Parameter,
    Return,
    invoke,
)

DATA = Parameter("data", "Arrays")
SIZES = Parameter("sizes", "Mapping[str, int] | None", Literal(None))
SEED = Parameter("seed", "int", Literal(0))
OPTIONS = (
    DATA,
    SIZES,
    Parameter("weights", "np.ndarray | None", Literal(None)),
    Parameter("start", "Arrays | None", Literal(None)),
    SEED,
    Parameter("tol", "float", Literal(1e-14)),
    Parameter("max_iterations", "int", Literal(10000)),
)
OWN: tuple[Expr, ...] = (Name("SCHEMA"), Name("e_step"), Name("m_step"), Name("data"))


def search(sections: dict[str, None], is_drawn: bool) -> tuple[Define, ...]:
    """The two functions; `sections` learns what they need of the runtime."""
    made = _fit_by_draws() if is_drawn else _fit()
    called = "fit_alone_by_draws" if is_drawn else "fit_alone"
    sections |= dict.fromkeys((called, "starting_point", "lengths_of"))
    return _initialize(), made


def _initialize() -> Define:
    sizes = Binary("or", Name("sizes"), Mapping(()))
    lengths = Binary("|", invoke("lengths_of", Name("SCHEMA"), Name("data")), invoke("dict", sizes))
    generator = invoke("np.random.default_rng", Name("seed"))
    point = invoke("starting_point", *OWN, Name("lengths"), generator)
    return Define(
        "initialize",
        (DATA, SIZES, SEED),
        "Arrays",
        "Starting parameters at the scale of the data; another seed gives another point.",
        (Assign(Name("lengths"), lengths), Return(point)),
    )


def _fit() -> Define:
    rest = (Name(parameter.name) for parameter in OPTIONS[1:])
    return Define(
        "fit",
        OPTIONS,
        "Outcome",
        "EM from the best of several starting points, or from `start`, until it has converged.",
        (Return(invoke("fit_alone", *OWN, *rest)),),
    )


def _fit_by_draws() -> Define:
    kept = tuple(option for option in OPTIONS if option.name not in ("weights", "tol"))
    rest = (Name(parameter.name) for parameter in kept[1:])
    return Define(
        "fit",
        kept,
        "Outcome",
        "EM by draws from `start`, or from the scale of the data, until the draws show no gain.",
        (Return(invoke("fit_alone_by_draws", *OWN, *rest)),),
    )
