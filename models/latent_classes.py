"""Latent classes: binary items that are independent within an unseen class.

Lazarsfeld and Henry (1968), Latent Structure Analysis; the EM algorithm is Goodman (1974),
Biometrika 61.  Seven pathologists rate 118 slides for carcinoma of the uterine cervix: Agresti
(2002), Categorical Data Analysis, table 13.1.
"""

from autoem import Axis, Bernoulli, Categorical, Interval, Latent, Model, Observed, Parameter
from autoem import Simplex


class LatentClasses(Model):
    """Binary answers, independent given the class of the respondent."""

    n, k, item = Axis("respondents"), Axis("classes"), Axis("items")
    weight = Parameter(Simplex(k))
    p = Parameter(Interval(0, 1), over=(k, item))

    z = Latent(Categorical(weight), over=n)
    x = Observed(Bernoulli(p[z]), over=(n, item))
