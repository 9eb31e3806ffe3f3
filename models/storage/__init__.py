"""Models on disk: card, arrays, a store of several, and the check of foreign files.

No pickle: a model is arrays of numbers, and an estimator of another kind is built of types that the
user names. docs/security.md.
"""
