"""Nodes u and log weights of rules for integrals over the line:

int f(u) du  is about  sum over q of  w[q] f(u[q]) .
"""

from __future__ import annotations

import numpy as np
from scipy import special

# --- standalone: begin
DRAWN_FREEDOM = 5.0


def hermite_nodes(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Nodes u and log weights, exact for polynomials of degree 2 count - 1 times exp(-u^2 / 2).

    One node is Laplace's method.  Source: Golub and Welsch (1969), Mathematics of Computation 23.

    >>> u, log_w = hermite_nodes(8)
    >>> round(float(np.sum(np.exp(log_w - u**2 / 2) * u**4) / np.sqrt(2 * np.pi)), 12)
    3.0
    """
    u, weight = special.roots_hermitenorm(count)
    with np.errstate(divide="ignore"):
        return u, np.log(weight) + u**2 / 2


def drawn_nodes(count: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Draws u of Student's law and the logs of 1 / (count density): importance sampling.

    One draw falls into each of `count` intervals of equal probability.  The tails are heavier than
    those of what is to be integrated, so that no weight explodes.

    >>> u, log_w = drawn_nodes(1000)
    >>> round(float(np.sum(np.exp(log_w - u**2 / 2)) / np.sqrt(2 * np.pi)), 3)
    1.0
    """
    d, generator = DRAWN_FREEDOM, np.random.default_rng(seed)
    u = special.stdtrit(d, (np.arange(count) + generator.random(count)) / count)
    scale = special.gammaln(d / 2) - special.gammaln((d + 1) / 2) + np.log(d * np.pi) / 2
    return u, scale + (d + 1) / 2 * np.log1p(u**2 / d) - np.log(count)


# --- standalone: end
