"""The card of a learned model: what it was trained on, how well it does, what it is made of."""

import hashlib
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits
from maiscreen.models.learning.calibration import Calibration
from maiscreen.models.learning.targets import TARGETS, Target

FORMAT = 1
"""Version of the files of a model."""

Metrics = Mapping[str, Mapping[str, Mapping[str, float]]]


@dataclass(frozen=True, slots=True)
class StudentCard:
    """What is known of the student of a model.

    Attributes
    ----------
    recipe : str
        What kind of network it is.
    metrics : Mapping
        Split (``grouped``, ``sodium``) → as on :class:`Card`, against the true values.
    agreement : Mapping
        ``mae``, ``rmse``, ``r2`` against the trees' predictions of the same rows, which neither
        had seen, and ``rows``.
    calibration : Calibration
        Half widths of its intervals, from its own errors.
    lessons : int
        Compositions that it was taught.
    seconds : float
        Time of processor for all students, those that were tested included.
    predictions_per_second : float
        Compositions predicted in a second of one processor, features included.
    alone_per_second : float
        The same without the features.
    sha256 : str
        Of its file; empty before it is saved.
    """

    recipe: str
    metrics: Mapping[str, Mapping[str, float]]
    agreement: Mapping[str, float]
    calibration: Calibration
    lessons: int
    seconds: float
    predictions_per_second: float
    alone_per_second: float
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """All that is known of a model, ready for JSON.

    Attributes
    ----------
    name, target, unit : str
        Its name, what it predicts and in which unit.
    scale : str
        ``log10`` or ``linear``: the scale on which it was trained and its errors are stated.
    recipe : str
        What kind of model it is.
    metrics : Mapping
        Target → split → ``mae``, ``rmse``, ``r2`` (on the scale), ``coverage`` of the intervals of
        ``nominal`` probability, ``rows``. Coverage and ``nominal`` are missing where values from
        elsewhere made the intervals: on these splits they were not tested. Splits: ``matbench``,
        ``grouped`` (whole chemical systems held out, no sodium in training) and ``sodium`` (its
        sodium compounds).
    data : Mapping
        ``source``, ``rows``, ``compositions``, ``sha256``.
    splits : Mapping
        Split → what it is, in words.
    domain : Mapping
        ``elements``: how many were seen.
    calibration : Calibration
        Half widths of intervals.
    packages : Mapping
        Package → version.
    date : str
        Day of the training, or of the calibration to values from elsewhere, ISO 8601.
    seed : int
        Of all random numbers.
    seconds : float
        Time of the whole training, tests included.
    predictions_per_second : float
        Compositions predicted in a second by one process, features included.
    parent : str
        The model whose training data it goes on from; empty without one.
    files : Mapping
        File → SHA-256.
    notes : Mapping
        What a retraining adds: rows left out, comparison with the model it replaces.
    student : StudentCard or None
        Of the student, where there is one. It is no part of the model's version: it can be added
        later, and nothing that was asked of the trees changes.
    definition : Mapping or None
        The target, where it is the user's own: as
        :meth:`maiscreen.models.learning.targets.Target.to_dict` gives it.
    own_estimator : bool or None
        Whether its user brought the estimator; None on cards that do not say so.
    """

    name: str
    target: str
    unit: str
    scale: str
    recipe: str
    metrics: Metrics
    data: Mapping[str, Any]
    splits: Mapping[str, str]
    domain: Mapping[str, int]
    calibration: Calibration
    packages: Mapping[str, str | None]
    date: str
    seed: int
    seconds: float
    predictions_per_second: float
    parent: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, Any] = field(default_factory=dict)
    format: int = FORMAT
    student: StudentCard | None = None
    definition: Mapping[str, Any] | None = None
    own_estimator: bool | None = None

    @property
    def uses_own_estimator(self) -> bool:
        """Whether its user brought the estimator; the recipe tells where the card does not."""
        if self.own_estimator is None:
            return not self.recipe.startswith("LightGBM, ")
        return self.own_estimator

    @property
    def kind(self) -> Target:
        """The target, with unit, scale and limits."""
        if self.definition is None:
            return TARGETS[self.target]
        return Target.from_dict(self.definition)

    @property
    def split(self) -> str:
        """The split that counts: the one that its intervals come from."""
        judged = self.metrics.get(self.target, {})
        return next((name for name in judged if name not in RANDOM_ROWS), next(iter(judged), ""))

    @property
    def version(self) -> str:
        """First twelve digits of a hash: what a campaign cites.

        It is that of its file, or, where values from elsewhere made its intervals, of its files
        and its calibration: two calibrations of the same trees are two versions.
        """
        if not self.files or not self.calibration.steps:
            return next(iter(self.files.values()), "unsaved")[:12]
        parts = {"files": dict(self.files), "calibration": self.calibration.to_dict()}
        text = json.dumps(parts, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()[:12]

    def to_dict(self) -> dict[str, Any]:
        """Return plain values, ready for JSON; of :data:`OPTIONAL` fields those that are there."""
        plain = asdict(self)
        plain["calibration"] = self.calibration.to_dict()
        if self.student is not None:
            plain["student"]["calibration"] = self.student.calibration.to_dict()
        for name in OPTIONAL:
            if plain[name] is None:
                del plain[name]
        return plain

    def to_json(self, indent: int | None = 1) -> str:
        """Write the card; without an indent on one line."""
        return json.dumps(self.to_dict(), indent=indent, ensure_ascii=False, allow_nan=False)

    @classmethod
    def from_json(cls, text: str, name: str = "card.json") -> "Card":
        """Read a card.

        Parameters
        ----------
        text : str
            What :meth:`to_json` wrote.
        name : str
            Of the file, for errors.

        Raises
        ------
        InputError
            If it is no card, or one of another format.
        """
        try:
            plain = limits.parse_json(text)
        except ValueError:
            raise InputError("model", name, f"is no JSON; {_REMEDY}") from None
        if not isinstance(plain, dict) or "format" not in plain:
            raise InputError("model", name, f"is no card of a model; {_REMEDY}")
        if plain["format"] != FORMAT:
            raise InputError("model", name, f"has format {plain['format']!r:.40}, not {FORMAT}")
        _check(plain, name)
        student = _student(plain["student"], name) if "student" in plain else None
        calibration = _calibration(plain["calibration"], name)
        return cls(**{**plain, "calibration": calibration, "student": student})


_REMEDY = "give the folder of a model, as maiscreen models train writes it"

RANDOM_ROWS = ("matbench", "random")
"""Splits that only stand beside another one, if there is another."""

OPTIONAL = frozenset({"student", "definition", "own_estimator"})
"""Fields that a card has only where they say something."""

_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "name": str, "target": str, "unit": str, "scale": str, "recipe": str, "date": str,
    "parent": str, "metrics": dict, "data": dict, "splits": dict, "domain": dict,
    "calibration": dict, "packages": dict, "files": dict, "notes": dict,
    "seed": int, "format": int, "seconds": (int, float), "predictions_per_second": (int, float),
}  # fmt: skip


