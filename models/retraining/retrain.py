"""Retraining: a model of the user's data, compared with the one whose place it would take."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from maiscreen.candidates.errors import InputError, teaching

if TYPE_CHECKING:
    from maiscreen.models.learning.card import Card
    from maiscreen.models.learning.compare import Comparison
    from maiscreen.models.learning.model import Surrogate
    from maiscreen.models.learning.targets import Target
    from maiscreen.models.retraining.held_back import RetrainingPlan
    from maiscreen.models.training_files.read import Data, LeftOut

Watch = Callable[[int, int], None]
"""Is told how many fits are done, and of how many."""


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """What a retraining did; ``str()`` gives it in words.

    Attributes
    ----------
    card : Card
        Of the new model.
    folder : Path
        Where it lies.
    rows : int
        Rows of the user's data in all.
    rows_used : int
        Compositions of them that were learned from.
    rows_joined : int
        Rows that were joined with another of the same composition.
    disagreeing : int
        Compositions whose rows differ by more than the tolerance; that is taken for noise.
    rows_not_drawn : int
        Compositions beyond the most that are learned from; others were drawn at random.
    base : str
        Whose training data were learned from as well; empty without.
    base_rows, base_replaced : int
        Rows of the base that were learned from, and those that the user's took the place of.
    left_out : tuple of LeftOut
        Every row that was not learned from, and why.
    comparison : Comparison
        New and old model on the same rows.
    promoted : bool
        Whether it may take the place of the old one: it is no worse, or was forced.
    model : Surrogate
        The new model.
    """

    card: "Card"
    folder: Path
    rows: int
    rows_used: int
    rows_joined: int
    disagreeing: int
    rows_not_drawn: int
    base: str
    base_rows: int
    base_replaced: int
    left_out: "tuple[LeftOut, ...]"
    comparison: "Comparison"
    promoted: bool
    model: "Surrogate"

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON."""
        from maiscreen.models.training_files.read import count_reasons

        plain = {name: getattr(self, name) for name in _PLAIN}
        return {
            **plain,
            "folder": str(self.folder),
            "comparison": {**asdict(self.comparison), "worse": self.comparison.is_worse},
            "left_out_by_reason": count_reasons(self.left_out),
            "left_out": [asdict(one) for one in self.left_out],
            "card": self.card.to_dict(),
        }

    def __str__(self) -> str:
        """Return the report in words."""
        from maiscreen.models.training_files.read import summary

        drawn = f", {self.rows_not_drawn} more were not drawn" if self.rows_not_drawn else ""
        joined = f", {self.rows_joined} joined with others" if self.rows_joined else ""
        lines = [
            f"{self.card.target}: {self.rows} rows given, {self.rows_used} compositions learned "
            f"from{joined}{drawn}",
            self._noise(),
            summary(self.left_out),
            self._base(),
            str(self.comparison),
            *_test_lines(self.card),
            self._verdict(),
        ]
        return "\n".join(line for line in lines if line)

    def _noise(self) -> str:
        if not self.disagreeing:
            return ""
        return (
            f"{self.disagreeing} compositions have rows that differ by more than they should; "
            "that counts as noise of their values"
        )

    def _base(self) -> str:
        if not self.base:
            return "learned from these rows alone"
        return (
            f"base {self.base}: {self.base_rows} rows were learned from as well, "
            f"{self.base_replaced} gave way to rows of the same composition"
        )

    def _verdict(self) -> str:
        where = f"written to {self.folder}"
        if not self.promoted:
            return f"{where}, not promoted: it is worse than {self.comparison.replaced}"
        forced = ", though worse, because it was forced" if self.comparison.is_worse else ""
        return f"{where}, promoted{forced}: it may take the place of {self.comparison.replaced}"


_PLAIN = (
    "rows",
    "rows_used",
    "rows_joined",
    "disagreeing",
    "rows_not_drawn",
    "base",
    "base_rows",
    "base_replaced",
    "promoted",
)


