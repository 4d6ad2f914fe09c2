"""The families: what is known of each distribution, one file a family."""

from autoem.families.categorical import CATEGORICAL, CATEGORICAL_LOGIT
from autoem.families.family import Argument, Family, ScalarFamily, Summand, VectorFamily, log_zero
from autoem.families.gamma import GAMMA
from autoem.families.multivariate_normal import MULTIVARIATE_NORMAL
from autoem.families.normal import NORMAL
from autoem.families.poisson import POISSON

FAMILIES: tuple[Family, ...] = (
    CATEGORICAL,
    CATEGORICAL_LOGIT,
    POISSON,
    NORMAL,
    MULTIVARIATE_NORMAL,
    GAMMA,
)
