"""Death notices of women aged 80 and over, a day, in The Times of London 1910-1912.

Hasselblad (1969), Journal of the American Statistical Association 64: a mixture of two Poisson
counts, read as a summer and a winter rate.  A slow EM, rate 0.9957: log-likelihood -1989.94586.
The table has a row for each count of deaths; the days on which it occurred are its weight.

    autoem fit death_notices examples/data/death_notices.csv --size k=2 --weights n=days
"""

from autoem import Axis, Categorical, Latent, Model, Observed, Parameter, Poisson, Positive, Simplex


class DeathNotices(Model):
    """Counts from a mixture of Poisson rates."""

    n, k = Axis("days"), Axis("seasons")
    weight = Parameter(Simplex(k))
    rate = Parameter(Positive(), over=k)

    season = Latent(Categorical(weight), over=n)
    deaths = Observed(Poisson(rate[season]), over=n)
