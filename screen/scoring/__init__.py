"""Gates, desirabilities, Monte Carlo over errors, places, tiers, Pareto front.

Way in: described candidates. Way out: score, expected place, their intervals, rank, tier, P(top k),
and for each that is rejected the reason. docs/attributes.md.
"""
