"""How much of each transcript: reads that are compatible with several of them.

Li, Ruotti, Stewart, Thomson and Dewey (2010), RNA-Seq gene expression estimation with read mapping
uncertainty, Bioinformatics 26, 493.  Reads that are compatible with the same transcripts are one
class, and the number of them its weight; `compatible` may be a sparse matrix.  A transcript of
effective length l has 1 / l of its reads at each place.
"""

from autoem import Axis, Categorical, Evidence, Given, Latent, Model, NonNegative, Observed
from autoem import Parameter, Positive, Simplex


class RnaQuantification(Model):
    """Classes of reads, each from one of the transcripts it is compatible with."""

    n, k = Axis("classes of reads"), Axis("transcripts")
    compatible = Given(NonNegative(), over=(n, k))
    length = Given(Positive(), over=k)
    share = Parameter(Simplex(k))

    source = Latent(Categorical(share), over=n)
    seen = Observed(Evidence(compatible[source] / length[source]), over=n)
