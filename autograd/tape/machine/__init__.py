"""The machine: a tape run by code compiled by numba. Reading order: assemble → loops → executor → descent."""
