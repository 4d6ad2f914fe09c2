"""One file for a fit: a zip that holds `fit.json` and an .npy member for each array."""

from __future__ import annotations

import io
import json
import os
import tempfile
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from autoem.errors.run import FileNotOurs, NotASavedFit
from autoem.runtime.arrays import Arrays

FORMAT = {"format": "autoem fit", "version": 1}


def write_archive(path: Path, plain: dict[str, Any], arrays: Arrays) -> None:
    """Write to a temporary name beside `path`, sync, rename: all of it or nothing.

    Errors: `FileNotOurs` where something lies that this function did not write.
    """
    if path.exists() and not _is_ours(path):
        raise FileNotOurs(path=str(path), expected="a fit saved by autoem")
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            _write(file, plain, arrays)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def _write(file: Any, plain: dict[str, Any], arrays: Arrays) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("fit.json", json.dumps(FORMAT | plain, indent=1))
        for name, array in arrays.items():
            member = io.BytesIO()
            np.save(member, array, allow_pickle=False)
            archive.writestr(f"{name}.npy", member.getvalue())


def read_archive(path: Path) -> tuple[dict[str, Any], Arrays]:
    """The plain fields and the arrays of a file written by `write_archive`; `NotASavedFit`."""
    try:
        with zipfile.ZipFile(path) as archive:
            plain = json.loads(archive.read("fit.json"))
            if {name: plain.pop(name, None) for name in FORMAT} != FORMAT:
                raise NotASavedFit(path=str(path), problem="another format or version")
            names = [name for name in archive.namelist() if name.endswith(".npy")]
            return plain, {name.removesuffix(".npy"): _array(archive.read(name)) for name in names}
    except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
        raise NotASavedFit(path=str(path), problem=str(error)) from error


def _array(member: bytes) -> np.ndarray:
    return np.asarray(np.load(io.BytesIO(member), allow_pickle=False))


def _is_ours(path: Path) -> bool:
    try:
        read_archive(path)
    except NotASavedFit:
        return False
    return True
