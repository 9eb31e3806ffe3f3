"""The vapour pressure of one substance.

From a measured correlation, a table, or the boiling point, in that order, each with its error;
and the route (vapour or solution) that follows. docs/attributes.md.
"""
