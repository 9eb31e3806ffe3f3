"""Whole runs from Python: campaigns, blends, labels, lab results, shortlists, plots.

Way in: a campaign and a folder. Way out: the outputs in that folder, the manifest last.
"""
