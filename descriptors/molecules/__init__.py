"""The same questions asked of precursors that are no MXn.

Reduction, coupling of groups, vapour pressure and hazards of mixed halides, oxyhalides and
organohalides. docs/space.md.
"""
