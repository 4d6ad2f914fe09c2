"""A page: its title and its sections, and what each writer makes of it."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from autoem.derive.explain.latex import latex
from autoem.derive.explain.layout import (
    Block,
    Display,
    Inline,
    Paragraph,
    Relation,
    Section,
    Verbatim,
)
from autoem.derive.explain.lines import LATEX, TEXT, filled
from autoem.derive.explain.tex import escaped
from autoem.derive.explain.text import text

WIDTH = 96
"""Columns of running text on the terminal."""

PAPER = 80
"""Columns of a formula on paper, in characters of its text."""

PREAMBLE = r"""\documentclass[11pt]{article}
\usepackage[a4paper, margin=25mm]{geometry}
\usepackage{amsmath, amssymb}
\setlength{\parindent}{0pt}
\allowdisplaybreaks[1]
\begin{document}
"""


@dataclass(frozen=True)
class Document:
    """A derivation, ready to be written."""

    title: str
    summary: str
    sections: tuple[Section, ...]

    def text(self, width: int | None = None) -> str:
        """Unicode for the terminal: one line a formula, or lines of at most `width` columns."""
        lines = [self.title, self.summary] if self.summary else [self.title]
        for section in self.sections:
            lines += ["", section.title]
            lines += [line for block in section.blocks for line in _text_block(block, width)]
        return "\n".join(lines)

    def latex(self, standalone: bool = False) -> str:
        """LaTeX to be included in a paper (amsmath, amssymb); or a whole article."""
        parts = [rf"\section*{{{escaped(self.title)}}}", escaped(self.summary)]
        for section in self.sections:
            parts.append("\n" + rf"\subsection*{{{escaped(section.title)}}}")
            parts += [_latex_block(block) for block in section.blocks]
        body = "\n".join(parts).replace("\n\n\n", "\n\n")
        return f"{PREAMBLE}{body}\n\\end{{document}}\n" if standalone else body

    def notebook(self) -> str:
        """LaTeX for MathJax, which sets formulas but no sections: one array of lines."""
        rows = [rf"\textbf{{\Large {escaped(self.title)}}}", rf"\text{{{escaped(self.summary)}}}"]
        for section in self.sections:
            rows += ["", rf"\textbf{{{escaped(section.title)}}}"]
            rows += [row for block in section.blocks for row in _notebook_rows(block)]
        body = " \\\\\n".join(rows)
        return f"$$\\begin{{array}}{{l}}\n{body}\n\\end{{array}}$$"


def _words(parts: tuple[Inline, ...]) -> str:
    return "".join(part if isinstance(part, str) else text(part) for part in parts)


def _text_block(block: Block, width: int | None) -> Iterator[str]:
    match block:
        case Verbatim(lines=lines):
            yield from (f"      {line}" for line in lines)
        case Paragraph(parts=parts, lead=lead):
            words = f"{_words(lead)} {_words(parts)}" if lead else _words(parts)
            yield from textwrap.wrap(words, WIDTH, initial_indent="  ", subsequent_indent="  ")
        case Display(lines=lines):
            for line in lines:
                yield from _formula(line, width)


def _formula(line: Relation, width: int | None) -> Iterator[str]:
    if width is None:
        yield f"      {text(line)}"
        return
    first, *others = filled(line, TEXT, width - 10)
    yield "      " + " ".join(first)
    yield from ("          " + " ".join(runs) for runs in others)


def _prose(parts: tuple[Inline, ...]) -> str:
    return "".join(escaped(p) if isinstance(p, str) else f"${latex(p)}$" for p in parts)


def _latex_block(block: Block) -> str:
    match block:
        case Verbatim(blocks=blocks):
            return "\n".join(_latex_block(inner) for inner in blocks)
        case Paragraph(parts=parts, lead=lead):
            start = f"\n\\paragraph{{{_prose(lead)}}}\n" if lead else ""
            return start + _prose(parts)
    body = " \\\\\n".join(row for line in block.lines for row in rows(line))
    return f"\\begin{{align*}}\n{body}\n\\end{{align*}}"


def rows(line: Relation) -> Iterator[str]:
    """The lines of an align*, aligned at the first relation."""
    (left, *first), *others = filled(line, LATEX, PAPER)
    yield f"  {left} &{' '.join(first)}" if first else f"  &{left}"
    yield from (rf"  &\qquad {' '.join(runs)}" for runs in others)


def _notebook_rows(block: Block) -> Iterator[str]:
    match block:
        case Verbatim(blocks=blocks):
            for inner in blocks:
                yield from _notebook_rows(inner)
        case Paragraph(parts=parts, lead=lead):
            start = rf"\textbf{{{_prose(lead)}}} " if lead else ""
            yield rf"\text{{{start}{_prose(parts)}}}"
        case Display(lines=lines):
            for line in lines:
                for position, runs in enumerate(filled(line, LATEX, PAPER)):
                    indent = r"\qquad" * (1 + bool(position))
                    yield rf"{indent} \displaystyle {' '.join(runs)}"
