"""Every node that an expression may have.

    arithmetic   Number, ArrayConstant, Listing, Position, Apply, Contraction, Lookup, Entry
    constants    Constant, DiagonalMatrix
    previous     Previous, ParentValue
    declaration  Parameter, Given, Latent, Observed (in its own module)

Transformations import the nodes from here.
"""

from autoem.language.arithmetic import (
    Apply,
    ArrayConstant,
    Axis,
    Contraction,
    Entry,
    Listing,
    Lookup,
    Node,
    Number,
    Pending,
    Position,
    lift,
)
from autoem.language.constants import Constant, DiagonalMatrix
from autoem.language.formula import Expression, ExpressionLike, subexpressions
from autoem.language.previous import ParentValue, Previous, parent, previous

__all__ = [
    "Apply",
    "ArrayConstant",
    "Axis",
    "Constant",
    "Contraction",
    "DiagonalMatrix",
    "Entry",
    "Expression",
    "ExpressionLike",
    "Listing",
    "Lookup",
    "Node",
    "Number",
    "ParentValue",
    "Pending",
    "Position",
    "Previous",
    "lift",
    "parent",
    "previous",
    "subexpressions",
]
