"""Teach a student what a model's trees say, and test it on rows that neither has seen.

G. Hinton et al., arXiv:1503.02531. The lessons are compositions without values: what stands beside
them is what the trees say. For a test the trees of each grouped fold teach a student of their own,
with no composition of the tested chemical systems, and none of sodium where the split keeps it out;
it is judged against the true values, and its intervals are made from these errors.
"""

import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.chemistry.formula import Compositions, compositions
from maiscreen.descriptors.composition.features import features
from maiscreen.models.learning.card import Card, StudentCard
from maiscreen.models.learning.model import Surrogate, evaluate_trees
from maiscreen.models.learning.splits import (
    FOLDS,
    GROUPED,
    GROUPS,
    SYSTEMS,
    Fold,
    Split,
    make_split,
    measured_folds,
)
from maiscreen.models.learning.student import HIDDEN, Student, train_network
from maiscreen.models.learning.training import embedded_training
from maiscreen.models.learning.validation import (
    PreparedRows,
    UnseenPredictions,
    calibrate_all,
    fit_error_model,
    fit_recipe,
    metrics,
    predict_folds,
    prepare,
)

Floats = NDArray[np.float64]

BLOCK = 8192
"""Compositions whose features are made at a time."""

MOST = 6
"""How often a composition that the trees were trained on is shown in a round at most: there they
know the true values. Measured for log10 G, docs/decisions/0015."""

_TIMED = 20_000
"""Compositions on which the speed is measured."""


@dataclass(frozen=True, slots=True, eq=False)
class StudentTest:
    """What the students of the folds, and the trees that taught them, say of unseen rows.

    Attributes
    ----------
    students, trees : UnseenPredictions
        Of the same rows in the same order.
    """

    students: UnseenPredictions
    trees: UnseenPredictions


def count_steps() -> int:
    """Count the steps that :func:`distil_student` makes, for a progress bar."""
    return 2 * FOLDS + 1


def distil_student(
    surrogate: Surrogate, seed: int | None = None, done: Callable[[], None] = lambda: None
) -> Surrogate:
    """Add a student to a model; what its trees say stays as it is.

    Parameters
    ----------
    surrogate : Surrogate
        The model; a student that it has is replaced.
    seed : int, optional
        Of the students; the model's own if left out. The trees of the folds take the model's.
    done : callable
        Called after each fit.

    Raises
    ------
    InputError
        If its rows are all of one chemical system.
    """
    begun = time.process_time()
    card = surrogate.card
    seed = card.seed if seed is None else seed
    own = surrogate.training
    material = prepare(embedded_training(card.target) if own is None else own)
    pool = teaching_compositions(material.compositions)
    split = _split_of(card, material)
    exam = test_students(material, pool, card.seed, seed, done, split)
    ask = partial(evaluate_trees, surrogate.estimator, surrogate.errors)
    student = teach_student(ask, pool, material.compositions, card.calibration.floor, seed)
    done()
    seconds = round(time.process_time() - begun, 1)
    told = _card(split, exam, len(pool), seconds, _speeds(student, pool))
    return replace(surrogate, student=student, card=replace(card, student=told))


def add_student(folder: Path, watch: Callable[[int, int], None] | None = None) -> Card:
    """Add a student to a model on disk: its folder is as it was, or has one.

    Parameters
    ----------
    folder : Path
        Of the model.
    watch : callable, optional
        Is told how many fits are done, and of how many.

    Raises
    ------
    InputError
        If there is no model, it was changed, or its folder cannot be written.
    """
    from maiscreen.models.storage.folder import check_out, written_atomically
    from maiscreen.models.storage.model import load, save_student

    surrogate, count = load(folder), 0
    check_out(folder, force=True, keep=True)

    def done() -> None:
        nonlocal count
        count += 1
        if watch is not None:
            watch(count, count_steps())

    taught_one = distil_student(surrogate, done=done)
    with written_atomically(folder) as part:
        shutil.copytree(folder, part, dirs_exist_ok=True)
        return save_student(taught_one, part).card


def teaching_compositions(own: Compositions) -> Compositions:
    """Return the compositions that students are taught: of the embedded energies, and own ones.

    Parameters
    ----------
    own : Compositions
        That the trees were trained on.
    """
    pool = _embedded()
    new = np.setdiff1d(own.key, pool.key)
    return compositions([*pool.formula.tolist(), *new.tolist()])


def _embedded() -> Compositions:
    from maiscreen.candidates.snapshot.training_data import energies

    return compositions(energies()["formula"].to_pylist())


def teach_student(
    ask: Callable[[Floats], Floats],
    pool: Compositions,
    own: Compositions,
    floor: float,
    seed: int,
) -> Student:
    """Teach a student.

    Parameters
    ----------
    ask : callable
        The teacher: features, shape (n, p) → prediction and expected error, shape (2, n).
    pool : Compositions
        The lessons.
    own : Compositions
        What the teacher was trained on.
    floor : float
        Least expected error.
    seed : int
        Of the student.
    """
    known, said = [], []
    for start in range(0, len(pool), BLOCK):
        rows = np.arange(start, min(start + BLOCK, len(pool)))
        given = features(pool.take(rows))
        mean, expected = ask(given)
        known.append(given.astype(np.float32))
        said.append(np.stack([mean, np.log(np.maximum(expected, floor))], axis=1))
    shown = repeat_trained_rows(np.isin(pool.key, own.key))
    return train_network(np.concatenate(known), np.concatenate(said), seed, shown)


