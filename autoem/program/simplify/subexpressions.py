"""A part of an expression that stands in several statements becomes a statement of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace

from autoem.program.ir import Array, Call, Function, Let, Map, Number, Position, Ref, Scalar
from autoem.program.simplify.context import Context
from autoem.program.terms import product
from autoem.program.walk import replace_index, replace_scalar, scalar_axes


def share_subexpressions(function: Function, context: Context) -> Function:
    """Parts that occur more than once are computed before their first occurrence."""
    count: dict[object, int] = {}
    names: dict[object, str] = {}
    for let in function.body:
        if isinstance(let.operation, Map):
            expression = let.operation.expression
            for part in _parts(expression):
                key = _key(part, context)[0]
                count[key] = count.get(key, 0) + 1
            if _key(expression, context)[0] in count and set(let.targets[0].axes) == set(
                scalar_axes(expression)
            ):
                names.setdefault(_key(expression, context)[0], let.targets[0].name)
    shared = {key for key, times in count.items() if times > 1}
    if not shared:
        return function
    sharing = Sharing(context, frozenset(shared), names, {})
    body = [new for let in function.body for new in sharing.statements(let)]
    return replace(function, body=tuple(body))


def _parts(expression: Scalar) -> list[Scalar]:
    """The parts of an expression that are worth a name."""
    if not isinstance(expression, Call):
        return []
    inner = [part for argument in expression.arguments for part in _parts(argument)]
    return [*inner, expression] if _is_worth(expression) else inner


def _is_worth(expression: Call) -> bool:
    """More than a number times an array, and not a mere comparison of positions."""
    parts = product(expression)
    single = len(parts.factors) + len(parts.divisors) == 1
    if single and parts.coefficient != 1:
        return False
    if single and parts.divisors and not isinstance(parts.divisors[0], Call):
        return bool(scalar_axes(expression))
    return bool(_reads(expression)) and expression.function not in ("equal", "less", "less_equal")


def _reads(expression: Scalar) -> bool:
    if isinstance(expression, Call):
        return any(map(_reads, expression.arguments))
    return isinstance(expression, Ref)


def _key(expression: Scalar, context: Context) -> tuple[object, tuple[str, ...]]:
    """The expression with numbered axes, and the axes in that order."""
    axes = scalar_axes(expression)
    numbers = {axis: f"{place}:{context.sizes[axis]}" for place, axis in enumerate(axes)}

    def leaf(scalar: Scalar) -> Scalar:
        if isinstance(scalar, Position):
            return Position(numbers[scalar.axis])
        if not isinstance(scalar, Ref):
            return scalar
        new = replace_index(scalar, lambda i: numbers[i] if isinstance(i, str) else i)
        assert isinstance(new, Ref)
        return new

    return replace_scalar(expression, leaf), axes


@dataclass
class Sharing:
    """The parts that are shared, and the arrays that have them so far."""

    context: Context
    shared: frozenset[object]
    names: dict[object, str]
    made: dict[object, str]

    def statements(self, let: Let) -> list[Let]:
        """The statement reading shared arrays, behind those that it is first to need."""
        if not isinstance(let.operation, Map):
            return [let]
        before: list[Let] = []
        expression = self._rewritten(let.operation.expression, before)
        return [*before, replace(let, operation=Map(expression))]

    def _rewritten(self, expression: Scalar, before: list[Let]) -> Scalar:
        if not isinstance(expression, Call):
            return expression
        key, axes = _key(expression, self.context)
        if key not in self.shared:
            arguments = tuple(self._rewritten(part, before) for part in expression.arguments)
            return Call(expression.function, arguments)
        if key not in self.made:
            arguments = tuple(self._rewritten(part, before) for part in expression.arguments)
            self.made[key] = self.context.fresh(self.names.get(key, _stem(expression)))
            value = Map(Call(expression.function, arguments))
            before.append(Let((Array(self.made[key], axes),), value))
        return Ref(self.made[key], axes)


def _stem(expression: Call) -> str:
    """A name for a part: sum, product, or its function and what it is of."""
    words = {"add": "sum", "multiply": "product", "power": "power"}
    first = expression.arguments[0]
    if expression.function == "power" and isinstance(expression.arguments[1], Number):
        exponent = expression.arguments[1].value
        words["power"] = {2: "square", -1: "inverse"}.get(int(exponent), "power")
    stem = words.get(expression.function, expression.function)
    return f"{stem}_{first.name}" if isinstance(first, Ref) else stem
