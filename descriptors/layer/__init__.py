"""The layer that is left behind, and its four attributes from textbook relations.

Adhesion, ionic conductivity, Young's modulus and electrolyte permeability of salt and alloy
together (fidelity F0). docs/attributes.md.
"""
