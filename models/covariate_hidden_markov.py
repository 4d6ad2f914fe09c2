"""A hidden Markov model whose transitions depend on covariates.

Altman (2007), Journal of the American Statistical Association 102, 201; Hughes, Guttorp and
Charles (1999), Applied Statistics 48, 15: weather states driven by the atmosphere.

    autoem derive covariate_hidden_markov
"""

from autoem import Axis, Categorical, Given, Latent, Markov, Model, Observed, Parameter, Poisson
from autoem import Positive, Real, Simplex, dot, previous


class CovariateHiddenMarkov(Model):
    """Counts whose hidden state moves as a multinomial logit of covariates."""

    s, t, p = Axis("patients"), Axis("weeks"), Axis("covariates")
    k = Axis("states")
    v = Given(Real(p), over=(s, t))
    initial = Parameter(Simplex(k))
    slope = Parameter(Real(p, k), over=k)
    rate = Parameter(Positive(), over=k)
    z = Latent(
        Markov(first=Categorical(initial), then=Categorical(logits=dot(v, slope[previous]))),
        over=(s, t),
    )
    x = Observed(Poisson(rate[z]), over=(s, t))
