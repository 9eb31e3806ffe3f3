"""Figures: as SVG for the page, by Matplotlib for a paper.

The only place beside the cards that imports Matplotlib. docs/figures.md.
"""
