"""A Poisson mixture written out by hand as an array program."""

from __future__ import annotations

from fractions import Fraction

from autoem.program.ir import (
    Array,
    ArrayProgram,
    Call,
    Contract,
    Function,
    Let,
    LogSumExp,
    Map,
    Number,
    Ref,
    Scalar,
)


def number(value: int | Fraction) -> Number:
    return Number(Fraction(value))


def add(*terms: Scalar) -> Call:
    return Call("add", terms)


def times(*factors: Scalar) -> Call:
    return Call("multiply", factors)


def minus(term: Scalar) -> Call:
    return times(number(-1), term)


def over(above: Scalar, below: Scalar) -> Call:
    return times(above, Call("power", (below, number(-1))))


X, WEIGHT, RATE = Array("x", ("n",)), Array("weight", ("k",)), Array("rate", ("k",))
RESPONSIBILITY = Array("responsibility", ("n", "k"))
EVIDENCE = Array("log_evidence", ("n",))
ROW_WEIGHT = Array("weight_of_row", ("n",))


def poisson_mixture() -> ArrayProgram:
    x, rate, weight = Ref("x", ("n",)), Ref("rate", ("k",)), Ref("pi", ("k",))
    logits = add(
        Call("log", (weight,)),
        times(x, Call("log", (rate,))),
        minus(rate),
        minus(Call("gammaln", (add(x, number(1)),))),
    )
    evidence = Ref("log_evidence", ("n",))
    pi, new_pi, new_rate = Array("pi", ("k",)), Array("new_pi", ("k",)), Array("new_rate", ("k",))
    row_weight = Array("row_weight", ("n",))
    count, first = Array("count", ("k",)), Array("first", ("k",))
    total = Array("total")
    posterior = Function(
        "posterior",
        (X, pi, RATE),
        (
            Let((Array("logits", ("n", "k")),), Map(logits), "log joint of row n and component k"),
            Let((EVIDENCE,), LogSumExp(Ref("logits", ("n", "k")), ("k",))),
            Let(
                (RESPONSIBILITY,),
                Map(Call("exp", (add(Ref("logits", ("n", "k")), minus(evidence)),))),
            ),
        ),
        (RESPONSIBILITY, EVIDENCE),
    )
    r, w = Ref("responsibility", ("n", "k")), Ref("row_weight", ("n",))
    statistics = Function(
        "statistics",
        (X, RESPONSIBILITY, row_weight),
        (
            Let((count,), Contract((r, w), ("n",)), "expected number of rows"),
            Let((first,), Contract((r, w, x), ("n",)), "expected sum of x"),
        ),
        (count, first),
    )
    maximize = Function(
        "maximize",
        (count, first),
        (
            Let((total,), Contract((Ref("count", ("k",)),), ("k",))),
            Let(
                (new_pi,),
                Map(over(Ref("count", ("k",)), Ref("total"))),
                "simplex: counts over total",
            ),
            Let((new_rate,), Map(over(Ref("first", ("k",)), Ref("count", ("k",)))), "stationary"),
        ),
        (new_pi, new_rate),
    )
    return ArrayProgram(
        "PoissonMixture",
        "n",
        {"n": "n", "k": "k"},
        (X,),
        (pi, RATE),
        posterior,
        statistics,
        maximize,
        "EM for a mixture of Poisson distributions.",
    )
