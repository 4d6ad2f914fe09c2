"""Lowering: from the derivation to the array program.

Every named quantity of the derivation becomes one array over named axes, and every sum of terms
one contraction, so that the program can be read beside the derivation line by line.
"""

from autoem.program.lower.program import lower as lower
