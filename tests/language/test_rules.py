"""Every rule of the language: what breaks it, which error says so, and in which words.

Each case is the body of a model whose line marked `# <-` breaks a rule.  The message must name the
file and that line, quote it, and contain the words.
"""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from autoem import errors
from autoem.errors import LanguageError


@dataclass(frozen=True)
class Rule:
    name: str
    error: type[LanguageError]
    body: str
    words: tuple[str, ...]


MIXTURE = """\
n, t, k, j, d = Axis("rows"), Axis(), Axis("parts"), Axis(), Axis()
weight = Parameter(Simplex(k))
mean = Parameter(Real(d), over=k)
cov = Parameter(PositiveDefinite(d))
s2 = Parameter(Positive())
z = Latent(Categorical(weight), over=n)
"""
"""The start of a body, for the rules about what comes after it."""

RULES = (
    # Names
    Rule(
        "a name is declared once",
        errors.Redeclared,
        "n = Axis()\nn = Axis()  # <-",
        ("n is declared already, at ", "model.py:4", "Write another name here"),
    ),
    Rule(
        "a name is declared before it is used",
        errors.UnknownName,
        "weight = Parameter(Positive())\nx = Observed(Poisson(wieght))  # <-",
        ("wieght is not declared", "Write weight, or declare wieght above"),
    ),
    Rule(
        "a name unlike all others has no suggestion",
        errors.UnknownName,
        "a = Parameter(Positive())\nx = Observed(Poisson(zzzzzz))  # <-",
        ("zzzzzz is not declared", "declared so far: a"),
    ),
    Rule(
        "a misspelt family is suggested too",
        errors.UnknownName,
        "x = Observed(Poison(1))  # <-",
        ("Poison is not declared", "Write Poisson"),
    ),
    Rule(
        "two variables are not declared by each other",
        errors.UsedBeforeDeclared,
        "a = Latent(Normal(b, variance=1))  # <-\nb = Latent(Normal(a, variance=1))",
        (
            "b is used here and declared below, at ",
            "model.py:5",
            "Write the declaration of b above",
        ),
    ),
    Rule(
        "one declaration has one name",
        errors.NamedTwice,
        "a = Parameter(Real())\nb = a  # <-",
        ("b is the same declaration as a", "Write a declaration of its own for b"),
    ),
    Rule(
        "one axis has one name",
        errors.NamedTwice,
        "n = m = Axis()  # <-",
        ("m is the same declaration as n",),
    ),
    Rule(
        "some names are the model's own",
        errors.ReservedName,
        "declaration = Parameter(Real())  # <-",
        ("a model keeps the name declaration", "Write another name"),
    ),
    Rule(
        "a model holds declarations only",
        errors.NotADeclaration,
        "def f(x):  # <-\n    return x",
        ("f is a function", "Write f outside the class"),
    ),
    Rule(
        "no lambda is declared",
        errors.NotADeclaration,
        "f = lambda x: x  # <-",
        ("f is a function",),
    ),
    Rule(
        "every variable in use is a line of the class",
        errors.Undeclared,
        "x = Observed(Normal(Parameter(Real()), variance=1))  # <-",
        ("x uses a parameter without a name, which this class does not declare",),
    ),
    Rule(
        "every axis in use is a line of the class",
        errors.Undeclared,
        "x = Observed(Poisson(1), over=Axis('rows'))  # <-",
        ("x uses the axis rows", "n = Axis()"),
    ),
    # Axes and domains
    Rule(
        "over= takes axes",
        errors.NotAnAxis,
        "x = Observed(Poisson(1), over=3)  # <-",
        ("over= takes axes, and 3 is none", "d = Axis() above"),
    ),
    Rule(
        "a domain takes axes",
        errors.NotAnAxis,
        "mean = Parameter(Real(3))  # <-",
        ("Real takes axes, and 3 is none", 'sizes={"d": 3}'),
    ),
    Rule(
        "a parameter takes a domain",
        errors.NotADomain,
        "mean = Parameter(Real)  # <-",
        ("Parameter takes a domain, and Real is none", "with brackets"),
    ),
    Rule(
        "an interval holds something",
        errors.BadBounds,
        "p = Parameter(Interval(1, 0))  # <-",
        ("Interval from 1 to 0 is no interval",),
    ),
    Rule(
        "a variable repeats over an axis once",
        errors.RepeatedAxis,
        "n = Axis()\nx = Observed(Poisson(1), over=(n, n))  # <-",
        ("has the axis n twice", "another axis"),
    ),
    Rule(
        "the event is no plate",
        errors.RepeatedAxis,
        MIXTURE + "x = Observed(MultivariateNormal(Zeros(d), cov=cov), over=(n, d))  # <-",
        ("has the axis d twice", "leave d out of over="),
    ),
    Rule(
        "fixed entries have the shape of the parameter",
        errors.BadFixed,
        "k = Axis()\np = Parameter(Simplex(k), fixed=[[0.5, 0.5]])  # <-",
        ("fixed= has 2 axes, and the parameter 1", "nan where it is free"),
    ),
    # Lookups
    Rule(
        "a lookup consumes an axis of over=",
        errors.NoAxisToConsume,
        MIXTURE + "x = Observed(Normal(s2[z], variance=1), over=n)  # <-",
        ("s2[z] finds no axis", "z gives a position along k", "s2 = Parameter(..., over=k)"),
    ),
    Rule(
        "the axis is found by identity",
        errors.NoAxisToConsume,
        MIXTURE
        + "rate = Parameter(Positive(), over=j)\nx = Observed(Poisson(rate[z]), over=n)  # <-",
        ("rate[z]", "rate is over j"),
    ),
    Rule(
        "an event axis is never consumed",
        errors.NoAxisToConsume,
        MIXTURE + "x = Observed(Bernoulli(weight[z]), over=n)  # <-",
        ("weight[z]", "an event axis is never looked up"),
    ),
    Rule(
        "a binary variable is no position",
        errors.NotAnIndex,
        MIXTURE
        + "b = Latent(Bernoulli(0.5), over=n)\n"
        + "x = Observed(MultivariateNormal(mean[b], cov=cov), over=n)  # <-",
        ("b cannot look mean up", "its values are binary", "Write where(b, x, y)"),
    ),
    Rule(
        "a number with decimals is no position",
        errors.NotAnIndex,
        MIXTURE + "x = Observed(MultivariateNormal(mean[s2], cov=cov), over=n)  # <-",
        ("s2 cannot look mean up", "its values are positive"),
    ),
    Rule(
        "index arithmetic has one axis to run along",
        errors.AmbiguousIndex,
        MIXTURE + "m = Parameter(Real(), over=(j, k))\n"
        "x = Observed(Normal(m[t - 1], variance=1), over=t)  # <-",
        ("the index of m could run along any of (j, k)",),
    ),
    Rule(
        "an integer takes an entry of an event axis",
        errors.NoEntry,
        MIXTURE + "x = Observed(Poisson(s2[0]), over=n)  # <-",
        ("s2[0] does not exist", "s2 has no event axis"),
    ),
    Rule(
        "entries are counted from 0",
        errors.NoEntry,
        MIXTURE + "x = Observed(Poisson(weight[-1]), over=n)  # <-",
        ("weight[-1] does not exist", "counted from 0"),
    ),
    Rule(
        "an axis of a known size has no more entries",
        errors.NoEntry,
        "k = Axis(size=2)\np = Parameter(Simplex(k))\nx = Observed(Poisson(p[2]))  # <-",
        ("p[2] does not exist", "there are 2 entries"),
    ),
    # Products
    Rule(
        "@ sums over a common axis",
        errors.NoCommonAxis,
        MIXTURE
        + "a = Parameter(Real(d, j))\nx = Observed(MultivariateNormal(a @ mean[z], cov=cov))  # <-",
        ("@ sums over a common axis", "(d, j)", "(n, d)", "Write a @ b"),
    ),
    Rule(
        "dot sums over common event axes",
        errors.NoCommonAxis,
        MIXTURE + "x = Observed(Normal(dot(weight, cov), variance=1), over=n)  # <-",
        ("dot sums over a common axis", "Write dot(a, b)"),
    ),
    Rule(
        "a vector beside a matrix says whether it is rows or columns",
        errors.AmbiguousAxis,
        MIXTURE + "c = cov * mean[z]  # <-",
        ("a matrix with both axes d", "Diagonal(v)"),
    ),
    Rule(
        "a sum is over an axis that each side has once",
        errors.TwofoldAxis,
        MIXTURE + "p = Parameter(Simplex(k), over=k)\na = weight @ p  # <-",
        ("@ sums over k, and p has it twice", "p[index]"),
    ),
    # Laws
    Rule(
        "a latent takes a law",
        errors.NotALaw,
        MIXTURE + "b = Latent(mean[z], over=n)  # <-",
        ("Latent takes a distribution", "Write Latent(Normal(0, variance=1), over=n)"),
    ),
    Rule(
        "over= covers the plates of the arguments",
        errors.UncoveredAxes,
        MIXTURE + "x = Observed(MultivariateNormal(mean[z], cov=cov), over=t)  # <-",
        ("mean[z] runs over n, and Observed only over t", "Write over=(t, n)."),
    ),
    Rule(
        "over= covers the plates that nothing looked up",
        errors.UncoveredAxes,
        MIXTURE + "x = Observed(MultivariateNormal(mean, cov=cov), over=n)  # <-",
        ("mean runs over k", "look the axis up: mean[index]"),
    ),
    Rule(
        "a scalar family takes numbers",
        errors.WrongEvent,
        MIXTURE + "x = Observed(Normal(mean[z], variance=s2), over=n)  # <-",
        ("Normal takes mean with event axes (), and it came with d", "over=d"),
    ),
    Rule(
        "a vector family takes a matrix",
        errors.WrongEvent,
        MIXTURE + "x = Observed(MultivariateNormal(mean[z], cov=s2), over=n)  # <-",
        ("MultivariateNormal takes cov with event axes (d, d)", "x * Identity(d)"),
    ),
    Rule(
        "all arguments have one event",
        errors.WrongEvent,
        MIXTURE + "x = Observed(MultivariateNormal(Zeros(j), cov=cov), over=n)  # <-",
        ("takes cov with event axes (j, j), and it came with (d, d)",),
    ),
    Rule(
        "a vector has an axis",
        errors.NoEvent,
        "p = Latent(Dirichlet(2))  # <-",
        ("Dirichlet is a law of arrays", "2 * Ones(k)"),
    ),
    Rule(
        "logits have one axis besides over=",
        errors.NoCategoryAxis,
        MIXTURE + "x = Observed(Categorical(logits=s2), over=n)  # <-",
        ("not in over=n, and none is left", "exactly one axis"),
    ),
    Rule(
        "logits do not have two axes besides over=",
        errors.NoCategoryAxis,
        MIXTURE
        + "a = Parameter(Real(), over=(j, k))\nx = Observed(Categorical(logits=a), over=n)  # <-",
        ("all of (j, k) are left",),
    ),
    Rule(
        "a prior is of the shape of its parameter",
        errors.BadPrior,
        "k = Axis()\np = Parameter(Simplex(k), prior=Beta(1, 1))  # <-",
        ("no prior", "Beta is a law of single numbers"),
    ),
    Rule(
        "a prior mentions nothing random",
        errors.BadPrior,
        "b = Latent(Normal(0, variance=1))\n"
        "a = Parameter(Real(), prior=Normal(b, variance=1))  # <-",
        ("not known before the data",),
    ),
    # Constructs
    Rule(
        "previous stands in a chain",
        errors.PreviousOutsideChain,
        MIXTURE + "x = Observed(Normal(previous, variance=1), over=n)  # <-",
        ("previous has a meaning only in the law of a step", "Markov(first=..."),
    ),
    Rule(
        "parent stands in a tree",
        errors.PreviousOutsideChain,
        "t = Axis()\n"
        "start, step = Normal(0, variance=1), Normal(parent, variance=1)\n"
        "x = Observed(Markov(first=start, then=step), over=t)  # <-",
        ("parent has a meaning only", "Tree(root="),
    ),
    Rule(
        "a chain has steps",
        errors.NoStep,
        "x = Observed(Markov(first=Normal(0, variance=1), then=Normal(previous, variance=1)))  "
        "# <-",
        ("Markov runs along the last axis of over=", "over=(s, t)"),
    ),
    Rule(
        "a tree has parents along its own nodes",
        errors.NoStep,
        "n, m = Axis(), Axis()\nup = Given(Index(n), over=m)\n"
        "x = Observed(Tree(root=Normal(0, variance=1), then=Normal(previous, variance=1), "
        "parent=up), over=n)  # <-",
        ("Tree needs for each node the position of its parent", "Given(Index(node), over=node)"),
    ),
    Rule(
        "a tree has a law of its root",
        errors.NoStep,
        "n = Axis()\nup = Given(Index(n), over=n)\n"
        "x = Observed(Tree(root=Stationary(), then=Normal(previous, variance=1), "
        "parent=up), over=n)  # <-",
        ("Tree needs a law of its root, and has Stationary()", "Tree(root=Categorical(p), then="),
    ),
    Rule(
        "a chain is of one domain",
        errors.UnlikeLaws,
        "t = Axis()\n"
        "x = Observed(Markov(first=Normal(0, variance=1), then=Poisson(1)), over=t)  # <-",
        ("the laws of Markov are on different domains: Normal and Poisson",),
    ),
    Rule(
        "where has laws on one domain",
        errors.UnlikeLaws,
        "z = Latent(Bernoulli(0.5))\n"
        "x = Observed(where(z, Normal(0, variance=1), Poisson(1)))  # <-",
        ("Normal and Poisson", "same kind of values"),
    ),
    Rule(
        "where has two expressions or two laws",
        errors.UnlikeBranches,
        "z = Latent(Bernoulli(0.5))\nx = Observed(where(z, Normal(0, variance=1), 1))  # <-",
        ("the law Normal and an expression",),
    ),
    Rule(
        "the condition of where is true or false",
        errors.NoCondition,
        MIXTURE + "a = where(s2, 1, 2)  # <-",
        ("where takes a condition, and s2 is not true or false", "a comparison"),
    ),
    Rule(
        "the condition of where is no value of Python",
        errors.NoCondition,
        MIXTURE + "a = where(s2 == weight, 1, 2)  # <-",
        ("where takes a condition, and == of two expressions", "for equality"),
    ),
    Rule(
        "what is seen is seen of a latent",
        errors.NotALatent,
        MIXTURE + "y = Observed(Within(s2, lower=0))  # <-",
        ("Within says what is seen of a latent, and s2 is none",),
    ),
    Rule(
        "evidence is of a latent",
        errors.NotALatent,
        MIXTURE + "y = Observed(Evidence(weight))  # <-",
        ("Evidence says what is seen of a latent, and weight is none",),
    ),
    Rule(
        "a construct of observation is observed",
        errors.OnlyObserved,
        MIXTURE + "y = Latent(Total(z, over=n))  # <-",
        ("Total says what is seen of a latent", "Write Observed(Total(...))"),
    ),
    Rule(
        "a total is over plates of the latent",
        errors.NotAPlate,
        MIXTURE + "y = Observed(Total(z, over=t))  # <-",
        ("Total sums over t, and z is over n", "Write Total(z, over=...) with axes of z"),
    ),
    Rule(
        "a cell is in one group",
        errors.BadGroups,
        "x = Latent(Multinomial(5, [1/2, 1/4, 1/4]))\n"
        "y = Observed(Aggregate(x, groups=[(0, 1), (1, 2)]))  # <-",
        ("cell 1 is in two of them", "groups=[(0, 1)"),
    ),
    Rule(
        "a group has cells that exist",
        errors.BadGroups,
        "x = Latent(Multinomial(5, [1/2, 1/4, 1/4]))\n"
        "y = Observed(Aggregate(x, groups=[(0, 1), (3,)]))  # <-",
        ("there are 3 cells, and no cell 3",),
    ),
    Rule(
        "bounds leave something between them",
        errors.BadBounds,
        "x = Observed(Truncated(Normal(0, variance=1), lower=2, upper=1))  # <-",
        ("Truncated from 2 to 1 is no interval",),
    ),
    Rule(
        "one of two bounds is finite",
        errors.BadBounds,
        "t = Latent(Normal(0, variance=1))\ny = Observed(Within(t))  # <-",
        ("Within from -inf to inf",),
    ),
    # Expressions are no values
    Rule(
        "no truth value",
        errors.NoValue,
        MIXTURE + "a = 1 if s2 > 1 else 2  # <-",
        ("an expression has no truth value", "Write where("),
    ),
    Rule(
        "no chained comparison",
        errors.NoValue,
        MIXTURE + "a = 0 < s2 < 1  # <-",
        ("no truth value", "(a < b) * (b < c)"),
    ),
    Rule(
        "no loop",
        errors.NoValue,
        MIXTURE + "a, b = weight  # <-",
        ("no entries to loop over", "dot(u, v)"),
    ),
    Rule(
        "no length",
        errors.NoValue,
        MIXTURE + "a = len(weight)  # <-",
        ("an expression has no length",),
    ),
    Rule(
        "no float",
        errors.NoValue,
        MIXTURE + "import math\na = math.exp(s2)  # <-",
        ("an expression has no number", "exp, log and sqrt of autoem"),
    ),
    Rule(
        "no integer",
        errors.NoValue,
        MIXTURE + "a = int(s2)  # <-",
        ("an expression has no number",),
    ),
    Rule(
        "no index of a list",
        errors.NoValue,
        MIXTURE + "a = [1, 2][z]  # <-",
        ("an expression has no number", "mean[z] to look up"),
    ),
    Rule(
        "no function of NumPy that the language does not have",
        errors.NoValue,
        MIXTURE + "import numpy\na = numpy.sin(s2)  # <-",
        ("an expression has no NumPy value", "exp, log, sqrt, where or dot"),
    ),
    Rule(
        "no text in a formula",
        errors.NotAnExpression,
        MIXTURE + "a = s2 + 'one'  # <-",
        ("'one' cannot stand in a formula",),
    ),
    Rule(
        "no nan in a formula",
        errors.NotAnExpression,
        MIXTURE + "a = s2 + float('nan')  # <-",
        ("nan cannot stand in a formula",),
    ),
    Rule(
        "no law in a formula",
        errors.NotAnExpression,
        MIXTURE + "a = s2 + Normal(0, variance=1)  # <-",
        ("cannot stand in a formula",),
    ),
)
each_rule = pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name.replace(" ", "-"))


