"""Homoleptic metal halides MXn: the record, its name, and the space of all of them.

The space is an index that decodes itself: ``slice(start, stop)`` gives a batch as arrays, and
nothing is ever enumerated beforehand.
"""
