"""Programs in which a table over two axes stands in plain products only: what sparse data need."""

from autoem.program.factored.rewrite import factored

__all__ = ["factored"]
