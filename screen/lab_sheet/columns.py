"""The columns of a sheet of laboratory results: what they mean, their units, what they take."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from maiscreen.screen.facts.columns import FACT_HEADINGS

MAX_BYTES = 5_000_000
"""Of a file."""

MAX_ROWS, MAX_COLUMNS, MAX_CELL = 10_000, 200, 2_000
"""Rows and columns of a sheet, characters of a cell."""

Scale = tuple[float, float]
"""Factor and offset: value in our unit = factor · (value + offset)."""


def _scales(unit: str, **others: float) -> Mapping[str, Scale]:
    return MappingProxyType({unit: (1.0, 0.0)} | {u: (f, 0.0) for u, f in others.items()})


LENGTH = _scales("nm", **{"μm": 1e3, "um": 1e3, "micron": 1e3, "å": 0.1, "mm": 1e6})
TIME = _scales("s", sec=1, min=60, h=3600)
CURRENT_DENSITY = _scales(
    "ma/cm2", **{"macm2": 1, "a/m2": 0.1, "μa/cm2": 1e-3, "ua/cm2": 1e-3, "a/cm2": 1e3}
)
CAPACITY = _scales(
    "mah/cm2", **{"mahcm2": 1, "ah/m2": 0.1, "μah/cm2": 1e-3, "uah/cm2": 1e-3, "ah/cm2": 1e3}
)
IMPEDANCE = _scales("ohmcm2", **{"kohmcm2": 1e3, "ohmm2": 1e4})
TEMPERATURE: Mapping[str, Scale] = MappingProxyType(
    {"°c": (1.0, 0.0), "c": (1.0, 0.0), "degc": (1.0, 0.0), "k": (1.0, -273.15)}
)

_WORDS = {
    "ohms": "ohm",
    "ω": "ohm",
    "microns": "micron",
    "mikrometer": "μm",
    "micrometer": "μm",
    "nanometer": "nm",
    "ångström": "å",
    "angstrom": "å",
    "seconds": "s",
    "sekunden": "s",
    "sek": "s",
    "minutes": "min",
    "minuten": "min",
    "hours": "h",
    "stunden": "h",
    "gradc": "degc",
    "celsius": "degc",
    "kelvin": "k",
}
_PER_AREA = re.compile(r"(c?m)-2$")


def unit_key(text: str) -> str:
    """Return what all spellings of a unit share.

    Examples
    --------
    >>> [unit_key(t) for t in ("mA cm⁻²", "mA/cm²", "ma·cm^-2", "(mA per cm2)")]
    ['ma/cm2', 'ma/cm2', 'ma/cm2', 'ma/cm2']
    >>> [unit_key(t) for t in ("Ω·cm²", "Ohm cm^2", "µm", "°C")]
    ['ohmcm2', 'ohmcm2', 'μm', '°c']
    """
    plain = unicodedata.normalize("NFKC", text).casefold().replace("\u2212", "-").strip(" .()[]")
    plain = plain.replace(" per ", "/").replace("**", "").replace("\u2044", "/")
    plain = re.sub(r"[\s·⋅∙×*^_]", "", plain)
    plain = _WORDS.get(plain, plain)
    plain = re.sub(r"^(k?)(?:ohms?|ω)", r"\1ohm", plain)
    return _PER_AREA.sub(r"/\g<1>2", plain)


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes
    ----------
    name : str
        Of the field of a record; it names the unit of the value that is kept.
    heading : str
        In the template, without the unit.
    about : str
        What to write into it.
    kind : str
        ``precursor``, ``cas``, ``number``, ``count``, ``choice``, ``flag``, ``phases``, ``cell``,
        ``date`` or ``text``.
    unit : str
        In the template's heading; empty for what has none.
    units : mapping
        What is converted, by `lab_units.unit_key`.
    low, high : float
        What lies outside is a slip of the key.
    choices : mapping
        What may be written → what it means, for a choice; suggestions for a text.
    aliases : tuple of str
        Other headings for it.
    example : str
        For the reference.
    """

    name: str
    heading: str
    about: str
    kind: str = "text"
    unit: str = ""
    units: Mapping[str, Scale] = field(default_factory=dict)
    low: float = 0.0
    high: float = float("inf")
    choices: Mapping[str, str] = field(default_factory=dict)
    aliases: tuple[str, ...] = ()
    example: str = ""

    @property
    def title(self) -> str:
        """Heading of the template."""
        return f"{self.heading} ({self.unit})" if self.unit else self.heading


