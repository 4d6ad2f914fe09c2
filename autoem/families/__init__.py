"""The families: what is known of each distribution, one file a family, one entry of `FAMILIES`."""

from autoem.families.bernoulli import BERNOULLI, Bernoulli
from autoem.families.bernoulli_logit import BERNOULLI_LOGIT
from autoem.families.beta import BETA, Beta
from autoem.families.binomial import BINOMIAL, Binomial
from autoem.families.binomial_logit import BINOMIAL_LOGIT
from autoem.families.categorical import CATEGORICAL, Categorical
from autoem.families.categorical_logit import CATEGORICAL_LOGIT
from autoem.families.dirichlet import DIRICHLET, Dirichlet
from autoem.families.discrete_uniform import DISCRETE_UNIFORM, DiscreteUniform
from autoem.families.exponential import EXPONENTIAL, Exponential
from autoem.families.family import Family
from autoem.families.gamma import GAMMA, Gamma
from autoem.families.generalized_inverse_gaussian import GENERALIZED_INVERSE_GAUSSIAN
from autoem.families.geometric import GEOMETRIC, Geometric
from autoem.families.inverse_gamma import INVERSE_GAMMA, InverseGamma
from autoem.families.inverse_wishart import INVERSE_WISHART, InverseWishart
from autoem.families.laplace import LAPLACE, Laplace
from autoem.families.log_normal import LOG_NORMAL, LogNormal
from autoem.families.multinomial import MULTINOMIAL, Multinomial
from autoem.families.multivariate_normal import MULTIVARIATE_NORMAL, MultivariateNormal
from autoem.families.negative_binomial import NEGATIVE_BINOMIAL, NegativeBinomial
from autoem.families.normal import NORMAL, Normal
from autoem.families.pareto import PARETO, Pareto
from autoem.families.poisson import POISSON, Poisson
from autoem.families.polya_gamma import POLYA_GAMMA, PolyaGamma
from autoem.families.reciprocal_inverse_gaussian import RECIPROCAL_INVERSE_GAUSSIAN
from autoem.families.student_t import STUDENT_T, StudentT
from autoem.families.uniform import UNIFORM, Uniform
from autoem.families.von_mises import VON_MISES, VonMises
from autoem.families.weibull import WEIBULL, Weibull
from autoem.families.wishart import WISHART, Wishart

__all__ = [
    "FAMILIES",
    "Bernoulli",
    "Beta",
    "Binomial",
    "Categorical",
    "Dirichlet",
    "DiscreteUniform",
    "Exponential",
    "Gamma",
    "Geometric",
    "InverseGamma",
    "InverseWishart",
    "Laplace",
    "LogNormal",
    "Multinomial",
    "MultivariateNormal",
    "NegativeBinomial",
    "Normal",
    "Pareto",
    "Poisson",
    "PolyaGamma",
    "StudentT",
    "Uniform",
    "VonMises",
    "Weibull",
    "Wishart",
]

FAMILIES: tuple[Family, ...] = (
    BERNOULLI,
    BERNOULLI_LOGIT,
    GEOMETRIC,
    BINOMIAL,
    BINOMIAL_LOGIT,
    CATEGORICAL,
    CATEGORICAL_LOGIT,
    MULTINOMIAL,
    POISSON,
    NEGATIVE_BINOMIAL,
    DISCRETE_UNIFORM,
    NORMAL,
    MULTIVARIATE_NORMAL,
    STUDENT_T,
    LAPLACE,
    VON_MISES,
    UNIFORM,
    GAMMA,
    INVERSE_GAMMA,
    EXPONENTIAL,
    LOG_NORMAL,
    WEIBULL,
    PARETO,
    BETA,
    DIRICHLET,
    WISHART,
    INVERSE_WISHART,
    RECIPROCAL_INVERSE_GAUSSIAN,
    GENERALIZED_INVERSE_GAUSSIAN,
    POLYA_GAMMA,
)
"""The conjugate rule tries them in this order: of one support, those with h = 1 come first,
and the special before the general."""
