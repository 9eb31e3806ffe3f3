"""Which model answers in a campaign, and tables of its predictions.

What the default campaign asks is answered beforehand in a table beside the models, so that a
screen need not import scikit-learn.
"""
