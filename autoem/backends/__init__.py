"""The backends: what prints an array program."""

from autoem.backends.numpy import emit as numpy

BACKENDS = {"numpy": numpy}
"""Name to printer."""
