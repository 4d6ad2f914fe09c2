"""From a call `Normal(0, variance=s2)` to a distribution, with errors that say what to write.

The signature of a constructor is the rule: scales are keyword-only, and of the parameters that
default to None exactly one is given (`p` or `logits=`).
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from functools import wraps
from inspect import Parameter, Signature, signature
from typing import ParamSpec

from autoem.errors.families import BadArguments, BadNumber
from autoem.errors.law import BadBounds
from autoem.families.family import Family
from autoem.language.distribution import Distribution
from autoem.language.expression import ExpressionLike, Number

P = ParamSpec("P")
DOMAINS = {
    "positive": "a positive number",
    "probability": "a probability between 0 and 1",
    "integer": "a whole number",
    "count": "a count 0, 1, 2, ...",
}


def constructor(function: Callable[P, Distribution]) -> Callable[P, Distribution]:
    """The function, which refuses a call that does not fit its signature."""
    shape = signature(function)

    @wraps(function)
    def construct(*args: P.args, **keywords: P.kwargs) -> Distribution:
        reason = _misfit(shape, args, keywords)
        if reason:
            raise BadArguments(
                family=function.__name__, reason=reason, write=usage(function.__name__, shape)
            )
        return function(*args, **keywords)

    return construct


def _misfit(shape: Signature, args: tuple[object, ...], keywords: dict[str, object]) -> str:
    """Why the arguments do not fit; nothing if they do."""
    try:
        given = shape.bind(*args, **keywords).arguments
    except TypeError as reason:
        return str(reason)
    choices = _choices(shape)
    chosen = [name for name in choices if given.get(name) is not None]
    return f"give one of {' and '.join(choices)}" if choices and len(chosen) != 1 else ""


def _choices(shape: Signature) -> list[str]:
    return [name for name, parameter in shape.parameters.items() if parameter.default is None]


def usage(name: str, shape: Signature) -> str:
    """The ways to write a call.

    >>> usage("Normal", signature(lambda mean, *, variance: ...))
    'Normal(mean, variance=...)'
    >>> usage("Bernoulli", signature(lambda p=None, *, logits=None: ...))
    'Bernoulli(p) or Bernoulli(logits=...)'
    """
    words = {
        key: f"{key}=..." if parameter.kind is Parameter.KEYWORD_ONLY else key
        for key, parameter in shape.parameters.items()
    }
    choices = _choices(shape)
    always = [word for key, word in words.items() if key not in choices]
    ways = [[*always, words[choice]] for choice in choices] or [always]
    return " or ".join(f"{name}({', '.join(way)})" for way in ways)


def either(*choices: tuple[Family, ExpressionLike | None]) -> tuple[Family, ExpressionLike]:
    """The first family whose main argument is given."""
    return next((family, value) for family, value in choices if value is not None)


def distribution(family: Family, *values: ExpressionLike) -> Distribution:
    """The family at these values of its arguments, in order; numbers must be in their domain."""
    names = (argument.name for argument in family.arguments)
    result = Distribution(family, tuple(zip(names, values, strict=True)))
    for argument in family.arguments:
        value = result.argument(argument.name)
        if isinstance(value, Number) and not _allows(argument.domain, value.value):
            raise BadNumber(
                family=family.name,
                argument=argument.name,
                value=value.value,
                write=DOMAINS.get(argument.domain, "a finite number"),
            )
    return result


def check_width(law: Distribution, least: int) -> None:
    """Where its bounds are numbers, upper - lower + least is positive."""
    lower, upper = law.argument("lower"), law.argument("upper")
    if not (isinstance(lower, Number) and isinstance(upper, Number)):
        return
    if upper.value - lower.value + least <= 0:
        raise BadBounds(what=law.title, lower=lower.value, upper=upper.value)


def _allows(domain: str, number: Fraction | float) -> bool:
    """Whether a literal may stand there; zero may, as the limit (a Poisson of rate zero)."""
    if not isinstance(number, Fraction):  # an infinity
        return False
    match domain:
        case "positive":
            return number >= 0
        case "probability":
            return 0 <= number <= 1
        case "integer":
            return number.denominator == 1
        case "count":
            return number >= 0 and number.denominator == 1
    return True
