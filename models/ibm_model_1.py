"""IBM model 1: every word of a sentence translates one word of its source, nobody says which.

Brown, Della Pietra, Della Pietra and Mercer (1993), The mathematics of statistical machine
translation, Computational Linguistics 19, 263. The weights of a source's positions are equal, and
zero behind its last word.

    autoem derive ibm_model_1
"""

from autoem import Axis, Categorical, Given, Index, Latent, Model, Observed, Parameter, Simplex


class IBMModel1(Model):
    """Words with hidden alignments to the positions of a source sentence."""

    row, s, i = Axis("words"), Axis("sentences"), Axis("positions")
    e, f = Axis("source vocabulary"), Axis("target vocabulary")
    source = Given(Index(e), over=(s, i))
    position = Given(Simplex(i), over=s)
    sentence = Given(Index(s), over=row)
    translation = Parameter(Simplex(f), over=e)
    a = Latent(Categorical(position[sentence]), over=row)
    word = Observed(Categorical(translation[source[sentence, a]]), over=row)
