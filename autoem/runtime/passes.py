"""The two passes of forward-backward, in probability space, rescaled at every step.

    forward    u[t, k] = w[t, k] sum_j u[t-1, j] A[j, k],       c[t] = sum_k u[t, k]
    backward   v[t-1, j] = sum_k A[j, k] w[t, k] v[t, k],       v[T-1] = 1 / c[T-1]

with w[t] = exp(weight - its largest of the step) / c[t-1], so that c is of the size of the weights.
Chains run side by side along the last axes, so that a step is one matrix product and stays in the
cache; w v stands in the place of w.  All that is returned is one array: the memory of three would
be given back and cleared anew at every call, at the cost of the arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

# --- standalone: begin
Smoothing = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]
"""State responsibilities, the factors before and after a step, log-normalizers."""

LOWEST = -1e300
"""The largest weight of a step at which no state is possible, so that a difference is defined."""


@dataclass
class Passes:
    """Chains with log weights (steps, states, chains...) and steps `move`, both passes in turn.

    `passed` is u from the step before the first on, `after` w and then w v, `state` u v.
    """

    weight: np.ndarray
    move: np.ndarray
    passed: np.ndarray = field(init=False)
    after: np.ndarray = field(init=False)
    state: np.ndarray = field(init=False)
    peak: np.ndarray = field(init=False)
    scale: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        steps, chains = len(self.weight), self.weight.shape[2:]
        held = np.empty((3 * steps + 1, *self.weight.shape[1:]))
        self.passed, self.after, self.state = np.split(held, (steps + 1, 2 * steps + 1))
        self.peak, self.scale = np.empty((2, steps, *chains))

    def weigh(self, first: np.ndarray | None = None) -> None:
        """w without its scale; `first` is added to the weights of the first step."""
        for t, weight in enumerate(self.weight):
            own = weight if t or first is None else weight + first
            peak, after = self.peak[t, ...], self.after[t]
            np.maximum(own.max(axis=0), LOWEST, out=peak)
            np.exp(np.subtract(own, peak, out=after), out=after)

    def forward(self, entering: np.ndarray | None = None) -> None:
        """`entering` is u before the first step, of sum one; where there is none, chains begin."""
        forward, after = self.passed[1:], self.after
        self.passed[0] = 0.0 if entering is None else entering
        inverse = np.ones(self.peak.shape[1:])
        for t in range(len(after)):
            after[t] *= inverse
            if t or entering is not None:
                _forward(self.move, self.passed[t], t, forward[t])
                forward[t] *= after[t]
            else:
                forward[t] = after[t]
            inverse = 1 / forward[t].sum(axis=0, out=self.scale[t, ...])

    def backward(self, leaving: np.ndarray | float = 1.0) -> None:
        """`leaving` is s of the last step, which is v c."""
        smooth = np.empty(self.weight.shape[1:])
        np.divide(leaving, self.scale[-1], out=smooth)
        for t in range(len(self.weight) - 1, -1, -1):
            np.multiply(self.passed[t + 1], smooth, out=self.state[t])
            self.after[t] *= smooth
            if t:
                _backward(self.move, self.after[t], t, smooth)

    def result(self) -> Smoothing:
        """What `forward_backward` gives."""
        total = np.log(self.scale).sum(axis=0) + self.peak.sum(axis=0)
        return self.state, self.passed[:-1], self.after, total


def _forward(move: np.ndarray, state: np.ndarray, t: int, out: np.ndarray) -> None:
    """sum_j state[j] move[j, k] for the step into t."""
    if move.ndim == 2:
        np.matmul(move.T, state, out=out)
    else:
        np.sum(move[t if len(move) > 1 else 0] * state[:, None], axis=0, out=out)


def _backward(move: np.ndarray, state: np.ndarray, t: int, out: np.ndarray) -> None:
    """sum_k move[j, k] state[k] for the step into t."""
    if move.ndim == 2:
        np.matmul(move, state, out=out)
    else:
        np.sum(move[t if len(move) > 1 else 0] * state[None], axis=1, out=out)


# --- standalone: end
