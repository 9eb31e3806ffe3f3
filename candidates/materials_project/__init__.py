"""Today's Materials Project, as a snapshot.

The official client asks for every chemical system Na–M–X of the space; what comes back is checked
document by document and written as the tables of a snapshot. The key is read here and written
nowhere. docs/materials_project.md.
"""
