"""Gaussian chains: a block tridiagonal precision, eliminated forward and swept backward.

    forward     D[t] = J[t] - L[t] D[t-1]^-1 L[t]',      g[t] = h[t] - L[t] D[t-1]^-1 g[t-1]
    backward    m[t] = D[t]^-1 (g[t] - L[t+1]' m[t+1])
                V[t] = D[t]^-1 + K V[t+1] K',     K = D[t]^-1 L[t+1]'
                Cov(z[t+1], z[t]) = -V[t+1] K'

with J the diagonal blocks, L those below, h the shift; log det J = sum_t log det D[t].  Every D is
positive definite, so the filter and smoother stay so.
"""

from __future__ import annotations

import numpy as np

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
    steps = len(shift)
    inverse, moved = np.empty_like(diagonal), shift.astype(float)
    log_determinant = np.zeros(diagonal.shape[1:-2])
    back = np.zeros_like(diagonal)
    block = diagonal[0]
    for t in range(steps):
        if t:
            gain = lower[t] @ inverse[t - 1]
            block = diagonal[t] - gain @ np.swapaxes(lower[t], -1, -2)
            moved[t] = shift[t] - (gain @ moved[t - 1][..., None])[..., 0]
            back[t - 1] = np.swapaxes(gain, -1, -2)
        inverse[t] = np.linalg.inv(block)
        log_determinant = log_determinant + np.linalg.slogdet(block)[1]
    mean, cross = np.empty_like(moved), np.zeros_like(diagonal)
    covariance = np.empty_like(diagonal)
    mean[-1] = (inverse[-1] @ moved[-1][..., None])[..., 0]
    covariance[-1] = inverse[-1]
    for t in range(steps - 2, -1, -1):
        gain = back[t]
        mean[t] = ((inverse[t] @ moved[t][..., None]) - gain @ mean[t + 1][..., None])[..., 0]
        turned = covariance[t + 1] @ np.swapaxes(gain, -1, -2)
        covariance[t] = inverse[t] + gain @ turned
        cross[t + 1] = -turned
    return mean, covariance, cross, log_determinant


# --- standalone: end
