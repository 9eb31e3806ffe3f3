"""Figures, each described once as a value; one pen draws it as SVG for the page, one for papers.

Way in: findings. Way out: markup for the report, or a `matplotlib.figure.Figure`. Matplotlib is
imported by its pen and its style alone. docs/figures.md, docs/decisions/0029.
"""
