"""A user's training table, as training data.

Columns are recognised, units converted, rows that cannot be used left out with their reason.
docs/models.md.
"""
