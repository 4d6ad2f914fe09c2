"""Gaussian chains: a block tridiagonal precision, eliminated forward and swept backward.

    forward     D[t] = J[t] - L[t] D[t-1]^-1 L[t]',      g[t] = h[t] - K[t] g[t-1]
    backward    m[t] = D[t]^-1 g[t] - K[t+1]' m[t+1],    K[t] = L[t] D[t-1]^-1
                V[t] = D[t]^-1 + K[t+1]' V[t+1] K[t+1]
                Cov(z[t+1], z[t]) = -V[t+1] K[t+1]

with J the diagonal blocks, L those below, h the shift; log det J = sum_t log det D[t].  Every D is
positive definite, so the filter and smoother stay so.

Where J and L stay the same from step to step, D (and then V) has soon become steady: it is copied
from there on, and the recursion of the means, then one of constant coefficients, is done in blocks
side by side (`runtime.recursion`).
"""

from __future__ import annotations

import numpy as np

from autoem.runtime.recursion import recursion, same, steady, times

# --- standalone: begin
Moments = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""Means, covariances, covariances with the step before, log-determinants."""


def smooth_gaussian(diagonal: np.ndarray, lower: np.ndarray, shift: np.ndarray) -> Moments:
    """Moments of chains with the steps first, then the chains, then the blocks.

    `diagonal` and `lower` are (steps, chains..., q, q), `shift` (steps, chains..., q); what
    `lower` has at the first step is not read.  The third result is zero there.

    >>> ones = np.ones((2, 1, 1))
    >>> mean, _, _, _ = smooth_gaussian(2 * ones, -ones, np.ones((2, 1)))
    >>> mean.ravel()
    array([1., 1.])
    """
    below = lower[1:]

    def eliminated(t: int, block: np.ndarray) -> np.ndarray:
        left = below[t - 1]
        return np.asarray(diagonal[t] - left @ np.linalg.inv(block) @ np.swapaxes(left, -1, -2))

    pivots, place = steady(eliminated, diagonal[0], same(diagonal[1:], below))
    inverse = np.linalg.inv(pivots)[place]
    gain = below @ inverse[:-1]
    moved = recursion(-gain, shift)
    back = np.swapaxes(gain, -1, -2)[::-1]
    mean = recursion(-back, times(inverse, moved)[::-1])[::-1]
    first = inverse[::-1]

    def spread(t: int, later: np.ndarray) -> np.ndarray:
        return np.asarray(first[t] + back[t - 1] @ later @ np.swapaxes(back[t - 1], -1, -2))

    spreads, place_back = steady(spread, first[0], same(first[1:], back))
    covariance = spreads[place_back][::-1]
    cross = np.zeros_like(covariance)
    cross[1:] = -covariance[1:] @ gain
    return mean, covariance, cross, np.linalg.slogdet(pivots)[1][place].sum(axis=0)


# --- standalone: end
