"""Which model is fitted to which target, and why: measured, see docs/models.md."""

from typing import Any

from maiscreen.models.targets import target

TYPES = (
    "collections.OrderedDict",
    "lightgbm.basic.Booster",
    "lightgbm.sklearn.LGBMRegressor",
    "sklearn.linear_model._base.LinearRegression",
)
"""Types in a file of ours that skops does not trust by itself; none runs code on reading."""

FEW = 300
"""Rows below which trees have too little to divide [judgement, from docs/models.md]."""

HUBER = {"log10": 0.1, "linear": 0.1}
"""Error beyond which it counts by its amount and no longer by its square: log10 or the unit."""


def estimator(name: str, rows: int, seed: int) -> Any:
    """Give the unfitted model of a target.

    Parameters
    ----------
    name : str
        Of :data:`maiscreen.models.targets.TARGETS`.
    rows : int
        How many rows there are to learn from.
    seed : int
        Of its random numbers.
    """
    from lightgbm import LGBMRegressor

    return LGBMRegressor(
        objective="huber",
        alpha=HUBER["log10" if target(name).log10 else "linear"],
        n_estimators=600,
        learning_rate=0.04,
        num_leaves=63,
        colsample_bytree=0.15,
        subsample=0.8,
        subsample_freq=1,
        min_child_samples=5,
        reg_lambda=1.0,
        random_state=seed,
        deterministic=True,
        force_row_wise=True,
        n_jobs=1,
        verbose=-1,
    )


def error_estimator(rows: int, seed: int) -> Any:
    """Give the unfitted model of the absolute errors; None where there are too few rows.

    Parameters
    ----------
    rows : int
        How many errors there are to learn from.
    seed : int
        Of its random numbers.
    """
    if rows < FEW:
        return None
    from lightgbm import LGBMRegressor

    return LGBMRegressor(
        n_estimators=200,
        learning_rate=0.05,
        num_leaves=15,
        colsample_bytree=0.3,
        min_child_samples=40,
        random_state=seed,
        deterministic=True,
        force_row_wise=True,
        n_jobs=1,
        verbose=-1,
    )


def describe(name: str, rows: int) -> str:
    """Say in words what :func:`estimator` gives."""
    return "gradient-boosted trees (LightGBM, Huber loss), features of the composition"
