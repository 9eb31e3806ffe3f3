"""What a retrained model learns from, and the rows on which it is compared with the old one."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from maiscreen.candidates.errors import InputError
from maiscreen.models.learning.compare import Comparison, compare, training_of
from maiscreen.models.learning.fit import check_learnable, failing_as_input
from maiscreen.models.learning.splits import GROUPED, GROUPS, SYSTEMS, Fold, measured_folds
from maiscreen.models.learning.training import EMBEDDED, Training
from maiscreen.models.learning.trees import Trees
from maiscreen.models.retraining.folds import fold_of_the_user, held_back_folds

if TYPE_CHECKING:
    from maiscreen.models.learning.model import Surrogate
    from maiscreen.models.learning.validation import PreparedRows

Floats = NDArray[np.float64]
Rows = NDArray[np.intp]

FEWEST_ROWS, FEWEST_SYSTEMS = 10, 3
"""Compositions and chemical systems of the user below which a comparison says nothing."""

FEWEST_ALONE = 50
"""Compositions that a model without a base needs [judgement]."""

MOST_ROWS = 50_000
"""Compositions of the user that are learned from at most; of more, so many are drawn."""

SPARED = 0.05
"""Share of its rows that an old model may lack in a comparison, though only some of them are
tested: its error grows by a hundredth (learning curves in docs/models.md)."""

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
    known : Training
        Rows of the base or, without one, of the old model.
    folds : tuple of (train, test)
        Numbers of rows of the known, the user and what is held back one after the other. Tests are
        the user's, and nothing of a group that is tested is in the training.
    split : str
        What is kept together in the tests, of :mod:`maiscreen.models.learning.splits`.
    held_back : Training or None
        Rows that the user holds back: compared on, and never learned from.
    estimator : Any
        The user's, unfitted; None for ours.
    """

    base: str
    base_training: Training
    user: Training
    everything: Training
    old: "Surrogate | None"
    known: Training
    folds: tuple[Fold, ...]
    split: str = GROUPED
    held_back: Training | None = None
    estimator: Any = None

    @property
    def how(self) -> str:
        """How the held-back rows were chosen, in words."""
        if self.held_back is not None:
            return "held back by the user"
        return "held back" if len(self.folds) == 1 else "cross-validation"

    @property
    def fits(self) -> int:
        """Count the fits of the comparison, those of the old model among them."""
        return 2 * len(self.folds)

    @property
    def parent(self) -> str:
        """Name the base and its version; empty without one."""
        if not self.base or self.old is None:
            return self.base
        return f"{self.base} {self.old.card.version}"

    def compare(self, seed: int, done: Callable[[], None] = lambda: None) -> Comparison:
        """Compare old and new model on the held-back rows of the user, which neither has seen.

        Parameters
        ----------
        seed : int
            Of the models and the bootstrap.
        done : callable
            Called after each fit.
        """
        from maiscreen.models.learning.validation import predict_unseen, prepare

        kind = self.user.kind
        rows = join_trainings(self.known, self.user)
        if self.held_back is not None:
            rows = join_trainings(rows, self.held_back)
        material = prepare(rows, self.estimator)
        rows_of_old = self._rows_of_old(material)
        recipe_of_old = estimator_of(self.old) if any(map(self._is_refit, rows_of_old)) else None
        with failing_as_input(self.estimator):
            judged = predict_unseen(material, self.folds, seed, done)
        tested = material.compositions.take(judged.rows)
        return compare(
            judged.observed,
            self._predict_old(replace(material, estimator=recipe_of_old), rows_of_old, done),
            judged.predicted,
            tested.chemical_system,
            replaced=_name(self.old) or "the mean",
            how=self.how,
            scale=kind.scale,
            seed=seed,
        )

    def _is_refit(self, rows: Rows) -> bool:
        """Return whether an old model is fitted again where it may learn from some rows alone."""
        return self.old is not None and FEWEST_ROWS <= len(rows) < len(self.known)

    def _predict_old(
        self, material: "PreparedRows", rows_of_old: list[Rows], done: Callable[[], None]
    ) -> Floats:
        """Predict tested rows as if the old model had learned from nothing of their systems.

        By the model itself where it has not; else by its recipe, fitted to its other rows; by the
        mean of what the new one learns from where there is no old model, or too little is left.
        """
        from maiscreen.models.learning.validation import fit_recipe

        said: list[Floats] = []
        fitted: dict[bytes, Any] = {}
        for (train, test), others in zip(self.folds, rows_of_old, strict=True):
            named = others.tobytes()
            if self.old is None or len(others) < FEWEST_ROWS:
                said.append(np.full(len(test), material.learned[train].mean()))
            elif not self._is_refit(others):
                said.append(self.old.predict(material.compositions.take(test)).mean)
            else:
                if named not in fitted:
                    fitted[named] = fit_recipe(material, others, self.old.card.seed)
                said.append(np.asarray(fitted[named].predict(material.features[test])))
            done()
        return np.concatenate(said)

    def _rows_of_old(self, material: "PreparedRows") -> list[Rows]:
        """Choose for each fold the rows of the old model that are of no tested chemical system.

        Where all folds together cost it hardly any rows, these are spared at once: for one fit.
        """
        systems = material.compositions.chemical_system
        known = systems[: len(self.known)]
        tests = [test for _, test in self.folds]
        apart = np.flatnonzero(~np.isin(known, systems[np.concatenate(tests)]))
        if len(apart) >= (1 - SPARED) * len(known):
            return [apart] * len(tests)
        return [np.flatnonzero(~np.isin(known, systems[test])) for test in tests]


