"""Running a program on data: NumPy and SciPy only, and no model known by name."""

from autoem.runtime.data import (
    Data as Data,
    Table as Table,
    read_csv as read_csv,
    read_data as read_data,
)
from autoem.runtime.fit_result import Fit as Fit, Result as Result
from autoem.runtime.fitting import fit as fit
from autoem.runtime.program import Program as Program
from autoem.runtime.schema import Schema as Schema, VariableSchema as VariableSchema