ROUTES = {
    "vapour": "vapour",
    "vapor": "vapour",
    "gas": "vapour",
    "dampf": "vapour",
    "gasphase": "vapour",
    "solution": "solution",
    "lösung": "solution",
    "dip": "solution",
    "additive": "additive",
    "additiv": "additive",
    "electrolyte additive": "additive",
    "elektrolytadditiv": "additive",
    "none": "none",
    "keine": "none",
}
YES_NO = {
    "yes": "yes",
    "y": "yes",
    "ja": "yes",
    "true": "yes",
    "wahr": "yes",
    "x": "yes",
    "1": "yes",
    "running": "yes",
    "still running": "yes",
    "läuft noch": "yes",
    "läuft": "yes",
    "ongoing": "yes",
    "no": "no",
    "n": "no",
    "nein": "no",
    "false": "no",
    "falsch": "no",
    "0": "no",
    "failed": "no",
    "ausgefallen": "no",
}
CELLS = {
    "symmetric": "symmetric",
    "symmetric cell": "symmetric",
    "sym": "symmetric",
    "symmetrisch": "symmetric",
    "symmetrische zelle": "symmetric",
    "full": "full",
    "full cell": "full",
    "vollzelle": "full",
    "half": "half",
    "half cell": "half",
    "halbzelle": "half",
}
CRITERIA = {c: c for c in ("short circuit", "overpotential", "capacity loss", "stopped", "other")}

