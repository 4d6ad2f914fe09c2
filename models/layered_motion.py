"""Layers that move: two images of a scene as a mixture of affine flows.

Jepson and Black (1993), Mixture models for optical flow computation, CVPR, 760; Weiss and Adelson
(1996).  Brightness is constant along a flow (u, v), affine in the place (x, y): to first order the
change in time at a pixel is minus the gradient times the flow, -(dx u + dy v), with `direction` the
six products of (dx, dy) and (1, x, y).  Every pixel follows the flow of its layer.
"""

from autoem import Axis, Categorical, Given, Latent, Model, Normal, Observed, Parameter, Positive
from autoem import Real, Simplex, dot


class LayeredMotion(Model):
    """Changes of brightness, each by one of a few affine flows."""

    n, k, c = Axis("pixels"), Axis("layers"), Axis("coefficients of a flow")
    direction = Given(Real(c), over=n)
    share = Parameter(Simplex(k))
    flow = Parameter(Real(c), over=k)
    noise = Parameter(Positive(), over=k)

    layer = Latent(Categorical(share), over=n)
    change = Observed(Normal(-dot(direction, flow[layer]), variance=noise[layer]), over=n)
