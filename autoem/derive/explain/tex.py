r"""Names in LaTeX: greek letters, functions, relations, and words that TeX prints as they are.

>>> name_of("k′"), name_of("Λ"), name_of("log_rate")
("k'", '\\Lambda', '\\mathrm{log\\_rate}')
"""

from __future__ import annotations

from autoem.derive.explain.names import GREEK

COMMANDS = {
    **{letter: rf"\{name}" for name, letter in GREEK.items() if name not in ("lam", "lambda_")},
    "ℓ": r"\ell", "·": r"\cdot", "×": r"\times", "∞": r"\infty", "−∞": r"-\infty", "": "",
    "ℝ": r"\mathbb{R}", "ο": "o",
}  # fmt: skip
RELATIONS = {
    "": r"\ ", ",": r",\ ",
    "=": "=", "~": r"\sim", "∈": r"\in", "≥": r"\ge", "≤": r"\le", ">": ">", "<": "<",
    "≻": r"\succ", "≈": r"\approx",
}  # fmt: skip
FUNCTIONS = {
    "log": r"\log", "exp": r"\exp", "det": r"\det", "ψ": r"\psi", "Γ": r"\Gamma", "P": "P",
    "sin": r"\sin", "cos": r"\cos", "I₀": "I_0", "I₁": "I_1", "p": "p",
}  # fmt: skip
ACCENTS = {"hat": (r"\hat", r"\widehat"), "tilde": (r"\tilde", r"\widetilde")}
ESCAPES = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_",
    "{": r"\{", "}": r"\}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    "≤": r"$\le$", "≥": r"$\ge$", "∞": r"$\infty$", "·": r"$\cdot$", "−": "$-$",
    **{letter: rf"$\{name}$" for name, letter in GREEK.items() if name not in ("lam", "lambda_")},
}  # fmt: skip


def escaped(words: str) -> str:
    r"""Words that TeX prints as they are.

    >>> escaped("log_rate: 50%")
    'log\\_rate: 50\\%'
    """
    return "".join(ESCAPES.get(letter, letter) for letter in words)


def name_of(name: str) -> str:
    """A name: one letter in italics, a word upright."""
    primes = len(name) - len(name.rstrip("′"))
    stem = name.rstrip("′")
    written = COMMANDS.get(stem, stem if len(stem) == 1 else rf"\mathrm{{{escaped(stem)}}}")
    return written + "'" * primes
