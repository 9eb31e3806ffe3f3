"""Which model is fitted to which target, and why: measured, see docs/models.md.

Mean absolute errors of log10 K and log10 G, 10,987 rows, matbench's five folds, LightGBM:

=============================================================  ======  ======
squared errors, Magpie's features                              0.0794  0.0987
the same with the features in use                              0.0785  0.0980
amounts of errors                                              0.0760  0.0997
Huber loss, as here                                            0.0742  0.0974
=============================================================  ======  ======

The choice was made on these folds. On the first alone, with squared errors and like features:
LightGBM 0.0755, 0.0964; scikit-learn's histogram trees 0.0755, 0.0971 (several times slower, and
without a Huber loss); extra trees 0.0775, 0.0985 (but too large to save); three perceptrons
0.0798, 0.0999; kernel ridge 0.0816, 0.1037.
"""

from typing import Any

TYPES = (
    "collections.OrderedDict",
    "lightgbm.basic.Booster",
    "lightgbm.sklearn.LGBMRegressor",
)
"""Types in a file of ours that skops does not trust by itself; none runs code on reading."""

FEW = 300
"""Errors below which no model of errors is fitted [judgement]."""

MANY = 30_000
"""Rows from which larger trees are fitted [judgement]."""

HUBER = 0.27
"""Error beyond which it counts by its amount and no longer by its square, in standard deviations
of the values. Measured on moduli by matbench's folds, MAE of log10 K: squares alone 0.0785, 0.54:
0.0758, 0.27: 0.0742, 0.14: 0.0782, amounts alone 0.0760; see docs/models.md."""


def estimator(rows: int, spread: float, seed: int) -> Any:
    """Give the unfitted model: the same for every target and from ten rows on.

    Parameters
    ----------
    rows : int
        How many rows there are to learn from.
    spread : float
        Standard deviation of their values, on the scale on which they are learned.
    seed : int
        Of its random numbers.
    """
    return _trees(
        seed,
        objective="huber",
        alpha=HUBER * spread,
        n_estimators=600,
        learning_rate=0.04,
        num_leaves=127 if rows >= MANY else 63,
        colsample_bytree=0.15,
        subsample=0.8,
        subsample_freq=1,
        min_child_samples=5,
        reg_lambda=1.0,
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
    return _trees(
        seed,
        n_estimators=200,
        learning_rate=0.05,
        num_leaves=15,
        colsample_bytree=0.3,
        min_child_samples=40,
    )


def _trees(seed: int, **settings: Any) -> Any:
    """Give trees that come out the same on every machine: one thread, in a fixed order."""
    from lightgbm import LGBMRegressor

    same: dict[str, Any] = {
        "deterministic": True,
        "force_row_wise": True,
        "n_jobs": 1,
        "verbose": -1,
    }
    return LGBMRegressor(random_state=seed, **same, **settings)


def describe(rows: int) -> str:
    """Say in words what :func:`estimator` gives."""
    trees = estimator(rows, 1.0, 0)
    size = f"{trees.n_estimators} trees of {trees.num_leaves} leaves"
    return f"LightGBM, {size}, Huber loss, on features of the composition"
