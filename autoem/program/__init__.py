"""Array programs over named axes: the form between a derivation and its printed code."""