@teaching
def retrain(
    target: "str | Target",
    data: Any,
    base: str | Path | None = "embedded",
    out: str | Path | None = None,
    unit: str | None = None,
    seed: int = 0,
    force: bool = False,
    name: str | None = None,
    watch: Watch | None = None,
    fast: bool = False,
    *,
    estimator: Any = None,
    duplicates: str = "median",
    formula_column: str = "",
    value_column: str = "",
    group_column: str = "",
    split: str | None = None,
    held_back: Any = None,
    tests: str = "full",
) -> Report:
    """Train a model on the user's data, and compare it with the one it would replace.

    Rows that fail a check are left out and named. The rest joins the training data of the base,
    and takes the place of its rows of the same compositions. Part of the user's rows, whole
    chemical systems, is held back first to compare both models; the final fit learns from
    everything. Nothing that is in use changes: ``maiscreen models use`` does that.

    Parameters
    ----------
    target : str or Target
        Such as ``shear_modulus_gpa``, all in :data:`maiscreen.models.learning.targets.TARGETS`; or
        your own, ``Target("band_gap_ev", "eV", low=0, high=20)``.
    data : str, Path, DataFrame, Arrow table, mapping, sequence of mappings, or tuple
        CSV, XLSX, Parquet or JSON with ``formula`` and the target's name (or ``value`` and
        ``unit``), and perhaps ``uncertainty`` and ``weight``; a ``labels.jsonl``, or ``labels`` for
        the embedded ones; the folder of a campaign whose shortlist was filled in. Or the same in
        memory: a DataFrame (pandas, polars), an Arrow table, a dictionary of columns, a list of
        records, (formulas, values).
    base : str, Path or None
        ``embedded``, the folder of a model, or None (``none``) for the data alone.
    out : str or Path, optional
        Folder of the new model, ``models/my_<target>`` if left out.
    unit : str, optional
        Of the values, where the data do not state it.
    seed : int
        Of all random numbers.
    force : bool
        Promote the model even if it is worse, and replace a model that lies in ``out``.
    name : str, optional
        Of the model, the folder's if left out.
    watch : callable, optional
        Is told how many fits are done, and of how many.
    fast : bool
        Teach a student as well, for ``predict(…, fast=True)``; it takes minutes more.
    estimator : Any
        A regressor of scikit-learn's interface, unfitted, in place of ours. It is given our
        features of a composition, and the values on the scale of the target.
    duplicates : str
        What rows of one composition become: their ``median``, ``mean`` or ``min``; all kept
        (``keep``); or the data refused if any disagree (``refuse``).
    formula_column, value_column, group_column : str
        Names of columns that are not found by themselves; the last is what tests keep together.
    split : str, optional
        What tests keep together: ``systems``, ``groups`` (of the column), ``random`` rows, or
        ``without Li`` (any element): no compound of it in any training. If left out: the groups
        if there are any; else chemical systems, and with the embedded base, whose models are meant
        for sodium, ``without Na``, which their cards call ``grouped``.
    held_back : Any
        Data as ``data``, never learned from: what both models are compared on.
    tests : str
        ``full``, or ``quick``: fewer folds, and those that calibrate alone. The card says so.

    Returns
    -------
    Report
        What was learned from, left out, and found.

    Raises
    ------
    InputError
        If the data cannot be used, or ``out`` not written. Nothing is changed then.
    """
    from maiscreen.models.learning.fit import check_estimator
    from maiscreen.models.learning.targets import target as target_of
    from maiscreen.models.retraining.held_back import SplitChoice, plan_retraining
    from maiscreen.models.storage.folder import REPORT, check_out, written_atomically
    from maiscreen.models.storage.model import save
    from maiscreen.models.training_files.columns import NamedColumns
    from maiscreen.models.training_files.read import Reading, read_data

    kind = target_of(target)
    folder = Path(out) if out is not None else Path("models") / f"my_{kind.name}"
    check_out(folder, force, tuple(p for p in (data, base) if isinstance(p, str | Path)))
    _check_seed(seed)
    check_estimator(estimator)
    _check_choices(split, tests, fast, estimator)
    how = Reading(unit, duplicates, NamedColumns(formula_column, value_column, group_column))
    own_data = read_data(kind, data, how=how)
    held = None if held_back is None else read_data(kind, held_back, how=how).training
    planned = plan_retraining(
        own_data.training, base, seed, SplitChoice(split, held, tests), estimator
    )
    comparison, surrogate = _train(planned, name or folder.name, seed, watch, fast, tests)
    promoted = force or not comparison.is_worse
    report = _report(surrogate, folder, own_data, planned, comparison, promoted, tests)
    with written_atomically(folder) as part:
        saved = save(replace(surrogate, card=report.card), part)
        report = replace(report, card=saved.card, model=saved)
        text = json.dumps(report.to_dict(), indent=1, ensure_ascii=False, allow_nan=False)
        (part / REPORT).write_text(f"{text}\n", encoding="utf-8")
    return report


