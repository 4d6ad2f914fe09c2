"""Dawid and Skene's observers: true labels of items, seen through raters with their own errors.

Dawid and Skene (1979), Maximum likelihood estimation of observer error-rates, Applied Statistics
28, 20.

    autoem derive dawid_skene
"""

from autoem import Axis, Categorical, Given, Index, Latent, Model, Observed, Parameter, Simplex


class DawidSkene(Model):
    """Ratings of items by raters who err each in a way of their own."""

    item, rater, label, row = Axis("items"), Axis("raters"), Axis("labels"), Axis("ratings")
    of_item, by = Given(Index(item), over=row), Given(Index(rater), over=row)
    prevalence = Parameter(Simplex(label))
    confusion = Parameter(Simplex(label), over=(rater, label))
    truth = Latent(Categorical(prevalence), over=item)
    answer = Observed(Categorical(confusion[by, truth[of_item]]), over=row)
