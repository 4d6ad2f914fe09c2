"""The derivation as a page: what a reader finds on it, and that it is a page for every model."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from functools import cache

import pytest

from autoem.cli.find import find_model
from autoem.derive.explain import Document, explain
from autoem.derive.explain.latex import latex
from autoem.derive.explain.layout import Add, Negative, Series, Symbol, equation
from autoem.derive.explain.lines import LATEX, TEXT, filled, runs
from autoem.derive.explain.names import greek
from autoem.derive.explain.tex import escaped
from autoem.derive.stages import Derivation, derive
from autoem.families import Gamma, Normal
from autoem.language import Axis, Latent, Model, Observed, Parameter, Positive, Real
from tests.test_models import FILES, derived as derivation_of

NAMES = sorted(path.stem for path in FILES)

FORMULAS = {
    "gaussian_mixture": """
        weight ∈ simplex(k)
        x_n | z_n = k ~ N(mean_k, cov_k)
        ℓ_nk = log weight_k − ½ log det cov_k − ½ (x_n − mean_k)ᵀ cov_k⁻¹ (x_n − mean_k)
        r_nk = P(z_n = k | x_n) = exp ℓ_nk / ∑_k′ exp ℓ_nk′
        log p(x) = ∑_n log ∑_k exp ℓ_nk − ½ N D log(2π)
        weightˆ_k = ∑_n r_nk / N
        meanˆ_k = ∑_n r_nk x_n / ∑_n r_nk
        covˆ_k = ∑_n r_nk (x_n − meanˆ_k) (x_n − meanˆ_k)ᵀ / ∑_n r_nk""",
    "gaussian_mixture_tied": """
        covˆ = ∑_n ∑_k r_nk (x_n − meanˆ_k) (x_n − meanˆ_k)ᵀ / N""",
    "gaussian_mixture_spherical": """
        varianceˆ_k = ∑_n r_nk ‖x_n − meanˆ_k‖² / (D ∑_n r_nk)""",
    "factor_analysis": """
        Cov[z]⁻¹ = I + ∑_d loading_d loading_dᵀ / noise_d
        E[z_n] = Cov[z] h_n
        loadingˆ ∑_n E[z_n z_nᵀ] + meanˆ ∑_n E[z_n]ᵀ = ∑_n x_n E[z_n]ᵀ""",
    "death_notices": """
        ℓ_nk = log weight_k + deaths_n log rate_k − rate_k
        ∂Q/∂rate_k = ∑_n r_nk (deaths_n/rate_k − 1) = 0
        rateˆ_k = ∑_n r_nk deaths_n / ∑_n r_nk""",
    "linkage": """
        E[x_1] = θ y_0 / (θ + 2)
        θ̂ = (E[x_1] + E[x_4]) / (E[x_1] + E[x_2] + E[x_3] + E[x_4])""",
    "abo": """
        c_0 = 2 E[genotype_0] + E[genotype_1] + E[genotype_4]
        freqˆ_allele = c_allele / ∑_allele′ c_allele′""",
    "student_regression": """
        u_n | y_n ~ Gamma(a, rate=b_n)
        (∑_n E[u_n] v_n v_nᵀ) β̂ = ∑_n E[u_n] y_n v_n
        log(ν̂/2) − ψ(ν̂/2) + 1 + ∑_n (E[log u_n] − E[u_n]) / N = 0""",
    "zero_inflated_poisson": """
        rateˆ = ∑_n (1 − r_n) x_n / ∑_n (1 − r_n)""",
    "logistic_regression": """
        g = ∑_n {y_n − logistic(v_nᵀ β)} v_n
        H = ∑_n logistic(v_nᵀ β) {1 − logistic(v_nᵀ β)} v_n v_nᵀ""",
    "hidden_markov": """
        a_stk = exp(U_stk) ∑_k′ a_{s,t−1,k′} exp W_k′k
        transitionˆ_kk′ = ∑_s ∑_{t > 0} ξ_stkk′ / ∑_s ∑_{t > 0} ∑_k′′ ξ_stkk′′""",
}
"""What a textbook has, model by model."""

each_model = pytest.mark.parametrize("name", NAMES)


@cache
def derived(name: str) -> Derivation:
    (path,) = (path for path in FILES if path.stem == name)
    return derivation_of(path)


@cache
def explained(name: str) -> Document:
    return explain(derived(name))


@pytest.mark.parametrize("name", FORMULAS)
def test_the_formulas_of_a_textbook_are_on_the_page(name: str) -> None:
    lines = [line.strip() for line in explained(name).text().splitlines()]
    for formula in FORMULAS[name].strip().splitlines():
        assert formula.strip() in lines


@each_model
def test_a_page_shows_no_internal_names(name: str) -> None:
    document, own = explained(name), [v.name for v in derived(name).declaration.variables]
    words = [w for w in ("right", "matrix", "step", "sum", "square", "natural") if w not in own]
    for text in (document.text(), document.latex(), document.notebook()):
        assert not re.search(r"#|\d{12}|_part\b|log_weight|log_normalizer|responsibility_", text)
        assert not re.search(rf"(?<!\\)\b({'|'.join(words)})_", text)


@each_model
def test_a_page_has_the_model_and_an_update_of_every_parameter(name: str) -> None:
    derivation, text = derived(name), explained(name).text()
    for line in (*str(derivation.model).splitlines(), *str(derivation.graph).splitlines()):
        assert f"      {line}\n" in text
    for update in derivation.m_step.updates:
        if update.rule == "coordinate":
            continue  # what the E-step has found
        assert update.reason.removeprefix(f"{update.rule}: ").split()[-1] in text
    headings = ("Model", "Complete-data log-likelihood", "Q", "M-step")
    assert all(f"\n{heading}\n" in text for heading in headings)


@each_model
def test_the_braces_of_the_latex_are_balanced(name: str) -> None:
    for text in (explained(name).latex(), explained(name).latex(standalone=True)):
        plain = re.sub(r"\\[{}]", "", text)
        depth = 0
        for letter in plain:
            depth += (letter == "{") - (letter == "}")
            assert depth >= 0
        assert depth == 0
        assert text.count(r"\left") - text.count(r"\leftarrow") == text.count(r"\right")
        assert text.count(r"\Bigl") == text.count(r"\Bigr")
        assert text.count(r"\begin{align*}") == text.count(r"\end{align*}")
        assert text.count("$") % 2 == 0


@each_model
def test_lines_can_be_held_narrow(name: str) -> None:
    """A line is broken wherever a sum lets it; what is left is one product."""
    narrow = explained(name).text(width=100).splitlines()
    wide = explained(name).text().splitlines()
    assert max(map(len, narrow)) <= max(map(len, wide))
    assert "".join(narrow).replace(" ", "") == "".join(wide).replace(" ", "")


SCRIPT = """
from autoem.cli.find import find_model
from autoem.derive.explain import explain
from autoem.derive.stages import derive
for name in ("gaussian_mixture", "abo", "mixture_of_factor_analyzers", "student_regression"):
    page = explain(derive(find_model(name)))
    print(page.text(), page.latex())