def _check_choices(split: str | None, tests: str, fast: bool, estimator: Any) -> None:
    """Refuse tests that there are not, and a student of what is not ours."""
    from maiscreen.models.learning.fit import TESTS
    from maiscreen.models.learning.splits import check_split

    if split is not None:
        check_split(split)
    if tests not in TESTS:
        raise InputError("tests", tests, f"take one of {', '.join(TESTS)}")
    if fast and estimator is not None:
        raise InputError("fast", fast, "students learn from our own trees alone; leave it out")


def _check_seed(seed: int) -> None:
    if not isinstance(seed, int) or isinstance(seed, bool) or not 0 <= seed < 2**32:
        raise InputError("seed", seed, "give a whole number from 0 to 4294967295")


def _train(
    planned: "RetrainingPlan",
    name: str,
    seed: int,
    watch: Watch | None,
    fast: bool,
    tests: str,
) -> "tuple[Comparison, Surrogate]":
    from maiscreen.models.learning.fit import count_fits, fit
    from maiscreen.models.learning.splits import RANDOM
    from maiscreen.models.retraining.distil import count_steps, distil_student

    splits = (RANDOM,) if planned.split == RANDOM else (RANDOM, planned.split)
    total, done = planned.fits + count_fits(splits, tests) + fast * count_steps(), 0

    def count() -> None:
        nonlocal done
        done += 1
        if watch is not None:
            watch(done, total)

    comparison = planned.compare(seed, count)
    surrogate = fit(
        planned.everything,
        name,
        seed,
        splits,
        count,
        tests=tests,
        own_estimator=planned.estimator,
    )
    return comparison, distil_student(surrogate, done=count) if fast else surrogate


def _report(
    surrogate: "Surrogate",
    folder: Path,
    own_data: "Data",
    planned: "RetrainingPlan",
    comparison: "Comparison",
    promoted: bool,
    tests: str,
) -> Report:
    from maiscreen.models.training_files.read import count_reasons

    user = len(planned.user)
    counts = {
        "rows": own_data.rows,
        "rows_used": user,
        "rows_joined": own_data.joined,
        "disagreeing": own_data.disagreeing,
        "rows_not_drawn": len(own_data.training) - user,
        "base": planned.base,
        "base_rows": len(planned.everything) - user,
        "base_replaced": len(planned.base_training) + user - len(planned.everything),
    }
    judged = {**asdict(comparison), "worse": comparison.is_worse}
    notes: Mapping[str, Any] = {
        **counts,
        "rows_left_out": len(own_data.left_out),
        "left_out_by_reason": count_reasons(own_data.left_out),
        "tests": tests,
        "comparison": judged,
        "promoted": promoted,
    }
    data = {**surrogate.card.data, "file": own_data.training.source, "file_sha256": own_data.sha256}
    card = replace(surrogate.card, data=data, parent=planned.parent, notes=notes)
    return Report(
        card=card,
        folder=folder,
        **counts,  # type: ignore[arg-type]
        left_out=own_data.left_out,
        comparison=comparison,
        promoted=promoted,
        model=replace(surrogate, card=card),
    )


def _test_lines(card: "Card") -> list[str]:
    """State how the new model does on the splits of all rows."""
    scale = card.kind.scale
    return [
        f"{split}: MAE {metrics['mae']:.4g} {scale}, {metrics['coverage']:.0%} within the "
        f"{metrics['nominal']:.0%} intervals, {metrics['rows']} rows"
        for split, metrics in card.metrics[card.target].items()
    ]
