"""Intervals of a model for values of another source, from some of them.

What a model promises holds for values like those that it was tested on. Another database, or
compounds that nobody has made, have errors of their own, which nothing in the training tells: some
values from there do.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.formula import compositions
from maiscreen.candidates.errors import InputError
from maiscreen.models.learning.calibration import FEWEST, NOMINAL, Calibration, recalibrate
from maiscreen.models.learning.card import INTERVALS
from maiscreen.models.learning.compare import unseen_rows
from maiscreen.models.learning.model import Surrogate
from maiscreen.models.learning.splits import FOLDS
from maiscreen.models.learning.training import Training

Floats = NDArray[np.float64]

CALIBRATED = "calibrated"
"""Note of a card: from which values its intervals are."""


@dataclass(frozen=True, slots=True, eq=False)
class _Errors:
    """Errors of a model, or of its student, on rows that it has not seen; arrays of shape (n,)."""

    errors: Floats
    expected: Floats
    inside: NDArray[np.bool_]

    def take(self, rows: NDArray[np.bool_]) -> "_Errors":
        return _Errors(self.errors[rows], self.expected[rows], self.inside[rows])

    def fit(self, calibration: Calibration) -> Calibration:
        return recalibrate(calibration, self.errors, self.expected, self.inside)

    def coverage(self, calibration: Calibration) -> tuple[float, float]:
        """Return the share within the intervals, and their mean half width."""
        _, half = calibration.widths(self.expected, self.inside)
        return float((self.errors <= half).mean()), float(half.mean())


def recalibrate_model(model: Surrogate, data: Training, name: str) -> Surrogate:
    """Fit the intervals of a model to values of another source; what it predicts stays.

    Parameters
    ----------
    model : Surrogate
        The model.
    data : Training
        Values of its target; compositions that it has learned from, and bounds, are left out.
    name : str
        Of the new model.

    Returns
    -------
    Surrogate
        Its card has a note ``calibrated``: rows, their source and hash, coverage and mean half
        width before and after, the latter by folds of whole chemical systems. Of the tests of its
        training it keeps the errors, and not the coverage of intervals that it no longer has.

    Raises
    ------
    InputError
        If the data are of another target, or too few of them are new to the model.
    """
    kind = model.card.kind
    if data.target != kind.name:
        remedy = f"are {data.target}; {model.card.name} predicts {kind.name}"
        raise InputError("data", data.source, remedy)
    unseen = unseen_rows((model,), data.measured())
    batch = compositions(unseen.formulas)
    systems = np.unique(batch.chemical_system, return_inverse=True)[1]
    if len(unseen) < 2 * FEWEST or systems.max(initial=0) + 1 < FOLDS:
        new = f"{len(unseen)} of its {len(data)} compositions are measured, and new to"
        remedy = f"{new} {model.card.name}; give"
        raise InputError(
            "data", data.source, f"{remedy} {2 * FEWEST} of {FOLDS} chemical systems or more"
        )
    observed = kind.learned(unseen.values)
    trees = _errors(model, observed, unseen, fast=False)
    card, note = model.card, _note(trees, model.card.calibration, systems, unseen)
    student = card.student
    if student is not None:
        of_student = _errors(model, observed, unseen, fast=True)
        student = replace(
            student,
            calibration=of_student.fit(student.calibration),
            metrics=_errors_alone(student.metrics),
        )
    notes = {**card.notes, CALIBRATED: note}
    parent = f"{card.name} {card.version}"
    changed = replace(
        card,
        name=name,
        calibration=trees.fit(card.calibration),
        metrics={target: _errors_alone(splits) for target, splits in card.metrics.items()},
        student=student,
        notes=notes,
        parent=parent,
        date=datetime.now(UTC).date().isoformat(),
    )
    return replace(model, card=changed)


def _errors_alone(
    splits: Mapping[str, Mapping[str, float]],
) -> dict[str, dict[str, float]]:
    """Leave out what tests of earlier intervals told of these."""
    return {
        split: {key: value for key, value in numbers.items() if key not in INTERVALS}
        for split, numbers in splits.items()
    }


def _errors(model: Surrogate, observed: Floats, unseen: Training, *, fast: bool) -> _Errors:
    mean, expected, inside = model.expect(compositions(unseen.formulas), fast=fast)
    return _Errors(np.abs(mean - observed), expected, inside)


def _note(
    unseen: _Errors, calibration: Calibration, systems: NDArray[np.intp], data: Training
) -> Mapping[str, object]:
    before, width_before = unseen.coverage(calibration)
    fold = np.random.default_rng(0).permutation(systems.max() + 1)[systems] % FOLDS
    tested = []
    for k in np.unique(fold).tolist():
        own, others = unseen.take(fold == k), unseen.take(fold != k)
        tested.append((*own.coverage(others.fit(calibration)), len(own.errors)))
    after, width, rows = np.array(tested).T
    return {
        "source": data.source,
        "rows": len(data),
        "sha256": data.sha256,
        "nominal": NOMINAL,
        "coverage_before": before,
        "coverage": float(np.average(after, weights=rows)),
        "half_width_before": width_before,
        "half_width": float(np.average(width, weights=rows)),
    }
