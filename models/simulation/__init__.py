"""Simulations under an interatomic potential: relaxation, elastic tensor, migration, adhesion.

Way in: a prototype and the name of a potential. Way out: labels with their checks. The only place
that imports torch, ASE and SevenNet, which are an optional extra. docs/potential.md.
"""
