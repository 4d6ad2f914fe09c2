"""Names are bound where they are assigned: in a module, in a function, in a notebook cell."""

from __future__ import annotations

import code
import inspect
import linecache

import pytest

from autoem.errors import (
    LanguageError,
    ModelHasNoInstances,
    ModelIsFinal,
    NoObserved,
    UnknownName,
)
from autoem.families import Normal, Poisson
from autoem.language import (
    Axis,
    Expression,
    Latent,
    Model,
    Observed,
    Parameter,
    Positive,
    Real,
)


class Sample(Model):
    """Independent measurements."""

    n = Axis("observations")
    mean, variance = Parameter(Real()), Parameter(Positive())
    half = mean / 2
    x = Observed(Normal(half, variance=variance), over=n)


def test_names_are_those_of_the_assignment() -> None:
    assert [v.name for v in Sample.declaration.variables] == ["mean", "variance", "x"]
    assert (Sample.n.key, Sample.n.label, str(Sample.n)) == ("n", "observations", "n")
    assert Sample.declaration.axes == (Sample.n,)


def test_the_declaration_is_in_order_and_by_kind() -> None:
    declaration = Sample.declaration
    assert declaration.name == "Sample"
    assert declaration.parameters == (Sample.mean, Sample.variance)
    assert declaration.observed == (Sample.x,)
    assert declaration.latents == declaration.givens == ()


def test_the_docstring_is_kept() -> None:
    assert Sample.__doc__ == Sample.declaration.doc == "Independent measurements."


def test_an_intermediate_has_a_name_and_is_no_variable() -> None:
    assert isinstance(Sample.half, Expression)
    assert Sample.half not in Sample.declaration.variables


def test_a_variable_knows_its_line() -> None:
    lines, start = inspect.getsourcelines(Sample)
    place = next(i for i, line in enumerate(lines) if line.strip().startswith("x ="))
    assert (Sample.x.file, Sample.x.line) == (__file__, start + place)
    assert Sample.x.place.source == lines[place].strip()


def test_names_of_enclosing_functions_resolve() -> None:
    def of_family(rate_name: str, family: type[object] | object = Poisson) -> type[Model]:
        class Counts(Model):
            n = Axis(rate_name)
            rate = Parameter(Positive())
            x = Observed(family(rate), over=n)  # type: ignore[operator]

        return Counts

    first, second = of_family("days"), of_family("weeks")
    assert first.declaration.axes[0].label == "days"
    assert first.declaration.axes[0] is not second.declaration.axes[0]


def test_a_name_of_the_class_hides_one_of_the_function() -> None:
    rate = 3

    class Counts(Model):
        fixed = Parameter(Real(), prior=Normal(rate, variance=1))
        x = Observed(Normal(fixed, variance=rate))

    assert Counts.x.distribution.argument("variance").value == rate


def test_a_typo_in_a_function_is_reported() -> None:
    with pytest.raises(UnknownName) as caught:

        class Counts(Model):
            rate = Parameter(Positive())
            x = Observed(Poisson(raet))  # type: ignore[name-defined] # noqa: F821

    message = str(caught.value)
    assert __file__ in message and "Poisson(raet)" in message and "Write rate" in message


def test_a_typo_in_a_notebook_cell_is_reported() -> None:
    cell = "class M(Model):\n    n = Axis()\n    x = Observed(Poisson(lam), over=n)\n"
    linecache.cache["<cell 1>"] = (len(cell), None, cell.splitlines(keepends=True), "<cell 1>")
    names = {"Model": Model, "Axis": Axis, "Observed": Observed, "Poisson": Poisson}
    compiled = code.compile_command(cell + "\n", "<cell 1>")
    assert compiled is not None
    errors: list[LanguageError] = []

    class Notebook(code.InteractiveInterpreter):
        def showtraceback(self) -> None:
            import sys

            errors.append(sys.exc_info()[1])  # type: ignore[arg-type]

    Notebook(names).runcode(compiled)
    assert type(errors[0]) is UnknownName
    assert str(errors[0]).splitlines()[:2] == [
        "<cell 1>:3",
        "    x = Observed(Poisson(lam), over=n)",
    ]


def test_builtins_resolve() -> None:
    class Counts(Model):
        rate = Parameter(Positive(), prior=None)
        x = Observed(Poisson(rate * max(1, 2)))

    assert Counts.declaration.observed


def test_the_base_itself_declares_nothing() -> None:
    assert str(Model) == "Model"


def test_models_are_final() -> None:
    with pytest.raises(ModelIsFinal, match="Sample is a model, and models are final") as caught:

        class More(Sample):
            pass

    assert "Write class Other(Model):" in str(caught.value)
    assert caught.value.place.source == "class More(Sample):"


def test_models_have_no_instances() -> None:
    with pytest.raises(ModelHasNoInstances, match=r"Write fit\(Sample, data\)"):
        Sample()


def test_something_is_observed() -> None:
    with pytest.raises(NoObserved, match="Nothing has no observed variable") as caught:

        class Nothing(Model):
            z = Latent(Normal(0, variance=1))

    assert "Write x = Observed(...)." in str(caught.value)
    assert caught.value.place.source == "class Nothing(Model):"


def test_a_variable_of_another_model_is_refused() -> None:
    with pytest.raises(LanguageError, match="x uses the variable mean, which this class does not"):

        class Other(Model):
            x = Observed(Normal(Sample.mean, variance=1))


def test_an_axis_of_another_model_is_refused() -> None:
    with pytest.raises(LanguageError, match="x uses the axis n, which this class does not"):

        class Other(Model):
            x = Observed(Normal(0, variance=1), over=Sample.n)
