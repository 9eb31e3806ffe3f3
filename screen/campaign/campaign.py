"""A campaign as a value: the settings that decide what the screen finds."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from maiscreen.candidates.chemistry.elements import HALOGENS, METALS
from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits
from maiscreen.candidates.snapshot.pins import digest_of
from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.descriptors.hazards.hazards import HAZARDS
from maiscreen.models.attributes.attributes import Assumptions
from maiscreen.screen.campaign import checks
from maiscreen.screen.campaign.space import T_LIMIT_C, Space
from maiscreen.screen.campaign.toml import as_toml, assign, parse_toml

STATES = ("in_operation", "as_formed")
"""States of the layer: sodium-saturated, and on the vapour side."""

FIDELITIES = ("F2", "F1", "F0")
"""Highest fidelity of the attributes: an interatomic potential; crystal data and learned models;
tables alone. Each falls back on the next."""

ROUTES = ("vapour", "solution", "additive")
"""Ways for the precursor to meet the sodium."""

MAX_SAMPLES = 20_000
"""Samples of the default space take 2.4 GB at this number, as measured; memory grows with it."""

WITHOUT_EFFECT = ("name", "chunk_size")
"""Settings that change no result, and so are no part of the fingerprint."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Weights of the four attributes in the score, each 0 or more; only their ratios count.

    Attributes
    ----------
    adhesion : float
        How well the layer holds sodium, J/m².
    ionic_conductivity : float
        How well sodium ions pass it, mS/cm.
    youngs_modulus : float
        Whether it is stiff enough to hold dendrites back, GPa.
    electrolyte_permeability : float
        How much of it is open to the electrolyte, volume fraction; less is better.
    """

    adhesion: float = 1.0
    ionic_conductivity: float = 1.0
    youngs_modulus: float = 1.0
    electrolyte_permeability: float = 1.0

    def __post_init__(self) -> None:
        check = checks.number(0, 1e6)
        for name in ATTRIBUTES:
            object.__setattr__(self, name, check(f"weights.{name}", getattr(self, name)))
        if not any(self.values):
            raise InputError("weights", list(self.values), "give at least one above 0")

    @property
    def values(self) -> tuple[float, ...]:
        """The weights in the order of ``ATTRIBUTES``."""
        return tuple(getattr(self, name) for name in ATTRIBUTES)


@dataclass(frozen=True, slots=True)
class Campaign:
    """What to screen, and by what rules.

    Attributes
    ----------
    name : str
        For the reader; changes nothing.
    metals : tuple of str
        M of the space MXₙ, in the order of the elements.
    halogens : tuple of str
        X of the space MXₙ.
    temperature_c : float
        Process temperature in °C, below the melting point of sodium.
    min_vapour_pressure_pa : float
        Precursors with less vapour at the process temperature are rejected; above 0.
    hull_tolerance_ev_atom : float
        Alloy phases up to this far above the hull are kept as metastable.
    state : str
        State of the layer that the score is for: ``in_operation`` or ``as_formed``.
    fidelity : str
        Highest fidelity of the attributes: ``F2`` (labels of an interatomic potential where there
        are some), ``F1`` (crystal data and learned models) or ``F0`` (tables alone); what one
        does not have, the next gives.
    models : tuple of str
        Folders of trained models, each in place of the embedded one of its target, or of stores,
        whose models in use are meant; a run pins them (``folder@sha256:digest``).
    snapshot : str
        Folder of a snapshot in place of the embedded one; a run pins it as well.
    labels : str
        Folder of a run of `labels` in place of the embedded labels; a run pins it as well.
    weights : Weights
        Weights of the attributes.
    space : Space
        What is searched beside the homoleptic halides: other precursors, blends, temperatures.
    routes : tuple of str
        Routes that can be taken: ``vapour``, ``solution``, ``additive``.
    hazards_allowed : tuple of str
        Hazards that do not lead to a rejection.
    samples : int
        Monte Carlo draws over the errors, by which ranks get their intervals.
    seed : int
        Seed of their generator.
    top_k : int
        k of P(in the top k) in the console table, the shortlist and the report.
    chunk_size : int
        Candidates in a task; changes nothing.

    Examples
    --------
    >>> Campaign(metals=("Ti", "Sn")).with_settings(["temperature_c=60"]).temperature_c
    60.0
    """

    name: str = "default"
    metals: tuple[str, ...] = METALS
    halogens: tuple[str, ...] = HALOGENS
    temperature_c: float = 25.0
    min_vapour_pressure_pa: float = 100.0
    hull_tolerance_ev_atom: float = 0.05
    state: str = "in_operation"
    fidelity: str = "F2"
    models: tuple[str, ...] = ()
    snapshot: str = ""
    labels: str = ""
    weights: Weights = field(default_factory=Weights)
    space: Space = field(default_factory=Space)
    routes: tuple[str, ...] = ("vapour",)
    hazards_allowed: tuple[str, ...] = ()
    samples: int = 2000
    seed: int = 20260101
    top_k: int = 10
    chunk_size: int = 256

    def __post_init__(self) -> None:
        for key, check in _CHECKS.items():
            object.__setattr__(self, key, check(key, getattr(self, key)))

    @property
    def _own_data(self) -> dict[str, str]:
        return {"snapshot": self.snapshot, "labels": self.labels}

    @property
    def assumptions(self) -> Assumptions:
        """Choices behind the attributes that follow from the settings."""
        return Assumptions(
            fidelity=self.fidelity,
            models=self.models,
            snapshot=self.snapshot,
            labels=self.labels,
        )

    @classmethod
    def from_dict(cls, settings: Mapping[str, object]) -> "Campaign":
        """Make a campaign from plain values, as TOML and JSON give them.

        Raises
        ------
        InputError
            If a key is unknown, a type is wrong or a value is out of range.
        """
        known = [f.name for f in fields(cls)]
        for key in settings:
            if key not in known:
                remedy = "is no setting; " + checks.nearest(key, known)
                raise InputError(key, settings[key], remedy)
        given = {**settings, "weights": _weights(settings.get("weights", {}))}
        return cls(**given)  # type: ignore[arg-type]  # checked in __post_init__

    @classmethod
    def from_toml(cls, path: Path | str) -> "Campaign":
        """Read a campaign file.

        Raises
        ------
        InputError
            If the file cannot be read, is no TOML, or holds bad settings.
        """
        try:
            content = limits.read_bytes(Path(path), limits.CAMPAIGN_BYTES)
        except OSError as error:
            raise InputError("campaign", str(path), f"cannot be read: {error.strerror}") from None
        except ValueError as error:
            raise InputError("campaign", str(path), f"cannot be read: {error}") from None
        try:
            # Notepad puts a byte order mark in front.
            settings = parse_toml(content.decode("utf-8-sig").replace("\r\n", "\n"))
        except (ValueError, RecursionError) as error:
            raise InputError("campaign", str(path), f"is no TOML file: {error}") from None
        return cls.from_dict(settings)

    def with_settings(self, settings: Iterable[str]) -> "Campaign":
        """Change settings by ``key=value``, the value as in TOML (bare words are text).

        Examples
        --------
        >>> Campaign().with_settings(["weights.adhesion=2"]).weights.adhesion
        2.0
        """
        changed = self.to_dict()
        for setting in settings:
            assign(changed, setting)
        return type(self).from_dict(changed)

    def to_dict(self) -> dict[str, object]:
        """Give the settings as plain values, ready for JSON or TOML."""
        plain = asdict(self)
        return {key: _listed(value) for key, value in plain.items()}

    def to_toml(self) -> str:
        """Write the campaign file that gives this campaign."""
        return as_toml(self.to_dict())

    def fingerprint(self, extra: Mapping[str, object] | None = None) -> str:
        """Name the result: a hash of all that it follows from.

        Parameters
        ----------
        extra : mapping, optional
            What else the result follows from: versions and hashes of code and data.

        Returns
        -------
        str
            SHA-256 in hexadecimal, the same on every machine.
        """
        settings = {k: v for k, v in self.to_dict().items() if k not in WITHOUT_EFFECT}
        # Where a model or a snapshot lies changes nothing; what it is pinned to does.
        settings["models"] = sorted(digest_of(one) or one for one in self.models)
        settings |= {k: digest_of(v) or v for k, v in self._own_data.items()}
        text = json.dumps(
            {"campaign": settings, "extra": dict(extra or {})},
            sort_keys=True,
            separators=(",", ":"),
            allow_nan=False,
        )
        return hashlib.sha256(text.encode()).hexdigest()


def _listed(value: object) -> object:
    """Turn tuples into lists, one table down as well."""
    if isinstance(value, dict):
        return {key: _listed(one) for key, one in value.items()}
    return list(value) if isinstance(value, tuple) else value


def _weights(weights: object) -> Weights:
    if isinstance(weights, Weights):
        return weights
    if not isinstance(weights, Mapping):
        raise InputError("weights", weights, "give a table, such as weights.adhesion = 2")
    for key in weights:
        if key not in ATTRIBUTES:
            remedy = "is no attribute; " + checks.nearest(key, ATTRIBUTES)
            raise InputError(f"weights.{key}", weights[key], remedy)
    return Weights(**weights)


def _check_weights(field: str, value: object) -> Weights:
    return _weights(value)


def _check_space(field: str, value: object) -> Space:
    return Space.from_dict(value)


_CHECKS: dict[str, checks.Check] = {
    "name": checks.title,
    "metals": checks.several_of(METALS),
    "halogens": checks.several_of(HALOGENS),
    "temperature_c": checks.number(0, T_LIMIT_C, high_is_open=True),
    "min_vapour_pressure_pa": checks.number(1e-6, 1e7),
    "hull_tolerance_ev_atom": checks.number(0, 0.2),
    "state": checks.one_of(STATES),
    "fidelity": checks.one_of(FIDELITIES),
    "models": checks.folders,
    "snapshot": checks.folder,
    "labels": checks.folder,
    "weights": _check_weights,
    "space": _check_space,
    "routes": checks.several_of(ROUTES),
    "hazards_allowed": checks.several_of(HAZARDS, may_be_empty=True),
    "samples": checks.integer(100, MAX_SAMPLES, ": a thousand take 120 MB of memory"),
    "seed": checks.integer(0, 2**63 - 1),
    "top_k": checks.integer(1, 10_000),
    "chunk_size": checks.integer(1, 1_000_000),
}
