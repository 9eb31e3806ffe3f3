"""Features of a composition for learned models.

Statistics over tables of elements, as arrays: the same numbers as matminer's Magpie preset, and
what goes with them. docs/models.md.
"""