def broken(rule: Rule, declare: Callable[[str], Any]) -> LanguageError:
    """The error of a body that breaks the rule."""
    with pytest.raises(LanguageError) as caught:
        declare(rule.body)
    return caught.value


@each_rule
def test_a_broken_rule_has_its_own_error(rule: Rule, declare: Callable[[str], Any]) -> None:
    assert type(broken(rule, declare)) is rule.error


@each_rule
def test_the_message_names_and_quotes_the_line(rule: Rule, declare: Callable[[str], Any]) -> None:
    error = broken(rule, declare)
    lines = rule.body.splitlines()
    number, line = next((i, line) for i, line in enumerate(lines) if line.endswith("# <-"))
    message = str(error).splitlines()
    assert message[0].endswith(f"model.py:{number + 4}")
    assert message[1] == f"    {line}"


@each_rule
def test_the_message_says_what_to_write(rule: Rule, declare: Callable[[str], Any]) -> None:
    message = str(broken(rule, declare))
    for words in (*rule.words, "Write "):
        assert words in message


@each_rule
def test_the_error_keeps_its_fields(rule: Rule, declare: Callable[[str], Any]) -> None:
    error = broken(rule, declare)
    if isinstance(error, errors.NotAnExpression | errors.NotADomain | errors.NotALaw):
        return  # what came may be anything
    for again in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert str(again) == str(error)
        assert all(getattr(again, name) == value for name, value in error.fields.items())


def test_every_error_of_the_language_is_tested() -> None:
    modules = (errors.language, errors.law, errors.model)
    found = [v for m in modules for v in vars(m).values() if isinstance(v, type)]
    ours = [v for v in found if issubclass(v, LanguageError) and v is not LanguageError]
    elsewhere = (
        *(errors.NoObserved, errors.ModelIsFinal, errors.ModelHasNoInstances),
        errors.NotAModel,
    )
    assert {e.__name__ for e in ours} == {r.error.__name__ for r in RULES} | {
        e.__name__ for e in elsewhere
    }
