"""Every error that a user can meet: a class with fields, its wording in one place."""

from autoem.errors.axis import OutsideAxis as OutsideAxis
from autoem.errors.base import AutoemError as AutoemError
from autoem.errors.data import (
    BadSize as BadSize,
    CategoryOutOfRange as CategoryOutOfRange,
    DataError as DataError,
    EmptyData as EmptyData,
    MissingGiven as MissingGiven,
    MissingValues as MissingValues,
    MissingVariable as MissingVariable,
    NoSuchName as NoSuchName,
    NotANumber as NotANumber,
    NotATable as NotATable,
    NotFinite as NotFinite,
    OutsideDomain as OutsideDomain,
    RaggedData as RaggedData,
    SizesDisagree as SizesDisagree,
    SizeUnknown as SizeUnknown,
    TooLargeMatrix as TooLargeMatrix,
    UnreadableTable as UnreadableTable,
    WrongDimensions as WrongDimensions,
)
from autoem.errors.derivation import (
    DerivationError as DerivationError,
    NoExactPosterior as NoExactPosterior,
    NotDerivable as NotDerivable,
    NotSparse as NotSparse,
    NoUpdate as NoUpdate,
    UnknownChoice as UnknownChoice,
    UnusedParameter as UnusedParameter,
)
from autoem.errors.drawing import UnknownPictureFormat as UnknownPictureFormat
from autoem.errors.language import (
    AmbiguousAxis as AmbiguousAxis,
    AmbiguousIndex as AmbiguousIndex,
    LanguageError as LanguageError,
    NoAxisToConsume as NoAxisToConsume,
    NoCommonAxis as NoCommonAxis,
    NoCondition as NoCondition,
    NoEntry as NoEntry,
    NotAnAxis as NotAnAxis,
    NotAnExpression as NotAnExpression,
    NotAnIndex as NotAnIndex,
    NoValue as NoValue,
    RepeatedAxis as RepeatedAxis,
    TwofoldAxis as TwofoldAxis,
    UnlikeBranches as UnlikeBranches,
)
from autoem.errors.law import (
    BadBounds as BadBounds,
    BadFixed as BadFixed,
    BadGroups as BadGroups,
    BadPrior as BadPrior,
    NoCategoryAxis as NoCategoryAxis,
    NoEvent as NoEvent,
    NoStep as NoStep,
    NotADomain as NotADomain,
    NotALatent as NotALatent,
    NotALaw as NotALaw,
    NotAPlate as NotAPlate,
    OnlyObserved as OnlyObserved,
    PreviousOutsideChain as PreviousOutsideChain,
    UncoveredAxes as UncoveredAxes,
    UnlikeLaws as UnlikeLaws,
    WrongEvent as WrongEvent,
)
from autoem.errors.model import (
    ModelHasNoInstances as ModelHasNoInstances,
    ModelIsFinal as ModelIsFinal,
    NamedTwice as NamedTwice,
    NoObserved as NoObserved,
    NotADeclaration as NotADeclaration,
    NotAModel as NotAModel,
    Redeclared as Redeclared,
    ReservedName as ReservedName,
    Undeclared as Undeclared,
    UnknownName as UnknownName,
    UsedBeforeDeclared as UsedBeforeDeclared,
)
from autoem.errors.place import (
    Place as Place,
    here as here,
    place_of as place_of,
)
from autoem.errors.run import (
    BadOption as BadOption,
    FileNotOurs as FileNotOurs,
    NoLikelihood as NoLikelihood,
    NotASavedFit as NotASavedFit,
    NothingAttached as NothingAttached,
    NothingToDecode as NothingToDecode,
    RunError as RunError,
    TooMuchInformation as TooMuchInformation,
)
from autoem.errors.seen import (
    CrossedBounds as CrossedBounds,
    ImpossibleRow as ImpossibleRow,
)
from autoem.errors.sequences import NoSequences as NoSequences, NotOneValue as NotOneValue
from autoem.errors.tables import (
    NotSparseData as NotSparseData,
    OtherTables as OtherTables,
    TooManyStates as TooManyStates,
)
from autoem.errors.tree import NotATree as NotATree
from autoem.errors.weights import (
    BadWeight as BadWeight,
    NotIndependent as NotIndependent,
    OtherWeights as OtherWeights,
)
