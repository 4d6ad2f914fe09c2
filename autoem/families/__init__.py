"""The families: what is known of each distribution, one file a family, one entry of `FAMILIES`."""

from autoem.families.bernoulli import BERNOULLI, Bernoulli
from autoem.families.bernoulli_logit import BERNOULLI_LOGIT
from autoem.families.beta import BETA, Beta
from autoem.families.binomial import BINOMIAL, Binomial
from autoem.families.binomial_logit import BINOMIAL_LOGIT
from autoem.families.categorical import CATEGORICAL, Categorical
from autoem.families.categorical_logit import CATEGORICAL_LOGIT
from autoem.families.dirichlet import DIRICHLET, Dirichlet
from autoem.families.exponential import EXPONENTIAL, Exponential
from autoem.families.family import Family
from autoem.families.gamma import GAMMA, Gamma
from autoem.families.inverse_gamma import INVERSE_GAMMA, InverseGamma
from autoem.families.multinomial import MULTINOMIAL, Multinomial
from autoem.families.multivariate_normal import MULTIVARIATE_NORMAL, MultivariateNormal
from autoem.families.normal import NORMAL, Normal
from autoem.families.poisson import POISSON, Poisson

__all__ = [
    "FAMILIES",
    "Bernoulli",
    "Beta",
    "Binomial",
    "Categorical",
    "Dirichlet",
    "Exponential",
    "Gamma",
    "InverseGamma",
    "Multinomial",
    "MultivariateNormal",
    "Normal",
    "Poisson",
]

FAMILIES: tuple[Family, ...] = (
    BERNOULLI,
    BERNOULLI_LOGIT,
    BINOMIAL,
    BINOMIAL_LOGIT,
    CATEGORICAL,
    CATEGORICAL_LOGIT,
    MULTINOMIAL,
    POISSON,
    NORMAL,
    MULTIVARIATE_NORMAL,
    GAMMA,
    INVERSE_GAMMA,
    EXPONENTIAL,
    BETA,
    DIRICHLET,
)
