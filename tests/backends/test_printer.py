"""The printer: no needless parentheses, long lines wrapped as ruff does it, text kept safe."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from autoem.backends.numpy.one_line import text
from autoem.backends.numpy.printer import module_text
from autoem.backends.numpy.tree import (
    Assign,
    Binary,
    Comment,
    Conditional,
    Define,
    Expr,
    For,
    If,
    Literal,
    Mapping,
    Module,
    Name,
    Parameter,
    Return,
    Sequence,
    Slice,
    Subscript,
    Unary,
    invoke,
    method,
)

A, B, C = Name("a"), Name("b"), Name("c")
LONG = Name("a_name_of_forty_characters_for_the_tests")

ONE_LINE: dict[str, Expr] = {
    "a - (b + c)": Binary("-", A, Binary("+", B, C)),
    "a - b + c": Binary("+", Binary("-", A, B), C),
    "a / (b * c)": Binary("/", A, Binary("*", B, C)),
    "(a + b) * c": Binary("*", Binary("+", A, B), C),
    "-(a**2)": Unary("-", Binary("**", A, Literal(2))),
    "(-a) ** 2": Binary("**", Unary("-", A), Literal(2)),
    "f(a) ** 2": Binary("**", invoke("f", A), Literal(2)),
    "a**-1": Binary("**", A, Literal(-1)),
    "(a @ b)[:, None]": Subscript(Binary("@", A, B), (Slice(), Literal(None))),
    "a[..., :b.c]": Subscript(A, (Name("..."), Slice(None, Name("b.c")))),
    "a[b : b + c]": Subscript(A, (Slice(B, Binary("+", B, C)),)),
    "a.sum(axis=0).T": Name("a.sum(axis=0).T"),
    "(a, b)": Sequence("()", (A, B)),
    "(a,)": Sequence("()", (A,)),
    '{"a": [b]}': Mapping(((Literal("a"), Sequence("[]", (B,))),)),
    "a if b is None else c": Conditional(Binary("is", B, Literal(None)), A, C),
    "a == b and b < c": Binary("and", Binary("==", A, B), Binary("<", B, C)),
    "-np.inf": Literal(float("-inf")),
}


@pytest.mark.parametrize(("line", "tree"), ONE_LINE.items(), ids=ONE_LINE)
def test_one_line(line: str, tree: Expr) -> None:
    assert text(tree) == line
    ast.parse(line)


LONG_ONES: dict[str, Expr] = {
    "arguments": invoke("function", LONG, LONG, LONG),
    "more arguments": invoke("function", LONG, LONG, LONG, LONG, key=invoke("g", LONG, LONG, LONG)),
    "sum": Binary("+", Binary("+", LONG, LONG), LONG),
    "difference of products": Binary("-", Binary("*", LONG, LONG), Binary("*", LONG, LONG)),
    "product with a sum": Binary("*", A, Binary("+", Binary("+", LONG, LONG), LONG)),
    "quotient of a sum": Binary("/", Binary("+", Binary("+", LONG, LONG), LONG), C),
    "product with a call": Binary("*", Literal(0.5), invoke("np.einsum", LONG, LONG, LONG)),
    "two calls": Binary("+", invoke("f", LONG, LONG), invoke("g", LONG)),
    "subscript": Subscript(LONG, (Subscript(LONG, (LONG,)),)),
    "subscript of a product": Subscript(Binary("@", LONG, method(LONG, "swapaxes", LONG)), (A,)),
    "negative": Unary("-", invoke("f", LONG, LONG, LONG)),
    "negative sum": Unary("-", Binary("+", Binary("+", LONG, LONG), LONG)),
    "mapping": Mapping(tuple((Literal(f"key_{i}"), LONG) for i in range(4))),
    "method": method(Binary("@", LONG, LONG), "sum", axis=Literal(0)),
}


@pytest.mark.parametrize("tree", LONG_ONES.values(), ids=LONG_ONES)
def test_long_expressions_are_wrapped_as_ruff_does(tree: Expr, tmp_path: Path) -> None:
    body = (Assign(Name("result"), tree), Return(Name("result")))
    function = Define("f", (Parameter("x", "int"),), "int", "One.", body)
    source = module_text(Module("Header.", "Doc.", ("import numpy as np",), (function,)))
    ast.parse(source)
    assert max(map(len, source.splitlines())) <= 100
    path = tmp_path / "wrapped.py"
    path.write_text(source)
    ruff = [sys.executable, "-m", "ruff", "format", "--diff", "--line-length", "100", str(path)]
    done = subprocess.run(ruff, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_quotes() -> None:
    for words in ("it's", 'a "b"', "back\\slash", "plain"):
        assert ast.literal_eval(text(Literal(words))) == words


def test_statements() -> None:
    inner = Define("inner", (), "None", "", (Return(Literal(None)),))
    body = (
        Comment("first"),
        If(Binary("is", A, Literal(None)), (Assign(A, B),)),
        inner,
        For(A, B, (Assign(C, A),)),
        Return(C),
    )
    function = Define("f", (Parameter("a", "int", Literal(1)),), "int", "One.\n\nMore.", body)
    constant = Assign(Name("K"), Literal(1), "int", "What it is.")
    source = module_text(Module("Header.", "Doc.", ("import math",), (constant, function)))
    assert source == (
        '# Header.\n"""Doc."""\n\nfrom __future__ import annotations\n\nimport math\n\n'
        'K: int = 1\n"""What it is."""\n\n\n'
        'def f(a: int = 1) -> int:\n    """One.\n\n    More.\n    """\n'
        "    # first\n    if a is None:\n        a = b\n\n    def inner() -> None:\n"
        "        return None\n\n    for a in b:\n        c = a\n    return c\n"
    )


def test_documents_cannot_break_out() -> None:
    odd = 'A """quote""" and a \\backslash\n' + "word " * 60 + "\n    indented"
    source = module_text(Module("Header.", odd, (), ()))
    document = ast.get_docstring(ast.parse(source), clean=False)
    assert document is not None and '"""quote"""' in document and "\\backslash" in document
    assert max(map(len, source.splitlines())) <= 100
