"""Positron emission tomography: counts of detectors are sums over the boxes of an image.

Shepp and Vardi (1982), Maximum likelihood reconstruction for emission tomography, IEEE Transactions
on Medical Imaging 1, 113.  `reach` is the chance that an emission in a box is counted by a detector
and may be a sparse matrix.
"""

from autoem import Axis, Given, Latent, Model, NonNegative, Observed, Parameter, Poisson, Positive
from autoem import Total


class Tomography(Model):
    """Emissions from boxes, of which each detector counts the sum."""

    n, b = Axis("detectors"), Axis("boxes")
    reach = Given(NonNegative(), over=(n, b))
    intensity = Parameter(Positive(), over=b)

    emitted = Latent(Poisson(reach * intensity), over=(n, b))
    y = Observed(Total(emitted, over=b), over=n)