_STUDENT_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "recipe": str, "metrics": dict, "agreement": dict, "calibration": dict, "lessons": int,
    "seconds": (int, float), "predictions_per_second": (int, float),
    "alone_per_second": (int, float), "sha256": str,
}  # fmt: skip


def _check(plain: Mapping[str, Any], name: str) -> None:
    known = {one.name for one in fields(Card)} - (OPTIONAL - plain.keys())
    _check_fields(plain, known, _TYPES, name)
    if not isinstance(plain.get("own_estimator", True), bool):
        raise InputError("model", name, f"has a wrong own_estimator; {_REMEDY}")
    _check_target(plain, name)
    _check_metrics(plain["metrics"].values(), plain["calibration"], name)
    if plain["target"] not in plain["metrics"]:
        raise InputError(
            "model", name, f"has no tests of its target, {plain['target']!r:.40}; {_REMEDY}"
        )
    texts = [*plain["files"].values(), *plain["splits"].values()]
    texts += [one for one in plain["packages"].values() if one is not None]
    if not all(isinstance(one, str) for one in texts):
        raise InputError("model", name, f"has wrong files, splits or packages; {_REMEDY}")


def _check_target(plain: Mapping[str, Any], name: str) -> None:
    """Check that the target is one of ours, or defined on the card with the same name and unit."""
    if "definition" not in plain:
        if plain["target"] not in TARGETS:
            raise InputError("model", name, f"predicts an unknown {plain['target']!r}; {_REMEDY}")
        return
    try:
        kind = Target.from_dict(plain["definition"])
    except (InputError, TypeError, AttributeError):
        raise InputError("model", name, f"has a wrong definition; {_REMEDY}") from None
    same = (kind.name, kind.unit) == (plain["target"], plain["unit"])
    if not same or kind.log10 != (plain["scale"] == "log10") or kind.name in TARGETS:
        raise InputError("model", name, f"has another definition than target; {_REMEDY}")


