"""Super-resolution: one sharp image behind several blurred, shifted and decimated frames.

Hardie, Barnard and Armstrong (1997), Joint MAP registration and high-resolution image estimation
using a sequence of undersampled images, IEEE Transactions on Image Processing 6, 1621. The
operators of the frames and the shape of the prior are known; level, noise and contrast are not.

    autoem derive super_resolution
"""

from autoem import Axis, Given, Identity, Latent, Model, MultivariateNormal, Observed, Ones
from autoem import Parameter, Positive, PositiveDefinite, Real


class SuperResolution(Model):
    """Frames of one Gaussian image."""

    f, m, d = Axis("frames"), Axis("seen pixels"), Axis("pixels")
    operator = Given(Real(m, d), over=f)
    shape = Given(PositiveDefinite(d))
    level = Parameter(Real())
    contrast, noise = Parameter(Positive()), Parameter(Positive())
    image = Latent(MultivariateNormal(level * Ones(d), cov=contrast * shape))
    x = Observed(MultivariateNormal(operator @ image, cov=noise * Identity(m)), over=f)
