"""Planted errors in array programs and in generated modules; what they were made from is right."""

from __future__ import annotations

import ast
import copy
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from autoem.backends import BACKENDS
from autoem.derive.stages import derive
from autoem.program import ir
from autoem.program.lower import lower
from autoem.program.schema import schema_of
from tests.verify.planting import Planted


def in_program(model: Any) -> Iterator[Planted]:
    """A statement of the array program wrong; the derivation and the source are right."""
    derivation = derive(model)
    right = lower(derivation)
    source = BACKENDS["numpy"](right, schema_of(derivation, right))
    for part in ("posterior", "statistics", "maximize"):
        function: ir.Function = getattr(right, part)
        for position, let in enumerate(function.body):
            for name, operation in _wrong_operations(let.operation):
                wrong = replace(let, operation=operation)
                body = (*function.body[:position], wrong, *function.body[position + 1 :])
                changed: Any = {part: replace(function, body=body)}
                target = let.targets[0].name
                program = replace(right, **changed)
                yield Planted(f"program: {target}, {name}", derivation, program, source)


def _wrong_operations(operation: ir.Operation) -> Iterator[tuple[str, ir.Operation]]:
    match operation:
        case ir.Contract(factors=factors, guards=guards, scale=scale):
            yield "flipped sign", replace(operation, scale=-scale)
            if len(factors) > 1:
                yield "dropped factor", replace(operation, factors=factors[:-1])
            if guards:
                yield "dropped guard", replace(operation, guards=guards[1:])
        case ir.Map(expression=expression):
            yield "doubled", ir.Map(ir.Call("add", (expression, expression)))
            if isinstance(expression, ir.Call) and expression.function in ("add", "multiply"):
                shorter = replace(expression, arguments=expression.arguments[:-1])
                yield "dropped argument", ir.Map(shorter)
        case ir.Matrix(function="inverse", operand=operand):
            yield "no inverse", ir.Map(operand)


FUNCTIONS = ("_expectations", "_statistics", "_maximize", "_fixed", "log_likelihood", "posterior")


def in_source(model: Any) -> Iterator[Planted]:
    """One operation of the generated module changed; derivation and program are right."""
    derivation = derive(model)
    program = lower(derivation)
    tree = ast.parse(BACKENDS["numpy"](program, schema_of(derivation, program)))
    count = sum(1 for _ in _sites(tree))
    for number in range(count):
        changed = copy.deepcopy(tree)
        node = list(_sites(changed))[number]
        name = _change(node)
        yield Planted(
            f"source: line {node.lineno}, {name}", derivation, source=ast.unparse(changed)
        )


def _sites(tree: ast.AST) -> Iterator[Any]:
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef) and function.name in FUNCTIONS:
            for node in ast.walk(function):
                arithmetic = isinstance(node, ast.BinOp) and type(node.op) in SWAPPED
                negative = isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub)
                number = isinstance(node, ast.Constant) and isinstance(node.value, float)
                if arithmetic or negative or number:
                    yield node


SWAPPED: dict[type, type] = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Add,
    ast.Div: ast.Mult,
}


def _change(node: Any) -> str:
    if isinstance(node, ast.BinOp):
        name = f"{type(node.op).__name__} for {SWAPPED[type(node.op)].__name__}"
        node.op = SWAPPED[type(node.op)]()
        return name
    if isinstance(node, ast.UnaryOp):
        node.op = ast.UAdd()
        return "sign lost"
    node.value += 1.0
    return "wrong number"
