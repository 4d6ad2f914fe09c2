"""Running a program on data: NumPy and SciPy only, and no model known by name."""
