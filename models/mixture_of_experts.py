"""A mixture of experts: linear regressions, each trusted in its own region of the covariates.

Jordan and Jacobs (1994), Hierarchical mixtures of experts and the EM algorithm, Neural Computation
6.  The gate is a softmax of linear functions; the rows of `v` are covariates with a leading 1.
"""

from autoem import Axis, Categorical, Given, Latent, Model, Normal, Observed, Parameter, Positive
from autoem import Real, dot


class MixtureOfExperts(Model):
    """Regressions with weights that depend on the covariates."""

    n, k, p = Axis("rows"), Axis("experts"), Axis("covariates")
    v = Given(Real(p), over=n)
    gate = Parameter(Real(p), over=k)
    beta = Parameter(Real(p), over=k)
    variance = Parameter(Positive(), over=k)

    z = Latent(Categorical(logits=dot(v, gate)), over=n)
    y = Observed(Normal(dot(v, beta[z]), variance=variance[z]), over=n)