def _check_fields(
    plain: Mapping[str, Any],
    known: set[str],
    types: Mapping[str, type | tuple[type, ...]],
    name: str,
) -> None:
    for key in sorted(known ^ plain.keys()):
        what = "lacks" if key in known else "has an unknown"
        raise InputError("model", name, f"{what} field {key!r}; {_REMEDY}")
    for key, kind in types.items():
        value = plain[key]
        if not isinstance(value, kind) or isinstance(value, bool) or not _is_bounded(value):
            raise InputError("model", name, f"has a wrong {key}; {_REMEDY}")


_TESTED = ("rows", "mae", "rmse", "r2")
"""What a test on a card tells."""

INTERVALS = ("coverage", "nominal")
"""What it tells of the intervals, where these come from the test."""


def _check_metrics(targets: Iterable[object], calibration: Mapping[str, object], name: str) -> None:
    """Check that every test has all its metrics, as numbers."""
    needed = _TESTED if calibration.get("steps") else _TESTED + INTERVALS
    for splits in targets:
        if not isinstance(splits, dict):
            raise InputError("model", name, f"has wrong metrics; {_REMEDY}")
        for one in splits.values():
            _check_numbers(one, needed, name)


def _check_numbers(numbers: object, names: Iterable[str], name: str) -> None:
    if not isinstance(numbers, dict) or not set(names) <= numbers.keys():
        raise InputError("model", name, f"lacks a part of its metrics; {_REMEDY}")
    if not all(type(value) in (int, float) and _is_bounded(value) for value in numbers.values()):
        raise InputError("model", name, f"has wrong metrics; {_REMEDY}")


def _is_bounded(value: object) -> bool:
    """Return whether a value is no number, or one small enough to calculate with."""
    if not isinstance(value, int | float):
        return True
    return abs(value) < _LARGEST and math.isfinite(value)


_LARGEST = 1e18
"""No number on a card is larger."""


def _student(plain: object, name: str) -> StudentCard:
    if not isinstance(plain, dict):
        raise InputError("model", name, f"has a wrong student; {_REMEDY}")
    _check_fields(plain, {one.name for one in fields(StudentCard)}, _STUDENT_TYPES, name)
    _check_metrics([plain["metrics"]], plain["calibration"], name)
    _check_numbers(plain["agreement"], ("mae", "rmse", "r2", "rows"), name)
    return StudentCard(**{**plain, "calibration": _calibration(plain["calibration"], name)})


def _calibration(plain: Mapping[str, Any], name: str) -> Calibration:
    floor, std, half = (plain.get(key) for key in ("floor", "std", "half"))
    if not (_are_numbers([floor], 1) and _are_numbers(std, 2) and _are_numbers(half, 2)):
        raise InputError("model", name, f"has a wrong calibration; {_REMEDY}")
    steps = plain.get("steps", [])
    if not (isinstance(steps, list) and all(_are_numbers(step, 3) for step in steps)):
        raise InputError("model", name, f"has a wrong calibration; {_REMEDY}")
    starts = [step[0] for step in steps]
    if starts != sorted(starts):
        raise InputError("model", name, f"has a wrong calibration; {_REMEDY}")
    (near, far), (near_half, far_half) = plain["std"], plain["half"]
    both = (near, far), (near_half, far_half)
    return Calibration(plain["floor"], *both, tuple((a, b, c) for a, b, c in steps))


def _are_numbers(values: object, count: int) -> bool:
    return (
        isinstance(values, list)
        and len(values) == count
        and all(type(one) in (int, float) and 0 <= one < _LARGEST for one in values)
    )
