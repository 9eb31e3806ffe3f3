"""A model, or two, on data that the user gives."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.errors import InputError
from maiscreen.models.learning.calibration import NOMINAL
from maiscreen.models.learning.model import Surrogate
from maiscreen.models.learning.model_comparison import Comparison, compare
from maiscreen.models.learning.targets import target
from maiscreen.models.learning.training import Training, embedded_training

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def evaluate(model: Surrogate, data: Training) -> dict[str, dict[str, float]]:
    """Measure a model on rows.

    Parameters
    ----------
    model : Surrogate
        The model.
    data : Training
        Rows of its target.

    Returns
    -------
    dict
        ``all`` rows, those of compositions that the model has ``unseen`` in training and those it
        has ``seen``: ``mae``, ``rmse``, ``r2`` on the scale on which the target is learned,
        ``coverage`` of the intervals of ``nominal`` probability, share ``inside`` its domain,
        ``rows``. What has no row is not there.

    Raises
    ------
    InputError
        If the data are of another target.
    """
    from maiscreen.candidates.chemistry.formula import compositions

    kind = _same_target(model, data)
    given = compositions(data.formulas)
    predicted = model.predict(given)
    observed = kind.learned(data.values)
    within = (data.values >= predicted.low) & (data.values <= predicted.high)
    seen = np.isin(given.key, _known(model))
    parts = {"all": np.ones(len(data), dtype=bool), "unseen": ~seen, "seen": seen}
    return {
        name: _metrics(observed[rows], predicted.mean[rows], within[rows], predicted.inside[rows])
        for name, rows in parts.items()
        if rows.any()
    }


def compare_models(first: Surrogate, second: Surrogate, data: Training) -> Comparison:
    """Compare a second model with a first one on the same rows.

    Raises
    ------
    InputError
        If they are not all of one target.
    """
    from maiscreen.candidates.chemistry.formula import compositions

    kind = _same_target(first, data)
    _same_target(second, data)
    given = compositions(data.formulas)
    return compare(
        kind.learned(data.values),
        first.predict(given).mean,
        second.predict(given).mean,
        given.chemical_system,
        replaced=first.card.name,
        how="all rows",
        scale=f"log10({kind.unit})" if kind.log10 else kind.unit,
    )


def unseen(models: tuple[Surrogate, ...], data: Training) -> Training:
    """Give the rows whose compositions none of the models has learned from."""
    from maiscreen.candidates.chemistry.formula import compositions

    known = np.concatenate([_known(model) for model in models])
    return data.take(np.flatnonzero(~np.isin(compositions(data.formulas).key, known)))


def _same_target(model: Surrogate, data: Training) -> Any:
    if model.card.target != data.target:
        remedy = f"predicts {model.card.target}, and the data are {data.target}"
        raise InputError("NAME", model.card.name, remedy)
    return target(data.target)


def _known(model: Surrogate) -> NDArray[np.str_]:
    """Give the canonical compositions that a model has learned from."""
    from maiscreen.candidates.chemistry.formula import compositions

    own = model.training
    rows = embedded_training(model.card.target) if own is None else own
    return compositions(rows.formulas).key


def _metrics(observed: Floats, mean: Floats, within: Bools, inside: Bools) -> dict[str, float]:
    errors = mean - observed
    square, spread = float(np.mean(errors**2)), float(np.var(observed))
    return {
        "mae": float(np.mean(np.abs(errors))),
        "rmse": square**0.5,
        "r2": 1 - square / spread if spread else 0.0,
        "coverage": float(within.mean()),
        "nominal": NOMINAL,
        "inside": float(inside.mean()),
        "rows": len(observed),
    }
