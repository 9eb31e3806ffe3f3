"""Train a model: test the recipe, learn its intervals, fit it to everything."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from textwrap import shorten
from typing import Any

import numpy as np

from maiscreen.candidates.errors import InputError
from maiscreen.models.learning.card import Card
from maiscreen.models.learning.model import Surrogate, features_hash
from maiscreen.models.learning.splits import (
    FOLDS,
    GROUPED,
    MATBENCH,
    Domain,
    Split,
    make_split,
    measured_folds,
)
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
)

PACKAGES = ("maiscreen", "numpy", "scikit-learn", "lightgbm", "skops", "matminer")

FEWEST = 10
"""Rows below which nothing can be learned and tested."""

EMBEDDED_SPLITS = (MATBENCH, GROUPED)
"""How the embedded models are tested; the last one calibrates."""

QUICK = 2
"""Folds of a quick test."""

TESTS = ("full", "quick")
"""How a model may be tested: on every fold of every split, or on :data:`QUICK` of the one that
calibrates."""


def count_fits(splits: tuple[str, ...] = EMBEDDED_SPLITS, tests: str = "full") -> int:
    """Count the fits that :func:`fit` makes, for a progress bar."""
    return (FOLDS * len(splits) if tests == "full" else QUICK) + 1


def fit(
    training: Training,
    name: str,
    seed: int = 0,
    splits: tuple[str, ...] = EMBEDDED_SPLITS,
    done: Callable[[], None] = lambda: None,
    *,
    tests: str = "full",
    own_estimator: Any = None,
) -> Surrogate:
    """Train a model on all rows, tested and calibrated on splits of them.

    Parameters
    ----------
    training : Training
        At least :data:`FEWEST` rows, of at least two groups.
    name : str
        Of the model.
    seed : int
        Of all random numbers.
    splits : tuple of str
        As :func:`maiscreen.models.learning.splits.make_split` takes them; the last one calibrates.
    done : callable
        Called after each fit.
    tests : str
        One of :data:`TESTS`.
    own_estimator : Any
        The user's, unfitted, with scikit-learn's interface; None for ours.

    Raises
    ------
    InputError
        If a formula does not parse, there is too little to learn from, or the user's estimator
        fails.
    """
    begun = time.perf_counter()
    check_learnable(training)
    material = prepare(training, own_estimator)
    tested = _test_on_splits(material, seed, splits, done, tests)
    with failing_as_input(own_estimator):
        model = fit_recipe(material, np.arange(len(training)), seed)
    done()
    domain = Domain.of(material.compositions)
    card = _card(material, tested, name, seed, domain)
    own = None if training.source == EMBEDDED else training
    errors = fit_error_model(material, tested[-1].unseen, seed)
    whole = Surrogate(card, model, errors, domain, own)
    speed = _speed(whole, material)
    seconds = round(time.perf_counter() - begun, 1)
    return replace(whole, card=replace(card, seconds=seconds, predictions_per_second=speed))


@contextmanager
def failing_as_input(own_estimator: Any) -> Iterator[None]:
    """Say of an estimator of the user's that it failed, and why, in one line.

    Parameters
    ----------
    own_estimator : Any
        The user's; None for ours, whose errors are ours.

    Raises
    ------
    InputError
        If it raised anything.
    """
    try:
        yield
    except InputError:
        raise
    except Exception as error:
        if own_estimator is None:
            raise
        why = f"{type(error).__name__}: {error}".splitlines()[0][:300]
        raise InputError("estimator", estimator_text(own_estimator), f"fails ({why})") from error


def check_estimator(own_estimator: Any) -> None:
    """Refuse what is no regressor of scikit-learn's interface.

    Raises
    ------
    InputError
        If it lacks a method, is a class, or a classifier.
    """
    if own_estimator is None:
        return
    methods = ("fit", "predict", "get_params", "set_params")
    if isinstance(own_estimator, type) or not all(hasattr(own_estimator, m) for m in methods):
        remedy = "give a regressor of scikit-learn's interface, such as RandomForestRegressor()"
        raise InputError("estimator", own_estimator, remedy)
    from sklearn.base import is_classifier

    if is_classifier(own_estimator):
        raise InputError("estimator", own_estimator, "is a classifier; give a regressor")


def estimator_text(own_estimator: Any) -> str:
    """Return an estimator as one line that a card can hold."""
    return shorten(repr(own_estimator), 300, placeholder=" …")


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


@dataclass(frozen=True, slots=True, eq=False)
class _Tested:
    """A split, and what models of its folds said of the rows that they had not seen."""

    split: Split
    unseen: UnseenPredictions

    def metrics(self) -> dict[str, dict[str, float]]:
        """Summarise the errors of all rows, and of the parts that hold any."""
        judged = {self.split.name: metrics(self.unseen)}
        for name, (_, mask) in self.split.parts.items():
            part = self.unseen.take(mask[self.unseen.rows])
            if len(part.rows):
                judged[name] = metrics(self.unseen, part)
        return judged

    def docs(self) -> dict[str, str]:
        """State in words what each is."""
        parts = {name: doc for name, (doc, _) in self.split.parts.items()}
        return {self.split.name: self.split.doc, **parts}


def _test_on_splits(
    material: PreparedRows,
    seed: int,
    splits: tuple[str, ...],
    done: Callable[[], None],
    tests: str,
) -> list[_Tested]:
    tested = []
    for name in splits if tests == "full" else splits[-1:]:
        split = make_split(name, material.compositions, material.training.groups)
        folds = measured_folds(split.folds, material.training.censored)
        if tests != "full":
            folds = folds[:QUICK]
            split = replace(split, doc=f"{split.doc}; {len(folds)} of them tested")
        if not folds:
            raise InputError("data", material.training.source, "holds bounds alone, and no value")
        with failing_as_input(material.estimator):
            tested.append(_Tested(split, predict_unseen(material, folds, seed, done)))
    return tested


def _card(
    material: PreparedRows,
    tested: list[_Tested],
    name: str,
    seed: int,
    domain: Domain,
) -> Card:
    training = material.training
    kind = training.kind
    judged = {name: numbers for one in tested for name, numbers in one.metrics().items()}
    docs = {name: doc for one in tested for name, doc in one.docs().items()}
    return Card(
        name=name,
        target=kind.name,
        unit=kind.unit,
        scale="log10" if kind.log10 else "linear",
        recipe=_recipe(material),
        metrics={kind.name: judged},
        data={
            "source": training.source,
            "rows": len(training),
            "compositions": len(np.unique(material.compositions.key)),
            "sha256": training.sha256,
            "features": features_hash(),
            **({"bounds": bounds} if (bounds := int(training.censored.sum())) else {}),
        },
        splits={name: docs[name] for name in judged},
        domain={"elements": domain.elements},
        calibration=calibrate_all(tested[-1].unseen),
        packages={package: version(package) for package in PACKAGES},
        date=datetime.now(UTC).date().isoformat(),
        seed=seed,
        seconds=0.0,
        predictions_per_second=0.0,
        definition=None if kind.is_built_in else kind.to_dict(),
        own_estimator=material.estimator is not None,
    )


def _recipe(material: PreparedRows) -> str:
    """State in words what is fitted."""
    from sklearn.utils.validation import has_fit_parameter

    if material.estimator is None:
        return describe(len(material.training))
    weighted = not np.ptp(material.weights) < 1e-12
    takes = has_fit_parameter(material.estimator, "sample_weight")
    unused = ", which takes no weights," if weighted and not takes else ","
    return f"{estimator_text(material.estimator)}{unused} on features of the composition"


def _speed(surrogate: Surrogate, material: PreparedRows) -> float:
    """Measure compositions predicted in a second, features included."""
    batch = material.compositions.take(np.arange(len(material.training))[:20_000])
    surrogate.predict(batch.take(np.arange(min(len(batch), 100))))
    begun = time.perf_counter()
    surrogate.predict(batch)
    return round(len(batch) / (time.perf_counter() - begun), 0)
