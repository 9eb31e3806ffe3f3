"""Experimental tables, read at run time from the packages that hold them.

Boiling and critical points, vapour pressures, enthalpies and entropies, judged source by source:
``rules`` says which source is trusted first and which values are known to be wrong. docs/data.md.
"""
