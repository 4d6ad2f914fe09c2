"""Blood groups: the frequencies of three alleles from the counts of four phenotypes.

Gene counting: Ceppellini, Siniscalco and Smith (1955), Annals of Human Genetics 20.  Under random
mating the genotypes AA, AO, BB, BO, AB, OO are products of allele frequencies; AA and AO both show
as A, BB and BO as B.  Counts 186 A, 38 B, 13 AB, 284 O are those of Clarke et al. (1959).
"""

from autoem import Aggregate, Axis, Count, Given, Latent, Model, Multinomial, Observed, Parameter
from autoem import Simplex


class BloodGroups(Model):
    """Genotypes in Hardy-Weinberg proportions, seen as phenotypes A, B, AB, O."""

    people = Given(Count())
    allele = Axis("alleles A, B, O", size=3)
    freq = Parameter(Simplex(allele))

    a, b, o = freq[0], freq[1], freq[2]
    genotype = Latent(Multinomial(people, [a**2, 2 * a * o, b**2, 2 * b * o, 2 * a * b, o**2]))
    phenotype = Observed(Aggregate(genotype, groups=[(0, 1), (2, 3), (4,), (5,)]))
