"""The layers of `docs/architecture.md` as a table, held against the imports themselves.

language <- families <- graph <- derive <- program <- backends, where "<-" is "is imported by".
An import counts wherever it stands: at the top, inside a function, under TYPE_CHECKING.  Only a
cycle may pass through TYPE_CHECKING: two types of one package may mention each other.
"""

from __future__ import annotations

import ast
import copy
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TREES = {
    path.relative_to(ROOT / "autoem").as_posix(): ast.parse(path.read_text())
    for path in sorted((ROOT / "autoem").rglob("*.py"))
}
"""Place below `autoem/` (`graph/draw.py`) to syntax tree."""

COMPILER = ("language", "families", "graph", "derive", "program", "backends")
EVERYTHING = (*COMPILER, "runtime", "verify", "pipeline")
MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "errors": (),
    "language": (),
    "families": COMPILER[:1],
    "graph": COMPILER[:2],
    "derive": COMPILER[:3],
    "program": COMPILER[:4],
    "backends": (*COMPILER[:5], "runtime"),
    "runtime": (),
    "verify": (*COMPILER, "runtime"),
    "pipeline": (*COMPILER, "runtime", "verify"),
    "cli": EVERYTHING,
    "__init__": EVERYTHING,
}
"""Layer to the layers that it may import, besides itself and `errors`."""

ONLY_IN: dict[str, tuple[str, ...]] = {
    "sympy": ("families/", "derive/", "program/lower", "verify/"),
    "networkx": ("graph/",),
    "narwhals": ("runtime/data.py",),
    "scipy": ("families/", "program/", "runtime/", "verify/"),
    "click": ("cli",),
    "pandas": (),
    "pickle": (),
    "polars": (),
}
"""Distribution to the only places that may import it."""

BANNED_FILES = ("utils", "util", "helpers", "helper", "common", "misc")
BANNED_NAMES = ("Manager", "utils", "helpers")
BANNED_CALLS = ("eval", "exec", "compile", "hasattr", "parse_expr")
MAY_EXECUTE = ("backends/load.py",)

each_file = pytest.mark.parametrize("place", TREES)


def layer(place: str) -> str:
    return place.split("/")[0].removesuffix(".py")


def module(place: str) -> str:
    return "autoem." + place.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


MODULES = {module(place): place for place in TREES}


class _Running(ast.NodeTransformer):
    """The tree without what only a type checker reads."""

    def visit_If(self, node: ast.If) -> ast.If | None:
        return None if ast.unparse(node.test) == "TYPE_CHECKING" else node


def imports(tree: ast.AST) -> Iterator[str]:
    """Names of the modules that a file imports; of the submodule where a name is one."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"line {node.lineno}: imports are absolute"
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                yield full if full in MODULES else str(node.module)


def calls(tree: ast.AST) -> Iterator[tuple[str, ast.Call]]:
    """Every call with the bare name of what is called: `sympify` for `sympy.sympify(x)`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Name(id=name):
                    yield name, node
                case ast.Attribute(value=ast.Name(id="sympy" | "builtins"), attr=name):
                    yield name, node


@each_file
def test_a_layer_imports_only_lower_layers(place: str) -> None:
    assert layer(place) in MAY_IMPORT, f"{layer(place)} has no row in the table of layers"
    allowed = (layer(place), "errors", *MAY_IMPORT[layer(place)])
    for name in imports(TREES[place]):
        package, *rest = name.split(".")
        if package == "autoem":
            assert rest, "inside autoem, name the submodule: `autoem` itself is for users"
            assert rest[0] in allowed, f"{layer(place)} must not import {name}"


@each_file
def test_a_dependency_is_imported_in_its_place_only(place: str) -> None:
    for name in imports(TREES[place]):
        places = ONLY_IN.get(name.split(".")[0])
        assert places is None or place.startswith(places), f"{place} must not import {name}"


@each_file
def test_the_runtime_needs_numpy_and_scipy_only(place: str) -> None:
    if layer(place) == "runtime":
        allowed = {"numpy", "scipy", "narwhals", "autoem", *sys.stdlib_module_names}
        assert {name.split(".")[0] for name in imports(TREES[place])} <= allowed


def test_there_are_no_import_cycles() -> None:
    graph = {
        module(place): set(imports(_Running().visit(copy.deepcopy(tree)))) & set(MODULES)
        for place, tree in TREES.items()
    }
    TopologicalSorter(graph).prepare()  # a CycleError names the cycle


@each_file
def test_names_say_what_they_mean(place: str) -> None:
    assert not set(place.removesuffix(".py").split("/")) & set(BANNED_FILES)
    for node in ast.walk(TREES[place]):
        if isinstance(node, ast.ClassDef | ast.FunctionDef):
            found = [word for word in BANNED_NAMES if word in node.name]
            assert not found, f"{place}:{node.lineno} {node.name}"


def _catches_keywords(function: ast.FunctionDef) -> bool:
    """Whether it takes **keywords and is no decorator that keeps a signature (`P.kwargs`)."""
    caught = function.args.kwarg
    typed = ast.unparse(caught.annotation) if caught and caught.annotation else ""
    return caught is not None and not typed.endswith(".kwargs")


@each_file
def test_keywords_are_not_passed_through(place: str) -> None:
    for function in ast.walk(TREES[place]):
        if isinstance(function, ast.FunctionDef) and _catches_keywords(function):
            caught = function.args.kwarg.arg
            for _, call in calls(function):
                for keyword in call.keywords:
                    passed = keyword.arg is None and ast.unparse(keyword.value) == caught
                    assert not passed, f"{place}:{call.lineno} passes **{caught} through"


@each_file
def test_no_text_is_executed(place: str) -> None:
    for name, call in calls(TREES[place]):
        assert name not in BANNED_CALLS or place in MAY_EXECUTE, f"{place}:{call.lineno} {name}"
        if name in ("sympify", "S"):
            text = [a for a in call.args if isinstance(a, ast.JoinedStr | ast.Constant)]
            strings = [a for a in text if isinstance(getattr(a, "value", ""), str)]
            assert not strings, f"{place}:{call.lineno} reads a formula from a string"
