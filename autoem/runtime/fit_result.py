"""The result of a fit: a value that says what was found, how well, and why it stopped."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import numpy as np

from autoem.errors.run import NoLikelihood, NothingAttached, NothingToDecode, TooMuchInformation
from autoem.runtime.arrays import Arrays
from autoem.runtime.by_draws import posterior_by_draws, started
from autoem.runtime.data import Data, read_data
from autoem.runtime.digits import real_sizes
from autoem.runtime.edges import Place
from autoem.runtime.factors import at_rest
from autoem.runtime.information import Information, information
from autoem.runtime.labels import Level
from autoem.runtime.latents import by_latent
from autoem.runtime.program import Program
from autoem.runtime.saved import read_archive, write_archive
from autoem.runtime.schema import Schema
from autoem.runtime.sequences import by_length, without_tails
from autoem.runtime.summary import summary


class Result(str):
    """Why a fit stopped: a word that compares as text, with advice.

    >>> result = Result("boundary", "The optimum lies on the edge.")
    >>> result == "boundary", result.advice
    (True, 'The optimum lies on the edge.')
    """

    advice: str

    def __new__(cls, word: str, advice: str = "") -> Result:
        result = str.__new__(cls, word)
        result.advice = advice
        return result


@dataclass(frozen=True)
class Fit:
    """Maximum likelihood (with a prior, maximum a posteriori) estimates of a model.

    `parameters`: name to array, axes `over=` in order, then event axes.  `log_likelihood`: of the
    data at the parameters.  `objective`: what was maximized, the log-likelihood plus the log prior.
    `trace`: the objective at the start and after each of `iterations` maps (`jumps` of them by the
    acceleration).  `result`: converged, max_iterations, degenerate, boundary, decreased, unsettled
    (`runtime.settle`) or interrupted, with `.advice`.  `levels`: axis to the labels of its
    categories or columns.  `missing`: variable to its number of missing cells. `observations`: as
    `runtime.observations` counts.  `fixed`: what was held, nan where free.  `edges`: the entries
    that a result boundary or degenerate is about.  `condensed`: what an iteration went through
    instead of the rows, if anything (`runtime.condensed`).  `found`: the information that was saved
    with the fit.
    """

    schema: Schema
    parameters: Arrays
    log_likelihood: float
    objective: float
    trace: tuple[float, ...] = field(repr=False)
    result: Result
    iterations: int
    free_parameters: int
    observations: float
    sizes: Mapping[str, int]
    levels: Mapping[str, list[Level]] = field(default_factory=dict)
    missing: Mapping[str, int] = field(default_factory=dict)
    fixed: Arrays = field(default_factory=dict, repr=False)
    jumps: int = 0
    edges: tuple[Place, ...] = field(default=(), repr=False)
    condensed: str = ""
    found: Information | None = field(default=None, repr=False, compare=False)
    factors: Arrays = field(default_factory=dict, repr=False, compare=False)
    program: Program | None = field(default=None, repr=False, compare=False)
    data: Data | None = field(default=None, repr=False, compare=False)

    @property
    def elbo(self) -> float:
        """The bound F of a mean field, below the log-likelihood; without one, the objective."""
        return self.objective

    @property
    def point(self) -> Arrays:
        """The parameters with those of the factors of a mean field, as the program takes them."""
        return self.parameters | self.factors

    @property
    def aic(self) -> float:
        """Akaike's criterion, -2 log L + 2 p with p free parameters; small is good."""
        return -2 * self.log_likelihood + 2 * self.free_parameters

    @property
    def bic(self) -> float:
        """Schwarz's criterion, -2 log L + p log n with n observations; small is good."""
        return -2 * self.log_likelihood + self.free_parameters * math.log(self.observations)

    def posterior(self, data: Any = None) -> dict[str, Any]:
        """Expectations of the latents given the data of the fit, or given new data.

        A discrete latent has the probabilities of its states, axes plates and then states; any
        other has its mean and variance, covariance or expected statistics by these words.  An
        observed variable with gaps has them too: the mean is the data with the gaps filled.  Behind
        the end of a sequence that is shorter than others stands nan; what is zero with a sparse
        table is a matrix of scipy.sparse.
        Errors: `NothingAttached` for a loaded fit; those of `read_data` for new data.
        """
        program, read = self._attached("the posterior", data)
        if self.schema.draws:
            return posterior_by_draws(
                program, program.arrays(read), self._point(data, program, read), read.sizes
            )
        arrays = program.posterior(program.arrays(read), self._point(data, program, read))
        found = by_latent(self.schema, program.latents, arrays, read.sizes)
        return found if read.lengths is None else without_tails(self.schema, read.lengths, found)

    def decode(self, data: Any = None) -> Arrays:
        """The most probable states of the discrete latents, all together: argmax p(z | x, theta).

        Latent to codes, axes its plates.  Along a chain it is the path of Viterbi (1967), which is
        not the most probable state at every step, and -1 behind the end of a sequence.  Latents
        that are not discrete are integrated out.  Errors: `NothingToDecode`; `NothingAttached` for
        a loaded fit; those of `read_data`.
        """
        program, read = self._attached("the most probable states", data)
        if program.decode is None:
            raise NothingToDecode(latents=tuple(v.name for v in self.schema.of_kind("latent")))
        arrays, best = program.arrays(read), program.decode
        point = self._point(data, program, read)
        if read.lengths is None:
            return best(arrays, point)

        def states(part: Arrays) -> Arrays:
            return best(part, part)

        return by_length(self.schema, read.lengths, {**arrays, **point}, read.sizes, states)

    def score(self, data: Any = None, weights: Mapping[str, Any] | None = None) -> float:
        """The log-likelihood of new data at the estimates, labels read by the levels of the fit.

        Of a mean field it is the bound, at the factors of these data.
        """
        program, read = self._attached("the score", data, weights)
        if self.schema.draws:
            raise NoLikelihood(objective=self.schema.objective)
        point = self._point(data, program, read)
        return program.log_likelihood(program.arrays(read), point, program.row_weights(read))

    def information(self) -> Information:
        """The observed information at the estimates: what it says of them, and how sure they are.

        Each coordinate takes some eight E-steps.  Errors: `NothingAttached` for a loaded fit;
        `TooMuchInformation` where that would take hours.
        """
        return self._found if self.found is None else self.found

    @property
    def at_hand(self) -> Information | None:
        """The information where it has been taken already, or takes no time."""
        if self.found is not None or "_found" in vars(self):
            return self.information()
        if self.result not in OPTIMA or self.program is None or self.program.score is None:
            return None
        if self.data is None or effort(self.free_parameters, self.data.arrays) > AT_ONCE:
            return None
        return self.information()

    @cached_property
    def _found(self) -> Information:
        program, read = self._attached("the information", None)
        if program.score is None:
            raise NothingAttached(question="the information", needs="the score of the program")
        rows = program.condensed(program.arrays(read), program.row_weights(read))
        _check_size(self.free_parameters, rows.data)
        score = partial(program.score, rows.data, weights=rows.weights)
        lengths = real_sizes(self.schema.to_dict(), read.arrays, read.sizes)
        return information(self.schema, self.point, score, self.fixed, self.edges, lengths)

    @property
    def standard_errors(self) -> Arrays:
        """Standard errors of the parameters, each an array like its parameter.

        From the observed information by the delta method: 0 where an entry is held fixed, nan where
        it has none; `information().reasons` says why.
        """
        return self.information().standard_errors

    def sample(self, sizes: Mapping[str, int] | None = None, seed: int | None = None) -> Arrays:
        """Data simulated at the estimates; `NothingAttached` without such a hook."""
        return dict(self.hook("sample")(self, sizes, seed))

    def hook(self, name: str) -> Callable[..., Any]:
        """A further function of the model by name; see `Program.hooks`."""
        if self.program is None or name not in self.program.hooks:
            raise NothingAttached(question=name, needs="the program")
        return self.program.hooks[name]

    def __str__(self) -> str:
        return self.summary()

    def summary(self) -> str:
        """A table of the estimates, the criteria, and why the fit stopped."""
        return summary(self)

    def save(self, path: str | Path) -> None:
        """Write the fit to one file (a zip of JSON and .npy), all of it or nothing.

        Errors: `FileNotOurs` if something else lies there.
        """
        plain = {f.name: vars(self)[f.name] for f in fields(self) if f.name not in _APART}
        plain |= {"schema": self.schema.to_dict(), "advice": self.result.advice}
        plain["fixed"] = {name: value.tolist() for name, value in self.fixed.items()}
        plain["found"] = None if self.at_hand is None else self.at_hand.to_dict()
        write_archive(Path(path), plain, self.parameters)

    @staticmethod
    def load(path: str | Path, program: Program | None = None) -> Fit:
        """The fit that `save` wrote; with its program it answers questions about new data.

        Errors: `NotASavedFit`.
        """
        plain, parameters = read_archive(Path(path))
        plain["result"] = Result(plain["result"], plain.pop("advice"))
        plain["schema"] = Schema.from_dict(plain["schema"])
        plain["trace"] = tuple(plain["trace"])
        plain["fixed"] = {name: np.array(value) for name, value in plain["fixed"].items()}
        plain["found"] = plain["found"] and Information.from_dict(plain["found"])
        plain["edges"] = tuple((name, tuple(index)) for name, index in plain["edges"])
        return Fit(parameters=parameters, program=program, **plain)

    def attach(self, program: Program, data: Data | None = None) -> Fit:
        """The same fit with a program, and the data that it was fitted to."""
        return replace(self, program=program, data=data)

    def _point(self, data: Any, program: Program, read: Data) -> Arrays:
        """The parameters, with the means that a mean field holds: of the fit, or of new data."""
        held = any(v.variational for v in self.schema.of_kind("parameter"))
        if not held or (data is None and self.factors):
            return self.point
        if self.schema.draws:
            return started(program, program.arrays(read), read.sizes, 0, self.parameters)
        weights = program.row_weights(read)
        return at_rest(program, program.arrays(read), self.parameters, read.sizes, weights)

    def _attached(
        self, question: str, data: Any, weights: Mapping[str, Any] | None = None
    ) -> tuple[Program, Data]:
        if self.program is None:
            raise NothingAttached(question=question, needs="the program")
        if data is None:
            if self.data is None:
                raise NothingAttached(question=question, needs="data")
            return self.program, self.data
        kept = [axis for v in self.schema.own_parameters for axis in v.axes]
        sizes = {axis: self.sizes[axis] for axis in dict.fromkeys(kept)}
        read = read_data(self.schema, data, sizes, weights, levels=self.levels)
        return self.program.taking(read), read


OPTIMA = ("converged", "boundary")
"""Results that have standard errors."""

AT_ONCE = 4e6
"""Numbers of the data to be gone through that take no time: a fraction of a second."""

LEAST = 3000
"""Numbers that take as long as a call that goes through fewer."""


def effort(coordinates: int, arrays: Arrays) -> int:
    """How many numbers the information goes through: all of them eight times a coordinate."""
    return 8 * coordinates * max(LEAST, sum(array.size for array in arrays.values()))


LARGEST, MOST = 2000, 1e11
"""Coordinates whose matrix fits everywhere, and numbers that are gone through in some minutes."""


def _check_size(coordinates: int, arrays: Arrays) -> None:
    """Raises TooMuchInformation."""
    numbers = float(effort(coordinates, arrays))
    if coordinates > LARGEST or numbers > MOST:
        raise TooMuchInformation(
            coordinates=coordinates, largest=LARGEST, numbers=numbers, most=MOST
        )


_APART = ("parameters", "factors", "program", "data", "found")
