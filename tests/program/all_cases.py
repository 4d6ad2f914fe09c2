"""All hand-written programs by name."""

from __future__ import annotations

from tests.program.cases import Case, categorical, gaussian, grouped, numeric, poisson, ranks

CASES: dict[str, Case] = {
    "poisson": poisson.case(),
    "gaussian": gaussian.case(),
    "categorical": categorical.case(),
    "many_values": categorical.case(values=40),
    "grouped": grouped.case(),
    "numeric": numeric.case(),
    "ranks": ranks.case(),
}
