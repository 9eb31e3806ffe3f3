"""Answers about single candidates and next steps.

All that is known of a precursor, which label would improve the shortlist most, whose rank another
snapshot changes.
"""
