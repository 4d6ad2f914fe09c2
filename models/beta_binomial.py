"""Overdispersed proportions: binomial counts whose probability differs from row to row.

Skellam (1948), A probability distribution derived from the binomial distribution by regarding the
probability of success as variable between the sets of trials, Journal of the Royal Statistical
Society B 10; with its Beta latent written out.
"""

from autoem import Axis, Beta, Binomial, Count, Given, Latent, Model, Observed, Parameter, Positive


class BetaBinomial(Model):
    """Successes in trials, with a probability for each row."""

    n = Axis("rows")
    trials = Given(Count(), over=n)
    a = Parameter(Positive())
    b = Parameter(Positive())

    p = Latent(Beta(a, b), over=n)
    x = Observed(Binomial(trials, p), over=n)