"""


def test_the_page_is_the_same_under_every_hash_seed() -> None:
    pages = [
        subprocess.run(
            [sys.executable, "-c", SCRIPT],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    ]
    assert pages[0] == pages[1] and len(pages[0]) > 1000


class Clash(Model):
    """Names that the page would use itself."""

    n = Axis()
    r = Parameter(Positive())
    sigma2 = Parameter(Positive())
    a, log_b = Parameter(Positive()), Parameter(Positive())
    u = Latent(Gamma(a, rate=log_b), over=n)
    x = Observed(Normal(r, variance=sigma2 / u), over=n)


def test_a_symbol_of_the_page_avoids_the_names_of_the_user() -> None:
    document = explain(derive(Clash))
    lines = [line.strip() for line in document.text().splitlines()]
    assert "u_n | x_n ~ Gamma(ã, rate=b_n)" in lines
    assert "ã = a + ½" in lines
    assert r"\mathrm{log\_b}" in document.latex()
    assert "σ²" in document.text() and r"\sigma^{2}" in document.latex()


def test_greek_names_become_letters() -> None:
    assert greek("mu") == Symbol("μ")
    assert greek("tau2", square=True) == Symbol("τ", superscript="2")
    assert greek("tau2").superscript == ""
    assert greek("mu_z") == Symbol("μ", (Symbol("z"),))
    assert latex(greek("Lambda")) == r"\Lambda"


def test_words_are_escaped_in_latex() -> None:
    assert escaped("50% of a_b & c") == r"50\% of a\_b \& c"


def test_a_long_formula_breaks_before_its_signs() -> None:
    terms = tuple(Symbol(f"word{i}") for i in range(12))
    whole = equation(Symbol("y"), Series((Symbol("n"),), Add((*terms, Negative(Symbol("z"))))))
    assert runs(whole, TEXT)[1] == "= ∑_n (word0"
    assert runs(whole, TEXT)[-1] == "− z)"
    lines = filled(whole, LATEX, 40)
    assert len(lines) > 1 and [run for line in lines for run in line] == runs(whole, LATEX)


def test_a_notebook_shows_a_derivation() -> None:
    shown = derived("two_coins")._repr_latex_()
    assert shown.startswith("$$") and shown.endswith("$$")
    assert r"\widehat{\mathrm{bias}}_{k}" in shown


def test_a_notebook_shows_a_model_with_its_factor_graph() -> None:
    model = find_model("gaussian_mixture")
    assert (
        "<svg" in model._repr_html_() and "x_n | z_n = k ~ N(mean_k, cov_k)" in model._repr_html_()
    )
    assert r"\mathcal{N}(\mathrm{mean}_{k}, \mathrm{cov}_{k})" in model._repr_latex_()
    assert Model._repr_html_() is None, "the base of all models declares nothing"


class Plain(Model):
    """A normal sample."""

    n = Axis("days")
    mean, variance = Parameter(Real()), Parameter(Positive())
    x = Observed(Normal(mean, variance=variance), over=n)


def test_a_model_without_latents_has_no_e_step() -> None:
    document = explain(derive(Plain))
    assert [s.title for s in document.sections] == [
        "Model",
        "Complete-data log-likelihood",
        "Q",
        "M-step",
        "Moments",
    ]
    assert "meanˆ = ∑_n x_n / N" in document.text()
