"""What a retrained model learns from, and the rows on which it is compared with the old one."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.errors import InputError
from maiscreen.models.learning.compare import Comparison, compare
from maiscreen.models.learning.targets import target
from maiscreen.models.learning.training import EMBEDDED, Training

if TYPE_CHECKING:
    from maiscreen.models.learning.model import Surrogate

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]
Fold = tuple[Rows, Rows]

FEWEST_ROWS, FEWEST_SYSTEMS = 10, 3
"""Compositions and chemical systems of the user below which a comparison says nothing."""

FEWEST_ALONE = 50
"""Compositions that a model without a base needs [judgement]."""

MOST_ROWS = 50_000
"""Compositions of the user that are learned from at most; of more, so many are drawn."""

SHARE = 0.2
"""Share of the user's chemical systems that is held back."""

ENOUGH_ROWS, ENOUGH_SYSTEMS = 50, 10
"""With fewer than these held back, every row is tested once instead, by five models."""

FOLDS = 5

_SAMPLE = 2000
"""Rows that are looked at to tell whether the unit is right."""


@dataclass(frozen=True, slots=True, eq=False)
class RetrainingPlan:
    """What is to be trained and compared.

    Attributes
    ----------
    base : str
        Name of the base; empty without one.
    base_training, user, everything : Training
        Rows of the base, of the user, and both without the rows of the base that give way.
    old : Surrogate or None
        The model that would be replaced.
    folds : tuple of (train, test)
        Numbers of rows of the base and the user one after the other; tests are the user's.
    """

    base: str
    base_training: Training
    user: Training
    everything: Training
    old: "Surrogate | None"
    folds: tuple[Fold, ...]

    @property
    def fits(self) -> int:
        """Count the fits of the comparison."""
        return len(self.folds)

    @property
    def parent(self) -> str:
        """Name the base and its version; empty without one."""
        if not self.base or self.old is None:
            return self.base
        return f"{self.base} {self.old.card.version}"

    def compare(self, seed: int, done: Callable[[], None] = lambda: None) -> Comparison:
        """Compare old and new model on the held-back rows of the user.

        Parameters
        ----------
        seed : int
            Of the models and the bootstrap.
        done : callable
            Called after each fit.
        """
        from maiscreen.models.learning.validation import predict_unseen, prepare

        kind = target(self.user.target)
        material = prepare(join_trainings(self.base_training, self.user))
        judged = predict_unseen(material, self.folds, seed, done)
        tested = material.compositions.take(judged.rows)
        if self.old is None:
            means = [material.learned[train].mean() for train, _ in self.folds]
            old = np.repeat(means, [len(test) for _, test in self.folds])
            replaced = "the mean"
        else:
            old, replaced = self.old.predict(tested).mean, _name(self.old)
        return compare(
            judged.observed,
            old,
            judged.predicted,
            tested.chemical_system,
            replaced=replaced,
            how="held back" if len(self.folds) == 1 else "cross-validation",
            scale=f"log10({kind.unit})" if kind.log10 else kind.unit,
            seed=seed,
        )


def plan_retraining(user: Training, base: str | Path | None, seed: int) -> RetrainingPlan:
    """Plan a retraining.

    Parameters
    ----------
    user : Training
        Checked rows of the user, one for each composition.
    base : str, Path or None
        ``embedded``, the folder of a model, or None (``none``).
    seed : int
        Decides which rows are held back.

    Raises
    ------
    InputError
        If there are too few rows, the base is no model of this target, or the values look as if
        they were in another unit.
    """
    from maiscreen.candidates.chemistry.formula import compositions

    alone = base is None or str(base) == "none"
    old, base_training = _base_model(user.target, "none" if base is None else str(base))
    alone = alone or not len(base_training)
    user = sample_rows(user, seed)
    batch = compositions(user.formulas)
    _check_enough(user, len(np.unique(batch.chemical_system)), alone)
    check_unit(user, old)
    keys = np.concatenate([compositions(base_training.formulas).key, batch.key])
    folds = _folds(batch.chemical_system, keys, len(base_training), seed)
    fresh = ~np.isin(keys[: len(base_training)], batch.key)
    kept = np.concatenate([np.flatnonzero(fresh), np.arange(len(user)) + len(base_training)])
    both = join_trainings(base_training, user)
    name = "" if alone else EMBEDDED if str(base) == EMBEDDED else _name(old)
    return RetrainingPlan(name, base_training, user, both.take(kept), old, folds)


