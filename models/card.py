"""The card of a learned model: what it was trained on, how well it does, what it is made of."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from maiscreen.candidates.errors import InputError
from maiscreen.models.calibration import Calibration
from maiscreen.models.targets import TARGETS

FORMAT = 1
"""Version of the files of a model."""

Metrics = Mapping[str, Mapping[str, Mapping[str, float]]]


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
        ``nominal`` probability, ``rows``. Splits: ``matbench``, ``grouped`` (whole chemical
        systems held out, no sodium in training) and ``sodium`` (its sodium compounds).
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
        Day of the training, ISO 8601.
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

    @property
    def version(self) -> str:
        """First twelve digits of the hash of its file: what a campaign cites."""
        return next(iter(self.files.values()), "unsaved")[:12]

    def to_dict(self) -> dict[str, Any]:
        """Give plain values, ready for JSON."""
        return asdict(self)

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
            plain = json.loads(text)
        except (ValueError, RecursionError):
            raise InputError("model", name, f"is no JSON; {_REMEDY}") from None
        if not isinstance(plain, dict) or "format" not in plain:
            raise InputError("model", name, f"is no card of a model; {_REMEDY}")
        if plain["format"] != FORMAT:
            raise InputError("model", name, f"has format {plain['format']}, not {FORMAT}")
        _check(plain, name)
        return cls(**{**plain, "calibration": _calibration(plain["calibration"], name)})


_REMEDY = "give the folder of a model, as maiscreen models train writes it"

_TYPES: Mapping[str, type | tuple[type, ...]] = {
    "name": str, "target": str, "unit": str, "scale": str, "recipe": str, "date": str,
    "parent": str, "metrics": dict, "data": dict, "splits": dict, "domain": dict,
    "calibration": dict, "packages": dict, "files": dict, "notes": dict,
    "seed": int, "format": int, "seconds": (int, float), "predictions_per_second": (int, float),
}  # fmt: skip


def _check(plain: Mapping[str, Any], name: str) -> None:
    known = {one.name for one in fields(Card)}
    for key in sorted(known ^ plain.keys()):
        what = "lacks" if key in known else "has an unknown"
        raise InputError("model", name, f"{what} field {key!r}; {_REMEDY}")
    for key, kind in _TYPES.items():
        if not isinstance(plain[key], kind) or isinstance(plain[key], bool):
            raise InputError("model", name, f"has a wrong {key}; {_REMEDY}")
    if plain["target"] not in TARGETS:
        raise InputError("model", name, f"predicts an unknown {plain['target']!r}; {_REMEDY}")


def _calibration(plain: Mapping[str, Any], name: str) -> Calibration:
    floor, std, half = (plain.get(key) for key in ("floor", "std", "half"))
    if not (_are_numbers([floor], 1) and _are_numbers(std, 2) and _are_numbers(half, 2)):
        raise InputError("model", name, f"has a wrong calibration; {_REMEDY}")
    (near, far), (near_half, far_half) = plain["std"], plain["half"]
    return Calibration(plain["floor"], (near, far), (near_half, far_half))


def _are_numbers(values: object, count: int) -> bool:
    return (
        isinstance(values, list)
        and len(values) == count
        and all(type(one) in (int, float) and one >= 0 for one in values)
    )