def estimator_of(old: "Surrogate | None") -> Any:
    """Return what an old model is fitted again by: its user's estimator, or None for ours.

    Raises
    ------
    InputError
        If its user brought LightGBM's trees, which are kept as they were fitted, without the
        settings of the fit.
    """
    if old is None or not old.card.uses_own_estimator:
        return None
    if isinstance(old.estimator, Trees):
        remedy = (
            "has learned from systems that are compared on, and of its estimator the fitted trees "
            "alone are kept; hold back rows of other systems, or give all rows as data, base none"
        )
        raise InputError("base", old.card.name, remedy)
    return old.estimator


@dataclass(frozen=True, slots=True, eq=False)
class SplitChoice:
    """How a new model is to be tested.

    Attributes
    ----------
    split : str or None
        What is kept together, as :func:`maiscreen.models.learning.splits.check_split` gives it. If
        left out: the user's groups where there are any; chemical systems, with sodium kept out of
        training where the base is the embedded one.
    held_back : Training or None
        Rows to compare on, in the place of some of the user's.
    extent : str
        ``full``, or ``quick`` for fewer folds.
    """

    split: str | None = None
    held_back: Training | None = None
    extent: str = "full"


AS_USUAL = SplitChoice()
"""Every fold of the split that goes with the base."""


