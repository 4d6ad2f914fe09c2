"""A mixture of factor analyzers: clusters, each near a plane of its own.

Ghahramani and Hinton (1996), The EM algorithm for mixtures of factor analyzers, Technical Report
CRG-TR-96-1, University of Toronto; as there, all clusters share one noise.
"""

from autoem import Axis, Categorical, Diagonal, Identity, Latent, Model, MultivariateNormal
from autoem import Observed, Parameter, Positive, Real, Simplex, Zeros


class MixtureOfFactorAnalyzers(Model):
    """Clusters that are correlated only through factors, whose loadings differ by cluster."""

    n, k, d, q = Axis("observations"), Axis("clusters"), Axis("features"), Axis("factors")
    weight = Parameter(Simplex(k))
    loading = Parameter(Real(d, q), over=k)
    mean = Parameter(Real(d), over=k)
    noise = Parameter(Positive(d))

    z = Latent(Categorical(weight), over=n)
    f = Latent(MultivariateNormal(Zeros(q), cov=Identity(q)), over=n)
    x = Observed(MultivariateNormal(loading[z] @ f + mean[z], cov=Diagonal(noise)), over=n)