COLUMNS = (
    Column(
        "precursor", "precursor",
        "formula, name, or a blend such as 0.7 SnCl4 + 0.3 SiCl4; 'bare sodium' for the control",
        "precursor", example="SnCl4",
        aliases=("formula", "recipe", "compound", "formel", "summenformel", "verbindung",
                 "präkursor", "vorläufer", "substanz"),
    ),
    Column("cas", "CAS", "CAS number; it must belong to the formula", "cas", example="7646-78-8",
           aliases=("cas number", "cas no", "cas nr", "cas nummer", "cas rn")),
    Column("route", "route", "how it met the sodium; vapour if left empty", "choice",
           choices=ROUTES, example="vapour", aliases=("verfahren", "weg")),
    Column("replicate", "replicate",
           "number or letter of the cell: the same one again is the same cell, further on",
           example="1", aliases=("replica", "cell no", "cell number", "wiederholung", "zelle nr",
                                 "zellnummer", "nr", "no")),
    Column("cycles", "cycles to failure",
           "whole number; '> 650', '650+' or '650 (still running)' for a cell that has not failed",
           "count", high=1e6, example="> 650",
           aliases=("cycles", "cycle life", "zyklen", "zyklenzahl", "zyklen bis ausfall",
                    "lebensdauer", "number of cycles")),
    Column("censored", "still running", "yes if the cell had not failed at that number of cycles",
           "flag", choices=YES_NO, example="yes",
           aliases=("censored", "running", "ongoing", "zensiert", "läuft noch", "status")),
    Column("failure_criterion", "failure criterion", "what counted as failure",
           choices=CRITERIA, example="short circuit",
           aliases=("failure", "criterion", "ausfallkriterium", "ausfall", "kriterium")),
    Column("current_density_ma_cm2", "current density", "of the cycling; needed beside cycles",
           "number", "mA/cm²", CURRENT_DENSITY, 1e-3, 1e3, example="2",
           aliases=("stromdichte", "current", "j")),
    Column("capacity_mah_cm2", "capacity", "plated and stripped per cycle; needed beside cycles",
           "number", "mAh/cm²", CAPACITY, 1e-3, 1e3, example="1",
           aliases=("areal capacity", "kapazität", "flächenkapazität", "q")),
    Column("impedance_ohm_cm2", "impedance", "of the interphase, per area of one electrode",
           "number", "Ω cm²", IMPEDANCE, 1e-4, 1e8, example="85",
           aliases=("resistance", "interfacial resistance", "impedanz", "widerstand", "asr")),
    Column("thickness_nm", "thickness", "of the layer", "number", "nm", LENGTH,
           0.1, 1e6, example="12 µm", aliases=("layer thickness", "dicke", "schichtdicke")),
    Column("phases", "phases seen", "formulas found by XRD, with commas between them", "phases",
           example="Na15Sn4, NaCl", aliases=("phase", "phases", "phase seen", "xrd", "xrd phases",
                                             "phase seen xrd", "phasen")),
    Column("cell", "cell", "symmetric, half or full, or as Na|Na, Na|Cu, Na|NVP", "cell",
           choices=CELLS, example="symmetric",
           aliases=("cell type", "zelle", "zelltyp", "zellaufbau")),
    Column("cathode", "cathode", "needed for a full cell", example="Na3V2(PO4)3",
           aliases=("kathode", "positive electrode")),
    Column("electrolyte", "electrolyte", "salt, concentration and solvent",
           example="1 M NaPF6 in diglyme", aliases=("elektrolyt",)),
    Column("exposure_s", "exposure", "how long the sodium met the precursor", "number", "s",
           TIME, 0, 1e8, example="20",
           aliases=("exposure time", "expositionszeit", "belegungszeit", "einwirkzeit")),
    Column("temperature_c", "temperature", "of the exposure", "number", "°C",
           TEMPERATURE, -100, 400, example="25",
           aliases=("temp", "temperatur", "t")),
    Column("date", "date", "when the cell was made: 2026-03-24 or 24.03.2026", "date",
           example="2026-03-24", aliases=("datum", "day", "tag")),
    Column("who", "who", "who made it, if they want to be named", example="",
           aliases=("person", "operator", "name of operator", "wer", "bearbeiter")),
    Column("note", "note", "anything else", example="dendrites seen",
           aliases=("notes", "notiz", "notizen", "bemerkung", "bemerkungen", "kommentar",
                    "comment", "comments", "remark", "remarks")),
)  # fmt: skip
"""In the order of the template."""

BY_NAME = {column.name: column for column in COLUMNS}

RESULTS = ("cycles", "impedance_ohm_cm2", "thickness_nm", "phases")
"""What a row has to hold one of."""

GIVEN = (
    "precursor", "cas", "route", "replicate", "exposure_s", "temperature_c",
    "current_density_ma_cm2", "capacity_mah_cm2",
)  # fmt: skip
"""What a row may hold that nobody has filled in: sheets come with it."""

IGNORED = frozenset("score reason row refused suggested".split()) | FACT_HEADINGS
"""Headings of our own tables that hold no result; ``thickness_um`` of a wide shortlist, which has
ranks, is what was computed."""


def heading_key(text: str) -> str:
    """Return what all spellings of a heading share.

    Examples
    --------
    >>> heading_key(" Schicht-Dicke_nm ")
    'schicht dicke nm'
    """
    plain = unicodedata.normalize("NFKC", text).casefold()
    return " ".join("".join(" " if c in "_-.:,;#" else c for c in plain).split())


def _headings() -> dict[str, Column]:
    by_heading: dict[str, Column] = {}
    for column in COLUMNS:
        for heading in (column.heading, column.name, *column.aliases):
            other = by_heading.setdefault(heading_key(heading), column)
            assert other is column, heading  # noqa: S101
    return by_heading


HEADINGS = _headings()
"""Every heading that is known, by `heading_key`."""
