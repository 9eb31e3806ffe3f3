"""What results from the bench teach: weights, what to try next, training data.

A posterior over the weights of the attributes from cycle lives, the next experiments by what they
would tell, and a replay of the paper that says how well this works. docs/learning.md.
"""
