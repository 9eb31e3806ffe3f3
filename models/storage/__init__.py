"""Models on disk: card, weights, a store of several, and the check of foreign files.

No pickle: a model file is read within a schema of allowed types, and refused otherwise.
docs/security.md.
"""
