"""The language in which a model is declared.

axis, arithmetic   index sets, and the formulas that operators make of them
domain             the sets in which values lie
distribution       laws; chain and construct have those made of other laws and variables
declaration        parameters, givens, latents, observed variables
model              the class statement that binds them to names
evaluate           the value of a formula, in NumPy
notation           a model in mathematical notation
"""

from autoem.language.arithmetic import Axis, lift
from autoem.language.chain import Markov, Stationary, Tree
from autoem.language.constants import Diagonal, Identity, Ones, Zeros
from autoem.language.construct import Aggregate, Evidence, Total, Truncated, Within
from autoem.language.declaration import Given, Latent, Observed, Parameter, Variable
from autoem.language.distribution import Distribution, Family, Law, Switch
from autoem.language.domain import (
    Binary,
    Count,
    Domain,
    Index,
    Interval,
    NonNegative,
    Positive,
    PositiveDefinite,
    Real,
    Simplex,
)
from autoem.language.evaluate import evaluate
from autoem.language.formula import Expression, ExpressionLike
from autoem.language.functions import dot, exp, log, sqrt, where
from autoem.language.model import Declaration, Model
from autoem.language.previous import parent, previous

__all__ = [
    "Aggregate",
    "Axis",
    "Binary",
    "Count",
    "Declaration",
    "Diagonal",
    "Distribution",
    "Domain",
    "Evidence",
    "Expression",
    "ExpressionLike",
    "Family",
    "Given",
    "Identity",
    "Index",
    "Interval",
    "Latent",
    "Law",
    "Markov",
    "Model",
    "NonNegative",
    "Observed",
    "Ones",
    "Parameter",
    "Positive",
    "PositiveDefinite",
    "Real",
    "Simplex",
    "Stationary",
    "Switch",
    "Total",
    "Tree",
    "Truncated",
    "Variable",
    "Within",
    "Zeros",
    "dot",
    "evaluate",
    "exp",
    "lift",
    "log",
    "parent",
    "previous",
    "sqrt",
    "where",
]
