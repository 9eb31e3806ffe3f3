"""Which model is fitted to which target, and why: measured, see docs/models.md."""

from typing import Any

TYPES = (
    "collections.OrderedDict",
    "lightgbm.basic.Booster",
    "lightgbm.sklearn.LGBMRegressor",
)
"""Types in a file of ours that skops does not trust by itself; none runs code on reading."""

FEW = 300
"""Rows below which trees have too little to divide [judgement, from docs/models.md]."""

MANY = 30_000
"""Rows from which more and larger trees pay [judgement]."""

HUBER = 0.1
"""Error beyond which it counts by its amount and no longer by its square (log10 or the unit).
Moduli of 10,987 rows, matbench's folds, MAE of K: squares alone 0.0785, amounts alone 0.0760,
0.05: 0.0782, 0.1: 0.0742, 0.2: 0.0758; see docs/models.md."""


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
        alpha=HUBER,
        n_estimators=1000 if rows >= MANY else 600,
        learning_rate=0.04,
        num_leaves=127 if rows >= MANY else 63,
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
    trees = estimator(name, rows, 0).n_estimators
    return f"{trees} gradient-boosted trees (LightGBM, Huber loss) on features of the composition"
