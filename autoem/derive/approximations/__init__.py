"""Approximate posteriors, always by choice: what each stands for, and how it is asked for."""

from collections.abc import Callable

from autoem.derive.approximations.approximation import Approximation as Approximation
from autoem.derive.approximations.by_nodes import (
    Nodes as Nodes,
    quadrature as quadrature,
)
from autoem.derive.approximations.laplace import Laplace as Laplace, laplace as laplace
from autoem.derive.approximations.mean_field import MeanField as MeanField, mean_field as mean_field
from autoem.derive.approximations.monte_carlo import Gibbs as Gibbs, monte_carlo as monte_carlo

CHOICES: dict[str, Callable[..., Approximation]] = {
    "quadrature": quadrature,
    "laplace": laplace,
    "monte_carlo": monte_carlo,
    "mean_field": mean_field,
}
"""What a user can write, by name."""
