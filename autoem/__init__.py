"""autoem: declare a probabilistic model, get its EM algorithm.

The pipeline, a noun and a verb a stage:

    declare   Model                class statement
    connect   FactorGraph          factor_graph(model)
    expand    LogJoint             log_joint(graph)
    condition EStep                e_step(log_joint)
    average   Surrogate            surrogate(log_joint, e_step)
    maximize  MStep                m_step(surrogate)
    lower     ArrayProgram         lower(derivation)
    print     source text          emit(program)
    run       Fit                  fit(program, data)

`derive` is the stages up to the M-step, `verify` proves them, `generate` prints them as code and
`fit` runs them.  A public name loads its module when it is first asked for, so that `import autoem`
costs nothing.

>>> import autoem
>>> autoem.Interval(0, 1).kind
'interval'
"""

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

_PUBLIC = {
    "autoem.language": """
        Axis Model Parameter Given Latent Observed
        Markov Tree Stationary Truncated Aggregate Total Within Evidence previous where
        dot exp log sqrt Zeros Ones Identity Diagonal
        Real Positive NonNegative Interval Simplex PositiveDefinite Count Index Binary""",
    "autoem.families": """
        Bernoulli Binomial Categorical Multinomial Poisson Geometric NegativeBinomial Normal
        LogNormal MultivariateNormal Gamma InverseGamma Exponential Weibull Pareto Beta Dirichlet
        Wishart InverseWishart StudentT Laplace VonMises Uniform DiscreteUniform PolyaGamma""",
    "autoem.derive.approximations": "laplace mean_field monte_carlo quadrature",
    "autoem.graph": "FactorGraph draw factor_graph",
    "autoem.pipeline": "derive fit generate sample verify",
    "autoem.runtime": "Fit",
}
_HOME = {name: home for home, names in _PUBLIC.items() for name in names.split()}

if TYPE_CHECKING:
    from autoem import errors as errors
    from autoem.derive.approximations import (
        laplace as laplace,
        mean_field as mean_field,
        monte_carlo as monte_carlo,
        quadrature as quadrature,
    )
    from autoem.families import *  # noqa: F403
    from autoem.graph import FactorGraph as FactorGraph, draw as draw, factor_graph as factor_graph
    from autoem.language import *  # noqa: F403
    from autoem.pipeline import (
        derive as derive,
        fit as fit,
        generate as generate,
        sample as sample,
        verify as verify,
    )
    from autoem.runtime import Fit as Fit
else:
    __all__ = [*_HOME, "errors"]

    def __getattr__(name: str) -> object:
        if name == "errors":
            return import_module("autoem.errors")
        if name not in _HOME:
            raise AttributeError(f"module 'autoem' has no attribute {name!r}")
        globals()[name] = value = getattr(import_module(_HOME[name]), name)
        if name == "Model":
            type(value).painter = _painted
        return value

    def _painted(model: object, form: str) -> str:
        """A model in a notebook: the layers that draw it load when one is shown."""
        return import_module("autoem.derive.explain.portrait").painted(model, form)


def __dir__() -> list[str]:
    return [*_HOME, "errors"]


class _Public(ModuleType):
    """The verbs `derive` and `verify` keep their names beside the packages of the same names."""

    def __setattr__(self, name: str, value: object) -> None:
        if not (name in _HOME and isinstance(value, ModuleType)):
            ModuleType.__setattr__(self, name, value)


sys.modules[__name__].__class__ = _Public
