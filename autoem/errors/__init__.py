"""Every error that a user can meet: a class with fields, its wording in one place."""

from autoem.errors.base import AutoemError as AutoemError
from autoem.errors.derivation import (
    DerivationError as DerivationError,
    NoExactPosterior as NoExactPosterior,
    NotDerivable as NotDerivable,
    UnknownChoice as UnknownChoice,
    NoUpdate as NoUpdate,
)
from autoem.errors.drawing import UnknownPictureFormat as UnknownPictureFormat
from autoem.errors.language import (
    BadAxes as BadAxes,
    BadLookup as BadLookup,
    BadModel as BadModel,
    BadValue as BadValue,
    LanguageError as LanguageError,
    NoTruthValue as NoTruthValue,
    Place as Place,
    Redeclared as Redeclared,
    UnknownName as UnknownName,
    here as here,
)
