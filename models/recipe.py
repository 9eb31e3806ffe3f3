"""Which model is fitted to which target, and why."""

from typing import Any

TYPES = (
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
    "sklearn.utils._bunch.Bunch",
)
"""Types in a file of ours that skops does not trust by itself; none runs code on reading."""


def estimator(target: str, rows: int, seed: int) -> Any:
    """Give the unfitted model of a target.

    Parameters
    ----------
    target : str
        Of :data:`maiscreen.models.targets.TARGETS`.
    rows : int
        How many rows there are to learn from.
    seed : int
        Of its random numbers.
    """
    from sklearn.ensemble import HistGradientBoostingRegressor

    return HistGradientBoostingRegressor(max_iter=200, max_features=0.3, random_state=seed)


def describe(target: str, rows: int) -> str:
    """Say in words what :func:`estimator` gives."""
    return "gradient-boosted trees"
