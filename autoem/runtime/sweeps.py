"""EM by draws: the statistics of an iteration are their mean over sweeps of a Markov chain.

The chain goes on from iteration to iteration.  The sweeps of an iteration are in two halves.  The
step to which one half leads is judged by the draws z_1, z_2, ... of the other, which it has not
seen, and the other way round:

    gain = mean of  log p(x, z_m; step) - log p(x, z_m; old) .

The step of both together is taken once gain - 1.645 error > 0, so that the log-likelihood rises.
Until then more sweeps are added, twice as many in all.  As draws of a chain depend on each other,
the error is that of means of batches, each as long as the root of the number of draws.

Where |gain| + 1.645 error is below a tolerance, the draws show nothing to gain any more, nor to
lose.  Once the parameters of such iterations wander about a mean, without a drift from their first
half to their second, that mean is the estimate.  The log-likelihood is not estimated.
Source: Levine and Casella (2001), JCGS 10; Caffo, Jank and Jones (2005), JRSS B 67; Jones, Haran,
Caffo and Neath (2006), JASA 101.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autoem.runtime.arrays import Arrays, Domain
from autoem.runtime.edges import Place, collapsing, first_not_finite, most_extreme, shares
from autoem.runtime.em import BREAKDOWN, EStep, MStep, State, evaluate
from autoem.runtime.initial import initial_parameters, initial_posterior
from autoem.runtime.outcome import Outcome

# --- standalone: begin
Z, DRIFT = 1.645, 4.0
"""A standard error so many times is passed by chance once in twenty; and never, as good as."""
KEPT, MOST, WINDOW, SHORTENED = 500, 50_000, 20, 10
"""States of a half at which gains are asked for; sweeps of an iteration; iterations that are
averaged at the end; how often a step is halved that does not maximize Q."""
STABLE = (
    "The mean of {window} iterations, which show no drift: a step gains less than {limit:g} over "
    "{count} sweeps. The log-likelihood is not estimated."
)
UNSTABLE = (
    "Not settled: {count} sweeps do not show whether a step gains more than {limit:g}. These are "
    "the means of {window} iterations. The chain mixes slowly: choose another posterior, or raise "
    "the tolerance."
)


@dataclass(frozen=True)
class Chain:
    """A sweep as an E-step: statistics and log joint at the state that the parameters hold.

    `found` are the parameters that hold the state, with the statistics that are the next one;
    `noise` are those that hold the noise of a sweep.  A step that may go too far is halved up to
    `halvings` times.
    """

    e_step: EStep
    m_step: MStep
    found: Mapping[str, str]
    noise: tuple[str, ...]
    generator: np.random.Generator
    halvings: int = 0

    @property
    def own(self) -> tuple[str, ...]:
        """The parameters that the model does not declare."""
        return (*self.found, *self.noise)

    def noisy(self, point: Arrays) -> Arrays:
        """The point with new noise for a sweep."""
        draws = {name: self.generator.standard_normal(point[name].shape) for name in self.noise}
        return point | draws

    def moved(self, point: Arrays, statistics: Arrays) -> Arrays:
        """The point with the state that a sweep has drawn."""
        drawn = {held: np.asarray(statistics[name], float) for held, name in self.found.items()}
        return point | drawn


@dataclass(frozen=True)
class Sample:
    """Draws: the sums of their statistics, and of some, evenly spread, state and log joint."""

    sums: Arrays
    count: int
    kept: tuple[tuple[Arrays, float], ...]

    def with_more(self, other: Sample) -> Sample:
        """Both together; where too many draws are kept, every other one."""
        sums = {name: value + self.sums[name] for name, value in other.sums.items()}
        kept = (*self.kept, *other.kept)
        return Sample(sums, self.count + other.count, kept[::2] if len(kept) > KEPT else kept)

    def means(self) -> Arrays:
        """The statistics of the hypothetical data set."""
        return {name: value / self.count for name, value in self.sums.items()}

    def gains(self, chain: Chain, new: Arrays) -> np.ndarray:
        """How much greater the log joint is at new parameters, draw by draw."""
        found = (evaluate(chain.e_step, new | state)[1] - height for state, height in self.kept)
        return np.array(list(found))


def sampled(chain: Chain, point: Arrays, sweeps: int) -> tuple[Sample, Arrays]:
    """So many sweeps, and the point with the state after them."""
    sums: Arrays = {}
    kept = []
    for number in range(sweeps):
        point = chain.noisy(point)
        statistics, height = evaluate(chain.e_step, point)
        if not math.isfinite(height):
            raise FloatingPointError
        if number % -(-sweeps // KEPT) == 0:
            kept.append(({name: point[name] for name in chain.found}, height))
        sums = {name: value + sums.get(name, 0) for name, value in statistics.items()}
        point = chain.moved(point, statistics)
    return Sample(sums, sweeps, tuple(kept)), point


def batch_error(values: np.ndarray) -> float:
    """The standard error of the mean of values that depend on those before: by batch means.

    >>> round(batch_error(np.repeat([1.0, -1.0] * 8, 16)), 3), 1 / 16
    (0.258, 0.0625)
    """
    length = math.isqrt(len(values))
    batches = len(values) // max(length, 1)
    if batches < 4:
        return math.inf
    means = values[-batches * length :].reshape(batches, length).mean(axis=1)
    return float(np.std(means, ddof=1) / math.sqrt(batches))


@dataclass(frozen=True)
class Climb:
    """One iteration: its step, the gain of it and its error, after how many sweeps, from where."""

    point: Arrays
    gain: float
    error: float
    count: int
    height: float

    @property
    def is_up(self) -> bool:
        """Whether Q is surely greater."""
        return self.gain - Z * self.error > 0

    def is_flat(self, tolerance: float) -> bool:
        """Whether surely nothing that counts is gained, or lost by chance."""
        return abs(self.gain) + Z * self.error < tolerance


def climb(chain: Chain, point: Arrays, draws: int, tolerance: float) -> Climb:
    """Sweeps until the step that they lead to is surely up or flat, or they are too many."""
    first, point = sampled(chain, point, max(draws // 2, 2))
    while True:
        second, point = sampled(chain, point, first.count)
        steps = [chain.m_step(half.means(), point) for half in (first, second)]
        judged = np.concatenate([second.gains(chain, steps[0]), first.gains(chain, steps[1])])
        both = first.with_more(second)
        gain, error = float(np.mean(judged)), batch_error(judged)
        found = Climb(_step(chain, point, both), gain, error, both.count, _height(both))
        if found.is_up or found.is_flat(tolerance) or both.count >= MOST:
            return found
        first = both


def _height(sample: Sample) -> float:
    """The mean of the log joint."""
    return float(np.mean([height for _, height in sample.kept]))


def _step(chain: Chain, point: Arrays, sample: Sample) -> Arrays:
    """The step to the maximum of Q; where it may go too far, halved until Q does not fall."""
    new = chain.m_step(sample.means(), point) | {name: point[name] for name in chain.found}
    for _ in range(chain.halvings):
        if np.mean(sample.gains(chain, new)) >= 0:
            break
        new = {name: (value + new[name]) / 2 for name, value in point.items()}
    return new


def drifts(steps: Sequence[Climb], names: Sequence[str]) -> bool:
    """Whether some parameter has moved, from the first half of the steps to the second."""
    half = len(steps) // 2
    for name in names:
        values = np.array([step.point[name] for step in steps])
        one, two = values[:half], values[half:]
        error = np.sqrt((one.var(axis=0) + two.var(axis=0)) / half)
        if np.any(np.abs(one.mean(axis=0) - two.mean(axis=0)) > DRIFT * error + 1e-12):
            return True
    return False


def run_by_draws(
    chain: Chain,
    parameters: Arrays,
    domains: Mapping[str, Domain],
    options: Mapping[str, Any],
    max_iterations: int = 10_000,
    report: Callable[[State], None] | None = None,
) -> Outcome:
    """Iterate from `parameters`, which hold a state, until nothing is gained any more.

    `options` are draws, burn_in and tolerance.  Source: Caffo, Jank and Jones (2005).
    """
    own = {name: domain for name, domain in domains.items() if name not in chain.own}
    point, scale, why = parameters, parameters, ""
    where: tuple[Place, ...] = ()
    draws, tolerance, window = options["draws"], options["tolerance"], WINDOW
    last: list[Climb] = []
    trace: list[float] = []
    try:
        point = sampled(chain, point, options["burn_in"])[1]
        while not why and len(trace) < max_iterations:
            step = climb(chain, point, draws, tolerance)
            before, point, draws = point, step.point, step.count
            trace.append(step.height)
            if first_not_finite(point):
                raise FloatingPointError
            scale = scale if len(trace) > 1 else point | shares(own, parameters)
            where = collapsing(own, scale, before, point, step.gain)
            last = [] if step.is_up and not step.is_flat(tolerance) else [*last, step]
            if len(last) >= window and drifts(last, tuple(own)):
                last, window = last[len(last) // 2 :], 2 * window
            why = "degenerate" if where else "converged" if len(last) >= window else ""
            if report:
                report(State(point, {}, step.height, maps=len(trace), gain=step.gain))
    except KeyboardInterrupt:
        why = "interrupted"
    except BREAKDOWN:
        why, where = "degenerate", most_extreme(own, point, scale)[0]
    height = trace[-1] if trace else -math.inf
    found = Outcome(why or "max_iterations", where, point, height, tuple(trace), len(trace))
    return _averaged(found, last, tuple(own), tolerance) if why == "converged" else found


def _averaged(
    found: Outcome, last: Sequence[Climb], names: Sequence[str], tolerance: float
) -> Outcome:
    """The outcome at the mean of the last parameters, and what is to be said of them."""
    means = {name: np.mean([step.point[name] for step in last], axis=0) for name in names}
    settled = all(step.is_flat(tolerance) for step in last)
    said = (STABLE if settled else UNSTABLE).format(
        count=last[-1].count, limit=tolerance, window=len(last)
    )
    result = "converged" if settled else "unsettled"
    parameters = found.parameters | means
    return replace(found, result=result, parameters=parameters, remark=said)


def chain_of(
    schema: Mapping[str, Any], e_step: EStep, m_step: MStep, generator: np.random.Generator
) -> Chain:
    """The chain of a schema that has `draws`."""
    plan = schema["draws"]
    halvings = 0 if schema.get("exact", True) else SHORTENED
    return Chain(e_step, m_step, plan["found"], tuple(plan["noise"]), generator, halvings)


def first_state(
    schema: Mapping[str, Any],
    data: Arrays,
    sizes: Mapping[str, int],
    generator: np.random.Generator,
) -> Arrays:
    """Parameters to begin from, with a state: categories as the data lie, all else at random."""
    point = initial_parameters(schema, data, sizes, generator)
    plain = {name: value for name, value in schema.items() if name != "expectations"}
    soft = initial_posterior(plain, data, sizes, generator)
    states = {f"held_{name}": value for name, value in soft.items()}
    return point | {name: value for name, value in states.items() if name in point}


# --- standalone: end
