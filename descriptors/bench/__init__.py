"""What a precursor is at the bench: whether it can be bought, how long it lasts, what it comes in.

Way in: CAS numbers, formulas, boiling points. Way out: a word for each, with its evidence.
docs/bench.md.
"""
