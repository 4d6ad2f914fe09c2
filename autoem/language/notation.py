"""A model in mathematical notation, one line a declaration.

    weight ∈ simplex(k)
    mean_k ∈ ℝ^d
    z_n ~ Categorical(weight)
    x_n | z_n = k ~ N(mean_k, cov_k)

What a law is conditioned on stands behind the bar: a latent that it looks up by has a letter for
its state, any other random variable stands as it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from autoem.language.arithmetic import Axis
from autoem.language.chain import Markov, Stationary, Tree
from autoem.language.construct import Aggregate, Evidence, Total, Truncated, Within
from autoem.language.declaration import Given, Parameter, Quantity, Random, Variable
from autoem.language.distribution import Distribution, Law, Switch
from autoem.language.domain import Domain
from autoem.language.formula import Expression, subexpressions
from autoem.language.previous import Previous
from autoem.language.symbols import Writer, indices_of, subscripted

SHORT = {"Normal": "N", "MultivariateNormal": "N"}
SETS = {"real": "ℝ", "nonnegative": "ℝ≥0", "positive": "ℝ>0", "count": "ℕ", "binary": "{0, 1}"}
BELOW = {"positive": "> 0", "nonnegative": "≥ 0"}


def notation(variables: Sequence[Variable]) -> str:
    """The declarations of the variables, a line each."""
    return "\n".join(line for variable in variables for line in lines(variable))


def lines(variable: Variable) -> Iterator[str]:
    """The lines that declare a variable; a chain has two."""
    name = Writer().text(variable)
    if isinstance(variable, Quantity):
        yield f"{name} {domain_text(variable.domain)}{', given' * isinstance(variable, Given)}"
    if isinstance(variable, Parameter) and variable.prior is not None:
        yield sentence(name, variable.prior)
    if isinstance(variable, Random):
        yield from laws(variable, name, variable.distribution)


def laws(variable: Variable, name: str, law: Law) -> Iterator[str]:
    """The lines of a law: of the start and of a step, where it has both."""
    if isinstance(law, Markov):
        start = [*map(str, variable.plates[:-1]), "0"]
        yield sentence(subscripted(variable.name, start), law.first)
        yield sentence(name, law.then)
    elif isinstance(law, Tree):
        yield sentence(subscripted(variable.name, ["root"]), law.root)
        yield sentence(name, law.then)
    else:
        yield sentence(name, law)


def sentence(name: str, law: Law) -> str:
    """`x_n | z_n = k ~ N(mean_k, cov_k)`."""
    letters = states(law)
    behind = [f"{state} = {letter}" for state, letter in letters.items()]
    behind += [text for text in conditions(law, letters) if text not in letters]
    barred = behind and (isinstance(law, Evidence) or not law.observes)
    bar = f" | {', '.join(behind)}" if barred else ""
    return f"{name}{bar} {law_text(law, Writer(letters))}"


def states(law: Law) -> dict[str, str]:
    """The letters of the states of the random variables that the law looks up by."""
    letters: dict[str, str] = {}
    used = [str(axis) for axis in law.plates]
    for index in indices_of(law.expressions):
        if index.category is not None and is_random(index):
            letter = fresh_letter(index.category, used)
            if letters.setdefault(Writer().text(index), letter) == letter:
                used.append(letter)
    return letters


def fresh_letter(axis: Axis, used: Sequence[str]) -> str:
    """The letter of the axis, with as many primes as make it new.

    >>> fresh_letter(Axis("k"), ["n", "k"])
    "k'"
    """
    letter = str(axis)
    while letter in used:
        letter += "'"
    return letter


def conditions(law: Law, letters: dict[str, str]) -> Iterator[str]:
    """The random variables that stand in the law as numbers."""
    writer, seen = Writer(letters), []
    indices = [node for index in indices_of(law.expressions) for node in subexpressions(index)]
    for expression in law.expressions:
        for node in mentions(expression, indices):
            text = writer.text(node)
            if text not in seen:
                seen.append(text)
                yield text


def mentions(node: Expression, indices: Sequence[Expression]) -> Iterator[Expression]:
    """The random variables in an expression, with the indices at which they are looked up."""
    if is_random(node):
        if node not in indices:
            yield node
    else:
        for operand in node.operands:
            yield from mentions(operand, indices)


def is_random(node: Expression) -> bool:
    """Whether it is a random variable, or one looked up by an index."""
    base = node
    while base.operands and type(base).__name__ == "Lookup":
        base = base.operands[0]
    return isinstance(base, Random | Previous)


def law_text(law: Law, writer: Writer) -> str:
    """What stands behind the name and the bar."""
    match law:
        case Aggregate(latent=latent, groups=groups):
            return f"= {grouped(writer.text(latent), groups, bool(latent.event))}"
        case Total(latent=latent, summed=summed):
            return f"= sum over {', '.join(map(str, summed))} of {writer.text(latent)}"
        case Within(latent=latent, lower=lower, upper=upper):
            inner = (writer.text(part) for part in (lower, latent, upper))
            return f"says that {' ≤ '.join(inner)}"
        case Evidence(table=table):
            return f"has likelihood {writer.text(table)}"
    return f"~ {law_name(law, writer)}"


def law_name(law: Law, writer: Writer) -> str:
    """A distribution, by its name and its arguments."""
    match law:
        case Distribution():
            name, texts = law.title, [writer.text(value) for value in law.expressions]
            if name.endswith("Logit"):
                name, texts[-1] = name.removesuffix("Logit"), f"logits = {texts[-1]}"
            return f"{SHORT.get(name, name)}({', '.join(texts)})"
        case Switch(condition=condition, yes=yes, no=no):
            parts = (law_name(yes, writer), writer.text(condition), law_name(no, writer))
            return "{} if {}, else {}".format(*parts)
        case Truncated(law=inner, lower=lower, upper=upper):
            bounds = f"({writer.text(lower)}, {writer.text(upper)})"
            return f"{law_name(inner, writer)} on {bounds}"
        case Stationary():
            return "the stationary law"
    return law.title


def grouped(name: str, groups: Sequence[Sequence[int]], sums: bool) -> str:
    """Sums of cells, or sets of categories."""
    if sums:
        return f"({', '.join(' + '.join(f'{name}[{i}]' for i in group) for group in groups)})"
    sets = ", ".join("{" + ", ".join(map(str, group)) + "}" for group in groups)
    return f"the one of {sets} that has {name}"


def domain_text(domain: Domain) -> str:
    """`∈ ℝ^d`, `> 0`, `∈ simplex(k)`."""
    axes = "×".join(map(str, domain.event))
    match domain.kind:
        case "simplex":
            return f"∈ simplex({axes})"
        case "positive_definite":
            return f"∈ PD({domain.event[0]})"
        case "index":
            return f"∈ positions of {domain.axis}"
        case "interval":
            base = f"[{domain.lower}, {domain.upper}]"
        case kind:
            if not axes and kind in BELOW:
                return BELOW[kind]
            base = SETS[kind]
    power = axes if len(domain.event) == 1 else f"({axes})"
    return f"∈ {base}^{power}" if axes else f"∈ {base}"
