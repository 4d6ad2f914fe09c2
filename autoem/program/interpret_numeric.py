"""Systems of equations, matrices, roots and maxima for the reference interpreter.

Nothing here is shared with the runtime, so that agreement between the two means something.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy import stats

from autoem.program.interpret_scalar import Scope, read, scalar
from autoem.program.ir import Array, Let, Matrix, Maximize, Nodes, Ref, Root, Solve

Execute = Callable[[tuple[Let, ...], Scope], None]


def solve(operation: Solve, targets: tuple[Array, ...], scope: Scope) -> tuple[np.ndarray, ...]:
    """The block system, assembled densely; the solution of smallest norm for each batch."""
    rows = operation.rows
    batch = tuple(axis for axis in targets[0].axes if axis not in rows[0])
    lengths = [int(np.prod(scope.shape(axes))) for axes in rows]
    count = int(np.prod(scope.shape(batch)))
    matrix = np.zeros((count, sum(lengths), sum(lengths)))
    right = np.zeros((count, sum(lengths)))
    ends = np.cumsum([0, *lengths])
    for i, line in enumerate(operation.matrix):
        here = slice(ends[i], ends[i + 1])
        right[:, here] = grid(scope, operation.right[i], batch + rows[i]).reshape(count, -1)
        for j, block in enumerate(line):
            if block is not None:
                whole = batch + rows[i] + tuple(axis + "'" for axis in rows[j])
                value = grid(scope, block, whole).reshape(count, lengths[i], lengths[j])
                matrix[:, here, ends[j] : ends[j + 1]] = value
    if operation.method == "ascend":
        matrix = np.array([_absolute(a) for a in matrix])
    pairs = zip(matrix, right, strict=True)
    solution = np.array([np.linalg.lstsq(a, c, rcond=None)[0] for a, c in pairs])
    return tuple(
        _unpack(solution[:, ends[i] : ends[i + 1]], batch + rows[i], target, scope)
        for i, target in enumerate(targets)
    )


def _absolute(matrix: np.ndarray) -> np.ndarray:
    """The symmetric matrix with the absolute values of the eigenvalues that it has once its
    diagonal is of ones."""
    diagonal = np.sqrt(np.abs(np.diag(matrix)))
    unit = np.where(diagonal > 0, diagonal, 1.0)
    values, vectors = np.linalg.eigh(matrix / np.outer(unit, unit))
    return np.asarray((vectors * np.abs(values)) @ vectors.T * np.outer(unit, unit))


def grid(scope: Scope, ref: Ref, axes: tuple[str, ...]) -> np.ndarray:
    """The array over all the axes."""
    return np.broadcast_to(read(scope, ref, axes), scope.shape(axes))


def _unpack(part: np.ndarray, axes: tuple[str, ...], target: Array, scope: Scope) -> np.ndarray:
    value = part.reshape(scope.shape(axes))
    return np.transpose(value, [axes.index(axis) for axis in target.axes])


def nodes(operation: Nodes) -> tuple[np.ndarray, np.ndarray]:
    """Nodes of a Gauss rule, or draws, and the logs of their weights."""
    count = operation.count
    if operation.kind == "draws":
        where = np.arange(count) + np.random.default_rng(operation.seed).random(count)
        u = stats.t(5).ppf(where / count)
        return u, -stats.t(5).logpdf(u) - np.log(count)
    u, weight = np.polynomial.hermite_e.hermegauss(count)
    return u, np.log(weight) + u**2 / 2


def root(operation: Root, target: Array, scope: Scope, execute: Execute) -> np.ndarray:
    """All entries at once: a bracket is widened around the start, then halved."""
    start = grid(scope, operation.start, target.axes).astype(float)

    def value(x: np.ndarray) -> np.ndarray:
        inner = Scope({**scope.values, operation.unknown: x}, scope.sizes)
        execute(operation.body, inner)
        return np.broadcast_to(scalar(inner, operation.value, target.axes), start.shape)

    low, high = _bracket(value, start, operation.lower, operation.upper)
    falling = value(low) > value(high)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        left = (value(middle) > 0) == falling
        low, high = np.where(left, middle, low), np.where(left, high, middle)
    return (low + high) / 2


HALVINGS = 90


def _bracket(
    value: Callable[[np.ndarray], np.ndarray], start: np.ndarray, lower: float, upper: float
) -> tuple[np.ndarray, np.ndarray]:
    """An interval around each start at whose ends the value has opposite signs."""
    low, high = start.copy(), start.copy()
    for step in range(1, 200):
        apart = value(low) * value(high) < 0
        if np.all(apart):
            break
        low = np.where(apart, low, _towards(low, start, lower, -(2.0**step)))
        high = np.where(apart, high, _towards(high, start, upper, 2.0**step))
    return low, high


def _towards(point: np.ndarray, start: np.ndarray, bound: float, stride: float) -> np.ndarray:
    if np.isfinite(bound):
        return bound + (point - bound) / 2
    return start + stride * np.maximum(np.abs(start), 1.0)


def maximize(operation: Maximize, scope: Scope, execute: Execute) -> tuple[np.ndarray, ...]:
    """Newton's method in the unknowns themselves, halved while it leaves the domain or falls.

    A simplex keeps its total through a Lagrange multiplier; directions in which the Hessian is
    singular are left alone by least squares.
    """
    point = [_declared(scope, ref) for ref in operation.start]
    shapes = [value.shape for value in point]
    objective, gradient, hessian = _derivatives(operation, point, scope, execute)
    for _ in range(200):
        step = _newton_step(operation, point, gradient, hessian)
        scale = 1.0
        while scale > 1e-12:
            trial = _move(point, scale * step, shapes)
            new = _derivatives(operation, trial, scope, execute)
            inside = all(map(_inside, operation.domains, trial))
            if inside and new[0] >= objective - 1e-13 * abs(objective):
                break
            scale /= 2
        else:
            break
        done = np.max(np.abs(scale * step), initial=0.0) < 1e-15 * _size(point)
        point, (objective, gradient, hessian) = trial, new
        if done:
            break
    return tuple(point)


def _size(point: list[np.ndarray]) -> float:
    return max((float(np.max(np.abs(value), initial=0.0)) for value in point), default=0.0)


def _declared(scope: Scope, ref: Ref) -> np.ndarray:
    axes = tuple(axis for axis in ref.axes if isinstance(axis, str))
    return np.array(grid(scope, ref, axes), dtype=np.float64)


def _move(
    point: list[np.ndarray], step: np.ndarray, shapes: list[tuple[int, ...]]
) -> list[np.ndarray]:
    ends = np.cumsum([0, *(int(np.prod(shape)) for shape in shapes)])
    return [
        value + step[ends[i] : ends[i + 1]].reshape(value.shape) for i, value in enumerate(point)
    ]


def _derivatives(
    operation: Maximize, point: list[np.ndarray], scope: Scope, execute: Execute
) -> tuple[float, np.ndarray, np.ndarray]:
    unknowns = {ref.name: value for ref, value in zip(operation.unknowns, point, strict=True)}
    inner = Scope({**scope.values, **unknowns}, scope.sizes)
    execute(operation.body, inner)
    gradient = np.concatenate([inner.values[name].ravel() for name in operation.gradient])
    lines = []
    for u, line in zip(point, operation.hessian, strict=True):
        blocks = [
            np.zeros((u.size, v.size)) if name is None else inner.values[name].reshape(u.size, -1)
            for v, name in zip(point, line, strict=True)
        ]
        lines.append(np.concatenate(blocks, axis=1))
    return float(inner.values[operation.objective]), gradient, np.concatenate(lines, axis=0)


def _newton_step(
    operation: Maximize, point: list[np.ndarray], gradient: np.ndarray, hessian: np.ndarray
) -> np.ndarray:
    count = gradient.size
    constraints = _totals(operation.domains, point)
    held = len(constraints)
    full = np.zeros((count + held, count + held))
    full[:count, :count], full[:count, count:], full[count:, :count] = (
        hessian,
        constraints.T,
        constraints,
    )
    right = np.concatenate([-gradient, np.zeros(held)])
    return np.linalg.lstsq(full, right, rcond=None)[0][:count]


def _totals(domains: tuple[str, ...], point: list[np.ndarray]) -> np.ndarray:
    """One row for each simplex: the entries whose total may not change."""
    count, rows, offset = sum(value.size for value in point), [], 0
    for domain, value in zip(domains, point, strict=True):
        if domain == "simplex":
            length = value.shape[-1]
            for first in range(0, value.size, length):
                row = np.zeros(count)
                row[offset + first : offset + first + length] = 1.0
                rows.append(row)
        offset += value.size
    return np.array(rows).reshape(-1, count)


def _inside(domain: str, value: np.ndarray) -> bool:
    match domain:
        case "positive" | "nonnegative" | "simplex":
            return bool(np.all(value > 0))
        case "interval":
            return bool(np.all((value > 0) & (value < 1)))
        case "positive_definite":
            return bool(np.all(np.linalg.eigvalsh(value) > 0))
    return bool(np.all(np.isfinite(value)))


def matrix(operation: Matrix, target: Array, scope: Scope) -> np.ndarray:
    """A function of the matrices of an array, one a batch."""
    pair = (operation.row, operation.column)
    batch = tuple(axis for axis in target.axes if axis not in pair)
    grid = (*batch, *pair)
    value = np.broadcast_to(read(scope, operation.operand, grid), scope.shape(grid))
    found = MATRIX_FUNCTIONS[operation.function](value)
    order = [axis for axis in grid if axis in target.axes]
    return np.transpose(found, [order.index(axis) for axis in target.axes])


def _resolvent(transition: np.ndarray) -> np.ndarray:
    """(I - A + U)^-1, with ones in U."""
    return np.linalg.inv(np.eye(transition.shape[-1]) - transition + 1)


MATRIX_FUNCTIONS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "inverse": np.linalg.inv,
    "cholesky": np.linalg.cholesky,
    "log_determinant": lambda value: np.asarray(np.linalg.slogdet(value)[1]),
    "resolvent": _resolvent,
    "stationary": lambda value: np.maximum(_resolvent(value).sum(axis=-2), 1e-150),
}
"""What a function of a matrix means, batches first."""
