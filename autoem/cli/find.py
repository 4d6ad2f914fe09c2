"""MODEL on the command line: a file, a class in a file, or the name of a shipped model."""

from __future__ import annotations

import linecache
import sys
import traceback
from importlib import resources
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from types import ModuleType

from autoem.errors.command import NoModelInFile, NoSuchModel, SeveralModels, SpecNotImported
from autoem.errors.language import LanguageError
from autoem.language.model import Model


def find_model(text: str) -> type[Model]:
    """The model of `path.py`, `path.py:Class`, or of a shipped name.

    Errors: `NoSuchModel`, `SpecNotImported`, `NoModelInFile`, `SeveralModels`, and the errors of
    the language for a class body that is no model.
    """
    name, colon, wanted = text.rpartition(":")
    if not colon or not wanted.isidentifier():
        name, wanted = text, ""
    path = _path(name)
    found = models_in(imported(path))
    places = tuple((model.__name__, _line(model)) for model in found)
    chosen = [model for model in found if wanted in ("", model.__name__)]
    if not chosen:
        raise NoModelInFile(path=str(path), wanted=wanted, found=places)
    if len(chosen) > 1:
        raise SeveralModels(path=str(path), found=places)
    return chosen[0]


def shipped() -> dict[str, Path]:
    """Name to file of the shipped models: in the installed package, else in the checkout."""
    package = Path(str(resources.files("autoem")))
    folders = (package / "models", package.parent / "models")
    folder = next((folder for folder in folders if folder.is_dir()), folders[0])
    return {path.stem: path for path in sorted(folder.glob("*.py")) if path.stem != "__init__"}


def _path(name: str) -> Path:
    known = shipped()
    if name in known:
        return known[name]
    path = Path(name)
    if not path.is_file():
        raise NoSuchModel(name=name, known=tuple(known))
    return path


def imported(path: Path) -> ModuleType:
    """The module of a file, which may import its neighbours as a script may."""
    spec = spec_from_file_location(f"spec_{path.stem}", path.resolve())
    if spec is None or spec.loader is None:
        raise SpecNotImported(path=str(path), line=1, source="", problem="is no Python file")
    module = module_from_spec(spec)
    sys.modules[module.__name__] = module
    sys.path.insert(0, str(path.resolve().parent))
    try:
        spec.loader.exec_module(module)
    except LanguageError:
        raise
    except (Exception, SystemExit) as error:
        raise _not_imported(path, error) from error
    finally:
        sys.path.pop(0)
    return module


def _not_imported(path: Path, error: BaseException) -> SpecNotImported:
    """The innermost line of the file that was running, or the line that cannot be parsed."""
    problem = f"{type(error).__name__}: {error}"
    if isinstance(error, SyntaxError) and error.filename:
        file, line, problem = error.filename, error.lineno or 1, f"SyntaxError: {error.msg}"
    else:
        own = str(path.resolve())
        frames = traceback.extract_tb(error.__traceback__)
        lines = [frame.lineno for frame in frames if frame.filename == own]
        file, line = own, lines[-1] if lines and lines[-1] else 1
    source = linecache.getline(file, line).strip()
    shown = str(path) if Path(file) == path.resolve() else file
    return SpecNotImported(path=shown, line=line, source=source, problem=problem)


def models_in(module: ModuleType) -> tuple[type[Model], ...]:
    """The models that a module itself declares, in order."""
    return tuple(
        value
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, Model) and value is not Model
        if value.__module__ == module.__name__
    )


def _line(model: type[Model]) -> int:
    """The line of the class statement, or of its first declaration."""
    variables = model.declaration.variables
    return variables[0].line if variables else 1