def repeat_trained_rows(own: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Show what the teacher was trained on as often as the rest, :data:`MOST` times at most.

    Parameters
    ----------
    own : NDArray[np.bool_]
        Of each lesson, shape (n,).

    Returns
    -------
    NDArray[np.intp]
        Numbers of the lessons.

    Examples
    --------
    >>> repeat_trained_rows(np.array([False, True, False, False])).tolist()
    [0, 1, 2, 3, 1, 1]
    """
    count = int(own.sum())
    times = min(max((len(own) - count) // max(count, 1), 1), MOST)
    return np.concatenate([np.arange(len(own)), *[np.flatnonzero(own)] * (times - 1)])


def test_students(
    material: PreparedRows,
    pool: Compositions,
    tree_seed: int,
    seed: int,
    done: Callable[[], None] = lambda: None,
    split: Split | None = None,
) -> StudentTest:
    """Test students on a split, each taught by the trees of its fold.

    Parameters
    ----------
    material : PreparedRows
        All rows.
    pool : Compositions
        Lessons; what bears on a fold is left out of its own.
    tree_seed, seed : int
        Of the trees and of the students.
    done : callable
        Called after each fit.
    split : Split, optional
        ``grouped`` if left out.

    Raises
    ------
    InputError
        If all rows are of one group.
    """
    split = split or make_split(GROUPED, material.compositions)
    folds = measured_folds(split.folds, material.training.censored)
    models = []
    for train, _ in folds:
        models.append(fit_recipe(material, train, tree_seed))
        done()
    trees = predict_folds(material, folds, models, tree_seed)
    parts = []
    for number, (fold, model) in enumerate(zip(folds, models, strict=True)):
        others = trees.take(trees.fold != number)
        errors, floor = fit_error_model(material, others, tree_seed), calibrate_all(others).floor
        kept = pool.take(untested_lessons(material.compositions, fold, pool, split.left_out))
        ask = partial(evaluate_trees, model, errors)
        own = material.compositions.take(fold[0])
        student = teach_student(ask, kept, own, floor, seed)
        parts.append(student.predict(material.features[fold[1]]))
        done()
    predicted, expected = np.concatenate(parts, axis=1)
    return StudentTest(replace(trees, predicted=predicted, expected=expected), trees)


def untested_lessons(
    own: Compositions, fold: Fold, pool: Compositions, left_out: str = ""
) -> NDArray[np.intp]:
    """Return the lessons that say nothing of the tested rows of a fold.

    Parameters
    ----------
    own : Compositions
        All rows.
    fold : tuple of (train, test)
        Numbers of rows.
    pool : Compositions
        All lessons.
    left_out : str
        Element that the split keeps out of training; empty if none.

    Returns
    -------
    NDArray[np.intp]
        Numbers of the lessons of no tested chemical system, and without the element.
    """
    strange = ~np.isin(pool.chemical_system, np.unique(own.chemical_system[fold[1]]))
    if left_out:
        strange &= ~pool.contains(left_out)
    return np.flatnonzero(strange)


def _split_of(card: Card, material: PreparedRows) -> Split:
    """Return the split that a model was tested on; groups of a user's column are not stored."""
    groups = material.training.groups
    name = SYSTEMS if card.split == GROUPS and groups is None else card.split
    return make_split(name, material.compositions, groups)


def _card(
    split: Split, exam: StudentTest, count: int, seconds: float, speeds: Sequence[float]
) -> StudentCard:
    judged = {split.name: metrics(exam.students)}
    for name, (_, mask) in split.parts.items():
        part = exam.students.take(mask[exam.students.rows])
        if len(part.rows):
            judged[name] = metrics(exam.students, part)
    return StudentCard(
        recipe=f"network of {' and '.join(map(str, HIDDEN))} units, taught by the trees",
        metrics=judged,
        agreement=_agreement(exam),
        calibration=calibrate_all(exam.students),
        lessons=count,
        seconds=seconds,
        predictions_per_second=speeds[0],
        alone_per_second=speeds[1],
    )


def _agreement(found: StudentTest) -> dict[str, float]:
    apart = found.students.predicted - found.trees.predicted
    square, spread = float(np.mean(apart**2)), float(np.var(found.trees.predicted))
    return {
        "mae": float(np.mean(np.abs(apart))),
        "rmse": square**0.5,
        "r2": 1 - square / spread if spread else 0.0,
        "rows": len(apart),
    }


def _speeds(student: Student, pool: Compositions) -> tuple[float, float]:
    """Measure compositions in a second of one processor, with and without features; best of 3."""
    batch = pool.take(np.arange(min(len(pool), _TIMED)))
    known = features(batch)
    student.predict(known[:100])
    both = min(_cpu_seconds(partial(_predict, student, batch)) for _ in range(3))
    alone = min(_cpu_seconds(partial(student.predict, known)) for _ in range(3))
    return round(len(batch) / both, 0), round(len(batch) / alone, 0)


def _predict(student: Student, given: Compositions) -> Any:
    return student.predict(features(given))


def _cpu_seconds(perform: Callable[[], Any]) -> float:
    begun = time.process_time()
    perform()
    return max(time.process_time() - begun, 1e-9)
