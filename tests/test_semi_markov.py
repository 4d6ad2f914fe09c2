"""States that last for a time of their own: judged by every way to cut the steps into segments."""

from typing import Any

import numpy as np
from numpy.testing import assert_allclose
from scipy import special, stats

from autoem import fit, sample
from tests.test_models import ROOT, declared

Arrays = dict[str, Any]
STATES, LONGEST = 2, 3


def shipped() -> Any:
    return declared(ROOT / "models" / "hidden_semi_markov.py")


def places() -> Arrays:
    """Each state with 0, 1, 2 steps left; from one with steps left, that with one step less."""
    left = np.tile(np.arange(LONGEST), STATES)
    down = np.maximum(np.arange(STATES * LONGEST) - 1, 0)
    return {
        "state": np.repeat(np.arange(STATES), LONGEST),
        "last": (left == 0).astype(float),
        "onward": np.eye(STATES * LONGEST)[np.where(left > 0, down, 0)],
    }


def theta() -> Arrays:
    """No state follows itself."""
    rng = np.random.default_rng(4)
    enter = rng.dirichlet(np.ones(STATES * LONGEST), STATES)
    enter[0, :LONGEST], enter[1, LONGEST:] = 0, 0
    return {
        "initial": rng.dirichlet(np.ones(STATES * LONGEST)),
        "enter": enter / enter.sum(axis=1, keepdims=True),
        "rate": np.array([2.0, 6.0]),
    }


def segmentations(x: np.ndarray, p: Arrays) -> dict[tuple[int, ...], float]:
    """Log joint density of every path of states, by its segments; the last may be cut off."""
    law = {None: p["initial"], **dict(enumerate(p["enter"]))}
    found: dict[tuple[int, ...], list[float]] = {}

    def onward(before: int | None, path: tuple[int, ...], total: float) -> None:
        if len(path) == len(x):
            found.setdefault(path, []).append(total)
            return
        for state in range(STATES):
            for length in range(1, LONGEST + 1):
                share = law[before].reshape(STATES, LONGEST)[state, length - 1]
                seen = x[len(path) : len(path) + length]
                if share > 0:
                    more = np.log(share) + stats.poisson.logpmf(seen, p["rate"][state]).sum()
                    onward(state, path + (state,) * len(seen), total + float(more))

    onward(None, (), 0.0)
    return {path: float(special.logsumexp(logs)) for path, logs in found.items()}


def test_every_segmentation_is_summed() -> None:
    p = theta()
    x = sample(shipped(), p, sizes={"s": 3, "t": 7}, given=places(), seed=1)["x"]
    found = fit(shipped(), {"x": x, **places()}, start=p, max_iterations=0)
    each = [segmentations(row, p) for row in x]
    assert_allclose(found.log_likelihood, sum(special.logsumexp(list(e.values())) for e in each))
    told = found.posterior()["z"].reshape(3, 7, STATES, LONGEST).sum(axis=-1)
    for weights, smoothed in zip(each, told, strict=True):
        shares = special.softmax(list(weights.values()))
        assert_allclose(smoothed[:, 1], shares @ np.array(list(weights)), atol=1e-12)


def test_what_is_impossible_stays_so_and_durations_are_found() -> None:
    """Planted durations, of a long sequence; what starts at zero stays zero."""
    p = theta() | {"rate": np.array([1.0, 12.0])}
    x = sample(shipped(), p, sizes={"s": 1, "t": 4000}, given=places(), seed=2)["x"]
    first = theta()["enter"] > 0
    start = {"enter": first / first.sum(axis=1, keepdims=True), "rate": [2.0, 9.0]}
    found = fit(shipped(), {"x": x, **places()}, start=start)
    assert_allclose(found.parameters["rate"], p["rate"], rtol=0.05)
    assert_allclose(found.parameters["enter"], p["enter"], atol=0.06)
    assert (found.parameters["enter"][~first] == 0).all()


def test_a_wrong_duration_is_seen() -> None:
    """The sum over segmentations notices a countdown that skips a step."""
    p, given = theta(), places()
    x = sample(shipped(), p, sizes={"s": 1, "t": 7}, given=given, seed=1)["x"]
    given["onward"][2] = given["onward"][1]
    found = fit(shipped(), {"x": x, **given}, start=p, max_iterations=0)
    right = special.logsumexp(list(segmentations(x[0], p).values()))
    assert abs(found.log_likelihood - right) > 1e-3
