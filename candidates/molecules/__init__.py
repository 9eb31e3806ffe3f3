"""Precursors that are no MXn, and blends of precursors.

Mixed halides, oxyhalides and organohalides from a registry with sources, their data, and the
indexable space of blends of up to three of them. docs/space.md.
"""
