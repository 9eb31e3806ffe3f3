"""Gates, desirabilities, Monte Carlo over errors, ranks, Pareto front.

Way in: described candidates. Way out: score, rank, their intervals, P(top k), and for each that
is rejected the reason. docs/attributes.md.
"""
