"""Lower hulls of formation energies.

``section`` has the exact section Na–M–X as arithmetic on arrays; ``facets`` has hulls of any number
of elements as matrices, for many compositions at once. Way in: counts and energies in eV/atom.
Way out: products, energies above the hull, driving forces.
"""
