"""The two words that the whole runtime speaks in."""

from __future__ import annotations

import numpy as np

# --- standalone: begin
Arrays = dict[str, np.ndarray]
"""Name to array: data, parameters or statistics."""

Domain = tuple[str, float, float]
"""Kind, lower and upper end: ("interval", 0.0, 1.0). Only an interval's ends are read."""
# --- standalone: end
