"""The paper's cells, the comparison with its order, and what contradicts it.

SnCl4, SiCl4 and TiCl4 and the controls, scored by the same rules as every candidate; and any table
of published cells beside the scores.
docs/validation.md.
"""
