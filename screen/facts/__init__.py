"""Numbers that report, shortlist and figures share: `Findings` has each of them, computed once.

The answer in words, weights, funnel of the gates, plateaus, vapour pressures, columns of the
shortlist, reasons, who beats whom.
"""
