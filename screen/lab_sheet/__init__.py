"""Results from the bench: grid, headings, cells, rows accepted or refused.

Way in: CSV or XLSX that a chemist filled in. Way out: records with units, and for each refused row
the field, the value and the remedy. docs/lab.md.
"""
