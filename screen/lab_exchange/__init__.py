"""Campaigns of other programs that choose experiments: to BayBE and Ax, and back.

Way in: a ranking and results that count, or an experiment of Ax. Way out: a file that BayBE or Ax
reads, or rows of a sheet of results. docs/exchange.md.
"""
