"""`maiscreen models train` and `distil`: a new model, compared with the one in use.

Both are judged on the same held-back rows; the new one is promoted only where it is better.
docs/models.md.
"""
