"""Every error that a user can meet: a class with fields, its wording in one place."""

from autoem.errors.base import AutoemError
from autoem.errors.language import *  # noqa: F403

__all__ = ["AutoemError"]
