"""A user's own computed entries, added to a snapshot.

Way in: pymatgen's ComputedStructureEntry as JSON, or a CSV of formation energies. Way out: a new
snapshot with the entries marked as the user's. What was computed in another scheme than the
snapshot is refused. docs/materials_project.md.
"""
