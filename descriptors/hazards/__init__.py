"""Hazards, toxicity and moisture by formula and by CAS number: what is known, no assessment.

What comes in: formulas, CAS numbers, whether they evaporate. What goes out: hazards that rule out,
GHS statements with their source, what guides say of sodium, what the glovebox needs. See
docs/safety.md.
"""
