"""Train a model: test the recipe, learn its intervals, fit it to everything."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import version

import numpy as np

from maiscreen.candidates.errors import InputError
from maiscreen.models.learning.card import Card
from maiscreen.models.learning.model import Surrogate, features_hash
from maiscreen.models.learning.splits import FOLDS, Domain, grouped_folds, matbench_folds
from maiscreen.models.learning.targets import describe
from maiscreen.models.learning.training import (
    EMBEDDED,
    Training,
    effective_rows,
    why_nothing_to_learn,
)
from maiscreen.models.learning.validation import (
    PreparedRows,
    UnseenPredictions,
    calibrate_all,
    fit_error_model,
    fit_recipe,
    metrics,
    predict_unseen,
    prepare,
    row_weights,
    sodium_rows,
)

PACKAGES = ("maiscreen", "numpy", "scikit-learn", "lightgbm", "skops", "matminer")

FEWEST = 10
"""Rows below which nothing can be learned and tested."""

SPLITS = {
    "matbench": "5 random folds of rows, KFold(5, shuffle=True, random_state=18012019)",
    "grouped": "5 folds of whole chemical systems; no sodium compound in any training part",
    "sodium": "the sodium compounds of the grouped split",
}


def count_fits(splits: tuple[str, ...] = ("matbench", "grouped")) -> int:
    """Count the fits that :func:`fit` makes, for a progress bar."""
    return FOLDS * len(splits) + 1


def fit(
    training: Training,
    name: str,
    seed: int = 0,
    splits: tuple[str, ...] = ("matbench", "grouped"),
    done: Callable[[], None] = lambda: None,
) -> Surrogate:
    """Train a model on all rows, tested and calibrated on splits of them.

    Parameters
    ----------
    training : Training
        At least :data:`FEWEST` rows, of at least two chemical systems.
    name : str
        Of the model.
    seed : int
        Of all random numbers.
    splits : tuple of str
        ``grouped``, which calibrates, and ``matbench`` before it if wanted.
    done : callable
        Called after each fit.

    Raises
    ------
    InputError
        If a formula does not parse, or there is too little to learn from.
    """
    begun = time.perf_counter()
    check_learnable(training)
    material = prepare(training)
    tested = _test_on_splits(material, seed, splits, done)
    model = fit_recipe(material, np.arange(len(training)), seed)
    done()
    domain = Domain.of(material.compositions)
    card = _card(material, tested, name, seed, domain)
    own = None if training.source == EMBEDDED else training
    errors = fit_error_model(material, tested["grouped"], seed)
    whole = Surrogate(card, model, errors, domain, own)
    speed = _speed(whole, material)
    seconds = round(time.perf_counter() - begun, 1)
    return replace(whole, card=replace(card, seconds=seconds, predictions_per_second=speed))


def check_learnable(training: Training) -> None:
    """Refuse rows that are too few, count as too few, or hardly vary.

    Parameters
    ----------
    training : Training
        The rows.

    Raises
    ------
    InputError
        If nothing can be learned from them.
    """
    if len(training) < FEWEST:
        raise InputError("data", f"{len(training)} rows", f"give at least {FEWEST}")
    if why := why_nothing_to_learn(training):
        raise InputError("data", training.source, why)
    if (rows := effective_rows(row_weights(training))) < FEWEST:
        remedy = (
            f"by weights and uncertainties its {len(training)} rows count as {rows:.1f}; make them "
            f"more alike, so that they count as at least {FEWEST}"
        )
        raise InputError("data", training.source, remedy)


def _test_on_splits(
    material: PreparedRows, seed: int, splits: tuple[str, ...], done: Callable[[], None]
) -> dict[str, UnseenPredictions]:
    tested = {}
    for split in splits:
        folds = (
            matbench_folds(len(material.training))
            if split == "matbench"
            else grouped_folds(material.compositions)
        )
        if not folds:
            raise InputError(
                "data", material.training.formulas[0], "all rows are of one chemical system"
            )
        tested[split] = predict_unseen(material, folds, seed, done)
    return tested


def _card(
    material: PreparedRows,
    tested: dict[str, UnseenPredictions],
    name: str,
    seed: int,
    domain: Domain,
) -> Card:
    training = material.training
    kind = training.kind
    judged = {split: metrics(one) for split, one in tested.items()}
    salty = sodium_rows(material, tested["grouped"])
    if len(salty.rows):
        judged["sodium"] = metrics(tested["grouped"], salty)
    return Card(
        name=name,
        target=kind.name,
        unit=kind.unit,
        scale="log10" if kind.log10 else "linear",
        recipe=describe(len(training)),
        metrics={kind.name: judged},
        data={
            "source": training.source,
            "rows": len(training),
            "compositions": len(np.unique(material.compositions.key)),
            "sha256": training.sha256,
            "features": features_hash(),
        },
        splits={split: SPLITS[split] for split in judged},
        domain={"elements": domain.elements},
        calibration=calibrate_all(tested["grouped"]),
        packages={package: version(package) for package in PACKAGES},
        date=datetime.now(UTC).date().isoformat(),
        seed=seed,
        seconds=0.0,
        predictions_per_second=0.0,
        definition=None if kind.is_built_in else kind.to_dict(),
    )


def _speed(surrogate: Surrogate, material: PreparedRows) -> float:
    """Measure compositions predicted in a second, features included."""
    batch = material.compositions.take(np.arange(len(material.training))[:20_000])
    surrogate.predict(batch.take(np.arange(min(len(batch), 100))))
    begun = time.perf_counter()
    surrogate.predict(batch)
    return round(len(batch) / (time.perf_counter() - begun), 0)
