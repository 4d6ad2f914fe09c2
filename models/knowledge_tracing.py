"""Bayesian knowledge tracing: a skill is learnt at some exercise, and is not lost again.

Corbett and Anderson (1994), User Modeling and User-Adapted Interaction 4, 253: the probabilities to
know beforehand and to learn at an exercise; to guess without knowing, and not to slip when knowing.

    autoem derive knowledge_tracing
"""

from math import nan

from autoem import Axis, Bernoulli, Categorical, Interval, Latent, Markov, Model, Observed
from autoem import Parameter, Simplex, previous


class KnowledgeTracing(Model):
    """Right and wrong answers of students to a sequence of exercises."""

    s, t, k = Axis("students"), Axis("exercises"), Axis("knowledge", size=2)
    known = Parameter(Simplex(k))
    learn = Parameter(Simplex(k), over=k, fixed=[[nan, nan], [0, 1]])
    answer = Parameter(Interval(0, 1), over=k)
    knows = Latent(Markov(first=Categorical(known), then=Categorical(learn[previous])), over=(s, t))
    right = Observed(Bernoulli(answer[knows]), over=(s, t))
