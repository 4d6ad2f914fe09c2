"""Approximate posteriors, always by choice: what each stands for, and how it is asked for."""

from autoem.derive.approximations.approximation import Approximation as Approximation
from autoem.derive.approximations.by_nodes import Nodes as Nodes, quadrature as quadrature

CHOICES = {"quadrature": quadrature}
"""What a user can write, by name."""