def join_trainings(first: Training, second: Training) -> Training:
    """Put the rows of two trainings one after the other."""
    source = f"{first.source} + {second.source}" if len(first) else second.source
    values, stds, weights = (
        np.concatenate([getattr(first, field), getattr(second, field)])
        for field in ("values", "stds", "weights")
    )
    formulas = first.formulas + second.formulas
    return Training(second.target, formulas, values, stds, weights, source)


def sample_rows(training: Training, seed: int, most: int = MOST_ROWS) -> Training:
    """Draw rows where there are more than can be learned from; keep their order."""
    if len(training) <= most:
        return training
    rows = np.random.default_rng(seed).choice(len(training), most, replace=False)
    return training.take(np.sort(rows))


def check_unit(user: Training, old: "Surrogate | None") -> None:
    """Refuse values that are far from what the old model says, all in the same way.

    Parameters
    ----------
    user : Training
        Rows of the user.
    old : Surrogate or None
        Nothing is checked without.

    Raises
    ------
    InputError
        If the unit or the scale is wrong by all signs.
    """
    if old is None:
        return
    kind = target(user.target)
    some = user.take(np.arange(len(user))[:: max(1, len(user) // _SAMPLE)])
    expected = old.predict(some.formulas).mean
    field = f"{user.source}: {kind.name}"
    if not kind.log10:
        ratio = float(np.median(np.abs(some.values)) / max(np.median(np.abs(expected)), 1e-9))
        if not 1 / 20 < ratio < 20:
            remedy = f"is {ratio:.2g} times what {_name(old)} says, on the median: is the unit"
            raise InputError(field, float(np.median(some.values)), f"{remedy} right?")
        return
    away = np.log10(some.values) - expected
    if np.median(np.abs(some.values - expected)) < 0.3 < np.median(np.abs(away)):
        remedy = f"these look like logarithms; give the values themselves in {kind.unit}"
        raise InputError(field, float(np.median(some.values)), remedy)
    if abs(np.median(away)) > 1.5:
        times = f"{10 ** float(np.median(away)):.1g}"
        remedy = f"is {times} times what {_name(old)} says, on the median: is the unit right?"
        raise InputError(field, float(np.median(some.values)), remedy)


def _base_model(name: str, base: str) -> "tuple[Surrogate | None, Training]":
    """Return the model that would be replaced, and the rows to go on from."""
    from maiscreen.models.learning.training import embedded_training, unweighted_training
    from maiscreen.models.storage.model import embedded_surrogate, embedded_targets, load

    if base in (EMBEDDED, "none"):
        old = embedded_surrogate(name) if name in embedded_targets() else None
        nothing = unweighted_training(name, (), np.empty(0), "")
        return old, embedded_training(name) if base == EMBEDDED else nothing
    old = load(Path(base))
    if old.card.target != name:
        raise InputError("base", base, f"predicts {old.card.target}, not {name}")
    return old, embedded_training(name) if old.training is None else old.training


def _name(old: "Surrogate | None") -> str:
    return "" if old is None else old.card.name


def _check_enough(user: Training, systems: int, alone: bool) -> None:
    fewest = FEWEST_ALONE if alone else FEWEST_ROWS
    if len(user) < fewest or systems < FEWEST_SYSTEMS:
        remedy = f"give at least {fewest} compositions of {FEWEST_SYSTEMS} chemical systems"
        got = f"{len(user)} compositions of {systems} chemical systems"
        raise InputError("data", user.source, f"has {got} that can be learned from; {remedy}")


def _folds(
    systems: NDArray[np.str_], keys: NDArray[np.str_], base_rows: int, seed: int
) -> tuple[Fold, ...]:
    """Hold back whole chemical systems of the user.

    The base keeps its own rows of them, which both models have learned from.
    """
    names, place = np.unique(systems, return_inverse=True)
    order = np.random.default_rng(seed).permutation(len(names))
    held = order[place] < round(SHARE * len(names))
    if held.sum() >= ENOUGH_ROWS and len(np.unique(place[held])) >= ENOUGH_SYSTEMS:
        return (_fold(held, keys, base_rows),)
    folds = min(FOLDS, len(names))
    return tuple(_fold(order[place] % folds == k, keys, base_rows) for k in range(folds))


def _fold(held: NDArray[np.bool_], keys: NDArray[np.str_], base_rows: int) -> Fold:
    user = np.arange(base_rows, len(keys))
    base = np.flatnonzero(~np.isin(keys[:base_rows], keys[user[~held]]))
    return np.concatenate([base, user[~held]]), user[held]
