"""Crystal structures as geometry, without any potential.

Prototypes of the Na–M phases, space groups, hops between sites and how they percolate, supercells,
slabs that match sodium. docs/potential.md.
"""
