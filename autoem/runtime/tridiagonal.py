"""Gaussian chains: a block tridiagonal precision, eliminated forward and swept backward.

    forward     D[t] = J[t] - L[t] D[t-1]^-1 L[t]',      g[t] = h[t] - K[t] g[t-1]
    backward    m[t] = D[t]^-1 g[t] - K[t+1]' m[t+1],    K[t] = L[t] D[t-1]^-1
                V[t] = D[t]^-1 + K[t+1]' V[t+1] K[t+1]
                Cov(z[t+1], z[t]) = -V[t+1] K[t+1]

with J the diagonal blocks, L those below, h the shift; log det J = sum_t log det D[t].  Every D is
positive definite, so the filter and smoother stay so.

Where J and L stay the same from step to step, D (and then V) has soon become steady: K and V are
computed once for each kind of step, and the recursion of the means, then one of constant
coefficients, is done in blocks side by side (`runtime.recursion`).
"""

from __future__ import annotations

import numpy as np

from autoem.runtime.recursion import each_times, kinds, recursion, starts, steady

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
    coupled = kinds(below)

    def eliminated(t: int, block: np.ndarray) -> np.ndarray:
        left = below[t - 1]
        return np.asarray(diagonal[t] - left @ np.linalg.inv(block) @ np.swapaxes(left, -1, -2))

    pivots, place = steady(eliminated, diagonal[0], kinds(diagonal[1:], coupled))
    inverse, gained = np.linalg.inv(pivots), kinds(coupled, place[:-1])
    begins = starts(gained)
    gain = below[begins] @ inverse[place[begins]]
    back = np.swapaxes(gain, -1, -2)
    moved = recursion(-gain, gained, shift)
    settled = each_times(inverse, place, moved)
    mean = recursion(-back, gained[::-1], settled[::-1])[::-1]

    def spread(t: int, later: np.ndarray) -> np.ndarray:
        now, own = -1 - t, gained[-t]
        return np.asarray(inverse[place[now]] + back[own] @ later @ gain[own])

    last = inverse[place[-1]]
    spreads, after = steady(spread, last, kinds(place[-2::-1], gained[::-1]))
    after = after[::-1]
    crossed = kinds(after[1:], gained)
    begins = starts(crossed)
    cross = np.zeros((len(shift), *last.shape))
    cross[1:] = (-spreads[after[1 + begins]] @ gain[gained[begins]])[crossed]
    log_determinants = np.linalg.slogdet(pivots)[1]
    return mean, spreads[after], cross, log_determinants[place].sum(axis=0)


# --- standalone: end
