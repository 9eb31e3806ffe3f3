"""A campaign as a value: the settings that decide what the screen finds."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field

from maiscreen.candidates.chemistry.elements import HALOGENS, METALS
from maiscreen.candidates.errors import InputError
from maiscreen.candidates.reading import limits
from maiscreen.candidates.reading.settings import (
    EACH_ONCE,
    LISTED,
    NUMBER,
    PRINTABLE,
    OneOf,
    SeveralOf,
    Table,
    says,
    settings,
)
from maiscreen.candidates.snapshot.pins import digest_of
from maiscreen.descriptors.bench.handling import HANDLINGS
from maiscreen.descriptors.bench.supply import ASKED, INVENTORIED
from maiscreen.descriptors.columns import ATTRIBUTES
from maiscreen.descriptors.hazards.hazards import HAZARDS
from maiscreen.descriptors.hazards.statements import WARNINGS
from maiscreen.models.attributes.attributes import Assumptions
from maiscreen.screen.campaign.space import Celsius, Space
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

_SAMPLES = says(f"a whole number from 100 to {MAX_SAMPLES}: a thousand take 120 MB of memory")
_NAME = says("one line of text of at most 80 characters", examples=["warm chlorides"])

WITHOUT_EFFECT = ("name", "chunk_size")
"""Settings that change no result, and so are no part of the fingerprint."""


def _folder(text: str) -> str:
    """Refuse blanks; "embedded" and "" stand for what comes with the project."""
    if text and not text.strip():
        raise ValueError
    return "" if text == "embedded" else text


def _split(value: object) -> object:
    """Take a list of folders; one text lists them with commas between."""
    return [part.strip() for part in value.split(",")] if isinstance(value, str) else value


_A_FOLDER = 'the path of a folder, such as "snapshots/today"'

Folder = Annotated[
    str,
    Field(examples=["snapshots/today"]),
    PRINTABLE,
    AfterValidator(_folder),
    says(_A_FOLDER),
]

Folders = Annotated[
    tuple[Annotated[str, Field(pattern=r"\S"), PRINTABLE, says(_A_FOLDER)], ...],
    Field(max_length=limits.FOLDERS, examples=[["models/mine"]]),
    LISTED,
    BeforeValidator(_split),
    EACH_ONCE,
    says('a list of folders, such as ["models/mine"]', uniqueItems=True),
]

Weight = Annotated[float, Field(ge=0, le=1e6, examples=[2]), NUMBER]


@settings("weights")
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

    adhesion: Weight = 1.0
    ionic_conductivity: Weight = 1.0
    youngs_modulus: Weight = 1.0
    electrolyte_permeability: Weight = 1.0

    def __post_init__(self) -> None:
        if not any(self.values):
            raise InputError("weights", list(self.values), "give at least one above 0")

    @property
    def values(self) -> tuple[float, ...]:
        """The weights in the order of ``ATTRIBUTES``."""
        return tuple(getattr(self, name) for name in ATTRIBUTES)


@settings()
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
    hazards_rejected : tuple of str
        Acute toxicities that lead to a rejection, and not to a warning alone; those that are
        derived or from memory count too.
    supply : str
        How surely it must be for sale, by regulatory inventories of 2012 to 2016: ``any``,
        ``inventoried`` (on a list at all), ``reported`` or ``bulk`` (1,000 t a year).
    handling : tuple of str
        What it may come in: ``bottle`` (liquids and solids at 25 °C), ``cylinder`` (gases).
    samples : int
        Monte Carlo draws over the errors, by which ranks get their intervals.
    seed : int
        Seed of their generator.
    top_k : int
        k of P(in the top k) in the console table, the shortlist and the report.
    tier_probability : float
        P(best of a tier > candidate) from which on the candidate begins the next tier.
    chunk_size : int
        Candidates in a task; changes nothing.

    Examples
    --------
    >>> Campaign(metals=("Ti", "Sn")).with_settings(["temperature_c=60"]).temperature_c
    60.0
    """

    name: Annotated[str, Field(pattern=r"\S", max_length=80), PRINTABLE, _NAME] = "default"
    metals: Annotated[tuple[str, ...], SeveralOf(METALS)] = METALS
    halogens: Annotated[tuple[str, ...], SeveralOf(HALOGENS)] = HALOGENS
    temperature_c: Annotated[Celsius, Field(examples=[60])] = 25.0
    min_vapour_pressure_pa: Annotated[float, Field(ge=1e-6, le=1e7, examples=[10]), NUMBER] = 100.0
    hull_tolerance_ev_atom: Annotated[float, Field(ge=0, le=0.2, examples=[0.025]), NUMBER] = 0.05
    state: Annotated[str, OneOf(STATES)] = "in_operation"
    fidelity: Annotated[str, OneOf(FIDELITIES)] = "F2"
    models: Folders = ()
    snapshot: Folder = ""
    labels: Folder = ""
    weights: Annotated[Weights, Table()] = Weights()
    space: Annotated[Space, Table()] = Space()
    routes: Annotated[tuple[str, ...], SeveralOf(ROUTES)] = ("vapour",)
    hazards_allowed: Annotated[tuple[str, ...], SeveralOf(HAZARDS, at_least=0)] = ()
    hazards_rejected: Annotated[tuple[str, ...], SeveralOf(WARNINGS, at_least=0)] = ()
    supply: Annotated[str, OneOf(ASKED), Field(examples=["reported"])] = INVENTORIED
    handling: Annotated[tuple[str, ...], SeveralOf(HANDLINGS), Field(examples=[["bottle"]])] = (
        HANDLINGS
    )
    samples: Annotated[int, Field(ge=100, le=MAX_SAMPLES, examples=[10_000]), _SAMPLES] = 2000
    seed: Annotated[int, Field(ge=0, le=2**63 - 1, examples=[1])] = 20260101
    top_k: Annotated[int, Field(ge=1, le=10_000, examples=[5])] = 10
    tier_probability: Annotated[float, Field(gt=0.5, lt=1, examples=[0.9]), NUMBER] = 0.8
    chunk_size: Annotated[int, Field(ge=1, le=1_000_000, examples=[64])] = 256

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
        return cls(**settings)  # type: ignore[arg-type]  # checked as it is made

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
        """Return the settings as plain values, ready for JSON or TOML."""
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


def checked_campaign(value: object) -> Campaign:
    """Take a campaign, the default one for None; of what is none say how to make one.

    Raises
    ------
    InputError
        If it is anything else.

    Examples
    --------
    >>> checked_campaign("tin.toml")
    Traceback (most recent call last):
    ...
    maiscreen.candidates.errors.InputError: campaign = 'tin.toml': give a Campaign, such as \
Campaign.from_toml('tin.toml')
    """
    if value is None:
        return Campaign()
    if isinstance(value, Campaign):
        return value
    how = "Campaign(temperature_c=60)"
    if isinstance(value, str | Path):
        how = f"Campaign.from_toml({str(value)!r})"
    elif isinstance(value, Mapping):
        how = "Campaign.from_dict(…) of it"
    raise InputError("campaign", value, f"give a Campaign, such as {how}")


def _listed(value: object) -> object:
    """Turn tuples into lists, one table down as well."""
    if isinstance(value, dict):
        return {key: _listed(one) for key, one in value.items()}
    return list(value) if isinstance(value, tuple) else value
