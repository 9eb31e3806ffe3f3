"""Hazards and moisture by formula: what is known of a class of compounds, no assessment."""
