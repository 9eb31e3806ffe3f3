"""What falls apart, does not evaporate or does not exist: ``data/stability.csv``, by hand."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from math import nan
from types import MappingProxyType

DECOMPOSES, SLOW, NO_VAPOUR, INERT, UNREAL = (
    "decomposes",
    "slow",
    "no vapour",
    "inert",
    "unreal",
)
KINDS = (DECOMPOSES, SLOW, NO_VAPOUR, INERT, UNREAL)
"""What a row may say: it falls apart from a temperature on; it does so slowly and is used all the
same; it is a polymer; sodium does not take it below a temperature; there is no such substance."""


@dataclass(frozen=True, slots=True)
class Instability:
    """What is known of one compound.

    Attributes
    ----------
    formula : str
        As the screen writes it, M first.
    kind : str
        One of :data:`KINDS`.
    temperature_c : float
        Where it sets in, °C; of what is inert, where it ends; NaN for every temperature.
    what : str
        What becomes of it, in words.
    source : str
        Where this was read.
    source_checked : bool
        Whether it was read for this, or is quoted from memory.
    """

    formula: str
    kind: str
    temperature_c: float
    what: str
    source: str
    source_checked: bool


@cache
def known_instabilities() -> Mapping[str, Instability]:
    """Return the table, by formula.

    Examples
    --------
    >>> known_instabilities()["PbCl4"].temperature_c, known_instabilities()["Te2F10"].kind
    (0.0, 'unreal')
    """
    path = files("maiscreen.candidates") / "data" / "stability.csv"
    rows = csv.DictReader(path.read_text(encoding="utf-8").splitlines())
    return MappingProxyType({row["formula"]: _record(row) for row in rows})


def _record(row: dict[str, str]) -> Instability:
    return Instability(
        row["formula"],
        row["kind"],
        float(row["temperature_c"] or nan),
        row["what"],
        row["source"],
        row["source_checked"] == "true",
    )
