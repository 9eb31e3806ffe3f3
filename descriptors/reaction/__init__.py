"""The reaction with sodium: ΔG, potential against Na/Na⁺, steps, excess of sodium.

Experimental thermochemistry where there is some, computed energies with their measured bias where
there is not. Way in: precursors as arrays. Way out: V and kJ/mol, each with error and source.
docs/attributes.md.
"""
