"""Learned property models: training, splits, intervals, validation, the student.

Way in: formulas, values and a target. Way out: a model that answers with value, error and whether
the question lies in its domain, and a card that says how it was tested. docs/models.md.
"""
