"""Vapour over a mixture, exposure, and the layer of a mixture.

Raoult's law over the liquid, thickness from exposure, volumes and attributes of the layer by
shares. A blend of one precursor is that precursor to the last digit. docs/space.md.
"""
