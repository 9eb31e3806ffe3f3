"""Numbers that report, shortlist and figures share, computed once for all of them.

The answer in words, weights, funnel of the gates, plateaus, vapour pressures, columns of the
shortlist, reasons.
"""