def plan_retraining(
    user: Training,
    base: str | Path | None,
    seed: int,
    tests: SplitChoice = AS_USUAL,
    own_estimator: Any = None,
) -> RetrainingPlan:
    """Plan a retraining.

    Parameters
    ----------
    user : Training
        Checked rows of the user, one for each composition.
    base : str, Path or None
        ``embedded``, the folder of a model, or None (``none``).
    seed : int
        Decides which rows are held back.
    tests : SplitChoice
        How the new model is to be tested.
    own_estimator : Any
        The user's, unfitted; None for ours.

    Raises
    ------
    InputError
        If there are too few rows, they hardly vary, the base is no model of this target, the
        values look as if they were in another unit, or rows stand on both sides.
    """
    from maiscreen.candidates.chemistry.formula import compositions

    alone = base is None or str(base) == "none"
    old, base_training = _base_model(user, "none" if base is None else str(base))
    alone = alone or not len(base_training)
    user = sample_rows(user, seed)
    batch = compositions(user.formulas)
    _check_enough(user, len(np.unique(batch.chemical_system)), alone)
    check_unit(user, old)
    base_batch = compositions(base_training.formulas)
    fresh = np.flatnonzero(~np.isin(base_batch.key, batch.key))
    everything = join_trainings(base_training.take(fresh), user)
    check_learnable(everything)
    known = base_training if old is None or len(base_training) else training_of(old)
    usual = GROUPED if str(base) == EMBEDDED and not alone else SYSTEMS
    split = tests.split or (GROUPS if user.groups is not None else usual)
    if tests.held_back is None:
        folds = held_back_folds(batch, base_batch, seed, split, user.groups)
    else:
        folds = fold_of_the_user(batch, base_batch, tests.held_back)
    if alone:  # the rows that are known are not learned from, but stand before the user's
        folds = tuple((train + len(known), test + len(known)) for train, test in folds)
    folds = _measured(folds, (known, user, tests.held_back), tests.extent)
    name = "" if alone else EMBEDDED if str(base) == EMBEDDED else _name(old)
    return RetrainingPlan(
        name,
        base_training,
        user,
        everything,
        old,
        known,
        folds,
        split,
        tests.held_back,
        own_estimator,
    )


def _measured(
    folds: tuple[Fold, ...], parts: tuple[Training | None, ...], extent: str
) -> tuple[Fold, ...]:
    """Leave bounds out of the tests, and all folds but the first out of quick ones."""
    rows = [part for part in parts if part is not None]
    measured = measured_folds(folds, np.concatenate([part.censored for part in rows]))
    if not measured:
        raise InputError("data", rows[-1].source, "holds bounds alone where it would be tested")
    return measured if extent == "full" else measured[:1]


def join_trainings(first: Training, second: Training) -> Training:
    """Put the rows of two trainings one after the other."""
    source = f"{first.source} + {second.source}" if len(first) else second.source
    values, stds, weights = (
        np.concatenate([getattr(first, field), getattr(second, field)])
        for field in ("values", "stds", "weights")
    )
    formulas, bounds, groups = first.formulas + second.formulas, None, None
    if first.bounds is not None or second.bounds is not None:
        bounds = np.concatenate([_bounds(first), _bounds(second)])
    if second.groups is not None:  # rows of the base are in groups of their own
        groups = np.concatenate([[f"base {f}" for f in first.formulas], second.groups])
    return Training(
        second.target, formulas, values, stds, weights, source, second.own, bounds, groups
    )


def _bounds(training: Training) -> NDArray[np.int8]:
    if training.bounds is None:
        return np.zeros(len(training), dtype=np.int8)
    return training.bounds


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
    kind = user.kind
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


def _base_model(user: Training, base: str) -> "tuple[Surrogate | None, Training]":
    """Return the model that would be replaced, and the rows to go on from."""
    from maiscreen.models.learning.training import embedded_training, unweighted_training
    from maiscreen.models.storage.model import embedded_surrogate, embedded_targets, load

    name = user.target
    if base in (EMBEDDED, "none"):
        old = embedded_surrogate(name) if name in embedded_targets() else None
        nothing = unweighted_training(name, (), np.empty(0), "")
        embedded = base == EMBEDDED and user.own is None
        return old, embedded_training(name) if embedded else nothing
    old = load(Path(base))
    if old.card.target != name:
        raise InputError("base", base, f"predicts {old.card.target}, not {name}")
    if old.card.kind != user.kind:
        raise InputError("base", base, f"predicts a {name} of another unit, scale or limits")
    return old, training_of(old)


def _name(old: "Surrogate | None") -> str:
    return "" if old is None else old.card.name


def _check_enough(user: Training, systems: int, alone: bool) -> None:
    fewest = FEWEST_ALONE if alone else FEWEST_ROWS
    if len(user) < fewest or systems < FEWEST_SYSTEMS:
        remedy = f"give at least {fewest} compositions of {FEWEST_SYSTEMS} chemical systems"
        got = f"{len(user)} compositions of {systems} chemical systems"
        raise InputError("data", user.source, f"has {got} that can be learned from; {remedy}")
