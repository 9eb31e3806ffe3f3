"""Candidates to a table of descriptors: one task of a campaign.

``describe`` gives every column that gates, scores and reports need; ``interphase`` the layer in
each of its states.
"""
