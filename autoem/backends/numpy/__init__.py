"""NumPy: an array program printed as a module that stands alone."""

from autoem.backends.numpy.module import emit

__all__ = ["emit"]
