"""A hidden semi-Markov model: how long a state stays is drawn when it is entered.

Yu (2010), Hidden semi-Markov models, Artificial Intelligence 174, 215, section 3.3. A place is a
state with a number of steps that are left in it, which are counted down; from the last one the next
state and its duration are drawn together, given the state before.
"""

from autoem import Axis, Binary, Categorical, Given, Index, Latent, Markov, Model, Observed
from autoem import Parameter, Poisson, Positive, Simplex, previous, where


class HiddenSemiMarkov(Model):
    """Counts whose rate changes when a state has lasted for its time."""

    s, t, k = Axis("sequences"), Axis("steps"), Axis("states")
    place = Axis("states by steps left")
    state = Given(Index(k), over=place)
    last = Given(Binary(), over=place)
    onward = Given(Simplex(place), over=place)
    initial = Parameter(Simplex(place))
    enter = Parameter(Simplex(place), over=k)
    rate = Parameter(Positive(), over=k)
    entered, counted = Categorical(enter[state[previous]]), Categorical(onward[previous])
    step = where(last[previous], entered, counted)
    z = Latent(Markov(first=Categorical(initial), then=step), over=(s, t))
    x = Observed(Poisson(rate[state[z]]), over=(s, t))
