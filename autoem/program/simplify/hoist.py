"""What is the same for all rows is computed once: constants out of sums, scales out of products.

log pi[k] - rate[k] + x[n] log rate[k]   ->   constant[k] + x[n] * log_rate[k]
-1/2 residual[n,k]^2 / variance[k]       ->   scale[k] * residual[n,k]^2
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction

from autoem.program.ir import Array, Call, Function, Let, Map, Number, Ref, Scalar
from autoem.program.simplify.constants import opened
from autoem.program.simplify.context import Context, depends, is_free, varying
from autoem.program.terms import Product, product, scalar
from autoem.program.walk import distinct, scalar_axes


def hoist_fixed(function: Function, context: Context) -> Function:
    """Row-free parts of row-wise expressions become statements of their own, before them."""
    if context.row is None:
        return function
    found = varying(function, context.row)
    body: list[Let] = []
    for let in function.body:
        if isinstance(let.operation, Map) and depends(let, context.row, found):
            hoist = Hoist(context, let.targets[0], found)
            expression = hoist.rewritten(let.operation.expression)
            body += hoist.lets
            let = replace(let, operation=Map(expression))
        body.append(let)
    return replace(function, body=tuple(body))


@dataclass
class Hoist:
    """The statements hoisted out of one expression."""

    context: Context
    target: Array
    varying: frozenset[str]
    lets: list[Let] = field(default_factory=list)

    def rewritten(self, expression: Scalar) -> Scalar:
        """The expression with its row-free parts replaced by references."""
        if self.is_free(expression):
            return self.named(expression, "fixed")
        match expression:
            case Call("add", terms):
                return self._sum(opened(terms))
            case Call("multiply"):
                return self._product(product(expression))
            case Call("power", (_, Number(exponent))) if exponent < 0:
                return self._product(product(expression))
            case Call("xlogy", (count, rate)) if not self.is_free(count) and self.is_free(rate):
                log = self.named(Call("finite_log", (rate,)), _stem("log", rate))
                return Call("multiply", (self.rewritten(count), log))
            case Call(function, arguments):
                return Call(function, tuple(map(self.rewritten, arguments)))
        return expression

    def is_free(self, expression: Scalar) -> bool:
        axes = scalar_axes(expression)
        return self.context.row not in axes and is_free(expression, self.varying)

    def named(self, expression: Scalar, stem: str) -> Scalar:
        """A reference to the value of a row-free expression, computed before."""
        if not isinstance(expression, Call):
            return expression
        mentioned = scalar_axes(expression)
        order = distinct((*self.target.axes, *mentioned))
        axes = tuple(axis for axis in order if axis in mentioned)
        array = Array(self.context.fresh(stem), axes)
        self.lets.append(Let((array,), Map(expression)))
        return Ref(array.name, axes)

    def _sum(self, terms: tuple[Scalar, ...]) -> Scalar:
        free = tuple(term for term in terms if self.is_free(term))
        rest = tuple(self.rewritten(term) for term in terms if not self.is_free(term))
        if len(free) == 1 and _is_plain(product(free[0])):
            return Call("add", (*rest, *free))
        if not free:
            return Call("add", rest)
        whole = free[0] if len(free) == 1 else Call("add", free)
        return Call("add", (self.named(whole, f"{self.target.name}_constant"), *rest))

    def _product(self, parts: Product) -> Scalar:
        """The coefficient and the row-free factors together, in front of the others."""
        free = Product(
            parts.coefficient,
            tuple(factor for factor in parts.factors if self.is_free(factor)),
            tuple(divisor for divisor in parts.divisors if self.is_free(divisor)),
        )
        rest = Product(
            Fraction(1),
            tuple(self.rewritten(f) for f in parts.factors if not self.is_free(f)),
            tuple(self.rewritten(d) for d in parts.divisors if not self.is_free(d)),
        )
        if _is_plain(free):
            return scalar(
                replace(rest, coefficient=free.coefficient, factors=(*free.factors, *rest.factors))
            )
        stem = f"{self.target.name}_scale"
        if free == Product(divisors=free.divisors) and len(free.divisors) == 1:
            stem = _stem("inverse", free.divisors[0])
        front = self.named(scalar(free), stem)
        return scalar(replace(rest, factors=(front, *rest.factors)))


def _is_plain(parts: Product) -> bool:
    """A number, an array or minus an array: nothing is saved by computing it before."""
    if parts.divisors:
        return False
    if not parts.factors:
        return True
    return (
        len(parts.factors) == 1
        and not isinstance(parts.factors[0], Call)
        and abs(parts.coefficient) == 1
    )


def _stem(word: str, of: Scalar) -> str:
    return f"{word}_{of.name}" if isinstance(of, Ref) else word
